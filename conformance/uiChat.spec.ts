import { afterEach, describe, expect, it } from 'vitest';
import { framesOf } from '../spec/support/wires.js';
import type { DeltaEvent, Turn } from '../src/events.js';
import { readUiMessages, uiMessages } from '../src/http/index.js';
import { assistantTurn, messagesParams } from '../src/providers/anthropic/index.js';
import {
  blockEnd,
  finish,
  reasoning,
  start,
  step,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
} from '../src/testing/index.js';
import { type Answer, type ChatServer, createChat, sendFrames, startChatServer } from './support/chat.js';
import { sdks, versions } from './support/clients.js';
import { asJson, messageOf, shownText } from './support/streams.js';

const thinking = { type: 'thinking', thinking: 'Hm', signature: 'SIG' };
const use = { type: 'tool_use', id: 'c', name: 'clock', input: { city: 'Bern' } };
const argumentsText = '{"city": "Bern"}';

/** An answer of Anthropic that calls a tool. */
const calling: readonly DeltaEvent[] = [
  start({ id: 'msg_1' }),
  reasoning('Hm'),
  blockEnd(thinking, { kind: 'thinking', format: 'messages' }),
  text('I look.', { block: 1 }),
  blockEnd({ type: 'text', text: 'I look.' }, { block: 1, kind: 'text', format: 'messages' }),
  toolCallStart('c', 'clock', { block: 2 }),
  toolCallDelta('c', argumentsText, { block: 2 }),
  toolCallEnd('c', 'clock', argumentsText, { block: 2 }),
  blockEnd(use, { block: 2, kind: 'tool_use', format: 'messages' }),
  finish('tool-calls'),
];

describe.each(versions)('a chat of version %s of the AI SDK', (version) => {
  let server: ChatServer | undefined;
  afterEach(() => server?.close());

  async function chatWith(answer: Answer, init: object = {}): Promise<ReturnType<typeof createChat>> {
    server = await startChatServer(answer);
    const { DefaultChatTransport } = sdks[version];
    return createChat(version, {
      id: 'chat-1',
      transport: new DefaultChatTransport({ api: server.url }),
      onError: () => undefined,
      ...init,
    });
  }

  const send =
    (...answers: readonly (readonly DeltaEvent[])[]): Answer =>
    (response, _request, body) => {
      const events = answers[(server?.bodies.length ?? 1) - 1] ?? [];
      const wire = uiMessages({ version, input: body });
      sendFrames(response, framesOf(wire, { events, error: undefined }), wire.headers);
    };

  it('sends the output of a tool back: the next request has what the provider needs, and one message goes on', async () => {
    const called: string[] = [];
    const { lastAssistantMessageIsCompleteWithToolCalls: sendAutomaticallyWhen } = sdks[version];
    const chat = await chatWith(send(calling, [start({ id: 'msg_2' }), text('It is noon.'), finish()]), {
      sendAutomaticallyWhen,
      onToolCall: ({ toolCall }: { toolCall: { toolName: string; toolCallId: string } }) => {
        called.push(toolCall.toolName);
        void chat.addToolOutput({
          tool: toolCall.toolName as never,
          toolCallId: toolCall.toolCallId,
          output: { time: '12:00' } as never,
        });
      },
    });
    await chat.sendMessage({ text: 'What time is it?' });
    await expect.poll(() => server?.bodies.length).toBe(2);
    await expect.poll(() => chat.status).toBe('ready');
    expect(called).toEqual(['clock']);
    expect(chat.messages.map(({ role, id }) => [role, id === 'msg_1'])).toEqual([
      ['user', false],
      ['assistant', true],
    ]);
    const last = chat.messages.at(-1);
    expect(last && shownText(last)).toBe('I look.It is noon.');
    expect(messagesParams(readUiMessages(server?.bodies[1])).messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'What time is it?' }] },
      assistantTurn(messageOf(calling)),
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: '{"time":"12:00"}' }] },
    ]);
  });

  it('shows an approval, and sends the decision back', async () => {
    const asking = [...calling.slice(0, -1), toolApproval('c'), finish('paused')];
    const done = [start({ id: 'msg_2' }), toolResult('c', 'clock', '12:00'), step(1), text('Noon.'), finish()];
    const chat = await chatWith(send(asking, done));
    await chat.sendMessage({ text: 'What time is it?' });
    expect(chat.messages.at(-1)?.parts.find(({ type }) => type === 'tool-clock')).toMatchObject({ state: 'approval-requested' });
    await chat.addToolApprovalResponse({ id: 'c', approved: true });
    await chat.sendMessage();
    expect(readUiMessages(server?.bodies[1]).at(-1)?.parts.at(-1)).toMatchObject({
      type: 'approval',
      callId: 'c',
      approved: true,
    });
    expect(chat.messages).toHaveLength(2);
    const parts = chat.messages.at(-1)?.parts ?? [];
    expect(parts.filter(({ type }) => type === 'tool-clock')).toMatchObject([{ state: 'output-available', output: '12:00' }]);
    expect(chat.status).toBe('ready');
  });

  it('resumes against a server that keeps its frames: one message, and no doubled text', async () => {
    const events = [start({ id: 'msg_1' }), text('Hel'), text('lo'), finish()];
    const frames = framesOf(uiMessages({ version }), { events, error: undefined });
    const chat = await chatWith((response, request) => {
      if (request.method === 'GET') return sendFrames(response, frames);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        frames
          .slice(0, 4)
          .map((data) => `data: ${data}\n\n`)
          .join(''),
        () => response.destroy(),
      );
    });
    await chat.sendMessage({ text: 'Hi' });
    expect(chat.status).toBe('error');
    await chat.resumeStream();
    expect(chat.status).toBe('ready');
    expect(chat.messages).toHaveLength(2);
    const last = chat.messages.at(-1);
    expect(last && shownText(last)).toBe('Hello');
  });

  it('fails for an answer that was cut upstream', async () => {
    let end: unknown;
    const chat = await chatWith(
      (response) => {
        const error = { ...cut, details: undefined, partial: undefined };
        sendFrames(response, framesOf(uiMessages({ version }), { events: [start(), text('Hel')], error }));
      },
      { onFinish: ({ isError }: { isError: boolean }) => (end = isError) },
    );
    await chat.sendMessage({ text: 'Hi' });
    expect([chat.status, `${chat.error}`, end]).toEqual(['error', `Error: ${cut.message}`, true]);
  });

  it('sends a conversation of several answers', async () => {
    const chat = await chatWith(send([start({ id: 'a' }), text('One'), finish()], [start({ id: 'b' }), text('Two'), finish()]));
    await chat.sendMessage({ text: '1', files: [{ type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,AA==' }] });
    await chat.sendMessage({ text: '2' });
    const turns: readonly Turn[] = readUiMessages(server?.bodies[1]);
    expect(turns.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['user', ['file', 'text']],
      ['assistant', ['text']],
      ['user', ['text']],
    ]);
    expect(asJson(chat.messages.map((message) => shownText(message)))).toEqual(['1', 'One', '2', 'Two']);
  });
});

const cut = {
  name: 'TruncatedError',
  kind: 'truncated',
  message: 'The stream ended before the answer was complete',
  retryable: true,
  status: undefined,
  code: undefined,
  requestId: undefined,
  retryAfterMs: undefined,
};
