import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { Observable } from 'rxjs';
import type { DeltaEvent, JsonValue, Message, NativeFormat, Turn } from '../../src/events.js';
import { messageTurns } from '../../src/message/turns.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { messagesParams } from '../../src/providers/anthropic/messagesParams.js';
import { chatMessages } from '../../src/providers/openai/chatMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { responsesInput } from '../../src/providers/openai/responsesInput.js';
import { messageOf } from '../providers/openai/responses/fixtures.js';
import { contentsOfRequest } from '../support/requestContents.js';
import { requestSchemas } from '../support/requestSchemas.js';
import { collect } from '../support/respond.js';
import { answerStream, startServer, type TestServer } from '../support/server.js';
import { blockDelta, blockStart, blockStop, chatDelta, messageDelta, messageStart, response, typed, wires } from './wires.js';

const names = ['chat', 'responses', 'messages'] as const;

const call = { name: 'weather', arguments: '{"city":"Paris"}' };
const thought = 'The tool knows.';

/** An answer with reasoning, the text "Hello" and a call, as each provider sends it. */
const callingAnswers: Readonly<Record<NativeFormat, string>> = {
  chat:
    wires.chat.opening +
    chatDelta({ reasoning_content: thought }) +
    chatDelta({ content: 'Hello' }) +
    chatDelta({ tool_calls: [{ index: 0, id: 'functions.weather:0', type: 'function', function: call }] }) +
    chatDelta({}, 'tool_calls') +
    wires.chat.terminal,
  responses:
    wires.responses.opening +
    [
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'secret', summary: [{ type: 'summary_text', text: thought }] },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
      },
      { type: 'function_call', id: 'fc_1', call_id: `call_${'x'.repeat(50)}`, status: 'completed', ...call },
    ]
      .map((item, output_index) => typed({ type: 'response.output_item.done', output_index, item }))
      .join('') +
    typed({ type: 'response.completed', response: response('completed') }),
  messages:
    messageStart() +
    blockStart(0, { type: 'thinking', thinking: '', signature: '' }) +
    blockDelta(0, { type: 'thinking_delta', thinking: thought }) +
    blockDelta(0, { type: 'signature_delta', signature: 'signed' }) +
    blockStop(0) +
    blockStart(1, { type: 'text', text: '' }) +
    blockDelta(1, { type: 'text_delta', text: 'Hello' }) +
    blockStop(1) +
    blockStart(2, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }) +
    blockDelta(2, { type: 'input_json_delta', partial_json: call.arguments }) +
    blockStop(2) +
    messageDelta('tool_use') +
    wires.messages.terminal,
};

const endings: Readonly<Record<NativeFormat, string>> = {
  chat: wires.chat.opening + wires.chat.hello + wires.chat.ending + wires.chat.terminal,
  responses: wires.responses.opening + wires.responses.hello + wires.responses.ending + wires.responses.terminal,
  messages: wires.messages.opening + wires.messages.hello + wires.messages.ending + wires.messages.terminal,
};

/** Asks through the SDK's own client. */
const ask: Readonly<Record<NativeFormat, (url: string, turns: readonly Turn[]) => Observable<DeltaEvent>>> = {
  chat: (url, turns) =>
    fromChatCompletions(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'local' }), { model: 'm', messages: chatMessages(turns) }),
  responses: (url, turns) =>
    fromResponses(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'local' }), { model: 'm', input: responsesInput(turns) }),
  messages: (url, turns) =>
    fromMessages(new Anthropic({ baseURL: url, apiKey: 'local' }), { model: 'm', max_tokens: 9, ...messagesParams(turns) }),
};

/** The conversation in the body of a request. */
const conversationOf: Readonly<Record<NativeFormat, (body: Readonly<Record<string, JsonValue>>) => unknown>> = {
  chat: ({ messages }) => messages,
  responses: ({ input }) => input,
  messages: ({ system, messages }) => ({ system, messages }),
};

let server: TestServer | undefined;

async function answerOf(events$: Observable<DeltaEvent>): Promise<Message> {
  const { events, error } = await collect(events$);
  expect(error).toBeUndefined();
  return messageOf(events);
}

const opening: readonly Turn[] = [
  { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'The weather here?' },
      { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,YQ==' },
    ],
  },
];
const next: Turn = { role: 'user', parts: [{ type: 'text', text: 'And tomorrow?' }] };

function resultOf({ toolCalls }: Message): Turn {
  return {
    role: 'tool',
    parts: toolCalls.map(({ callId, name }) => ({ type: 'tool-result', callId, name, output: { celsius: 21 }, isError: false })),
  };
}

describe("a conversation through the SDKs' clients over HTTP", () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  const pairs = names.flatMap((begun) => names.map((continued) => [begun, continued] as const));

  it.each(pairs)('of two rounds that begins on %s goes on on %s', async (begun, continued) => {
    server = await startServer(
      answerStream([callingAnswers[begun]]),
      answerStream([endings[begun]]),
      answerStream([endings[continued]]),
    );
    const first = await answerOf(ask[begun](server.url, opening));
    expect(first).toMatchObject({ text: 'Hello', reasoning: thought, finishReason: 'tool-calls' });
    const called = [...opening, ...messageTurns(first), resultOf(first)];
    const second = await answerOf(ask[begun](server.url, called));
    expect(second).toMatchObject({ text: 'Hello', finishReason: 'stop' });

    const last = await answerOf(ask[continued](server.url, [...called, ...messageTurns(second), next]));
    expect(last.text).toBe('Hello');
    const request = conversationOf[continued](JSON.parse((await server.received(2)).body));
    // The native forms of a conversation that stays on its wire go back; elsewhere nothing of them is sent.
    const wire = JSON.stringify(request);
    if (begun === continued) expect(wire).toContain({ chat: thought, responses: 'secret', messages: 'signed' }[begun]);
    else {
      for (const own of ['secret', 'signed', thought]) expect(wire).not.toContain(own);
      expect(requestSchemas[continued].safeParse(JSON.parse(wire)).error).toBeUndefined();
      expect(contentsOfRequest(continued, request)).toEqual({
        system: 'Be brief.',
        user: 'The weather here?And tomorrow?',
        assistant: 'HelloHello',
        calls: [['weather', { city: 'Paris' }]],
        results: [[0, '{"celsius":21}']],
        files: ['YQ=='],
      });
    }
  });
});
