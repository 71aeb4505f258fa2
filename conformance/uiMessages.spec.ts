import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyStream } from '../spec/support/anyStream.js';
import { allStreams, decodeStream } from '../spec/support/corpus.js';
import { firstLost } from '../spec/support/uiMessages.js';
import { framesOf } from '../spec/support/wires.js';
import { TruncatedError, toErrorInfo } from '../src/errors.js';
import type { NativeFormat, Turn } from '../src/events.js';
import { readUiMessages, uiMessages } from '../src/http/index.js';
import { messageTurns } from '../src/message/turns.js';
import { messagesParams } from '../src/providers/anthropic/messagesParams.js';
import { chatMessages } from '../src/providers/openai/chatMessages.js';
import { responsesInput } from '../src/providers/openai/responsesInput.js';
import { finish, start, text } from '../src/testing/index.js';
import { sdks, show, type Version, versions } from './support/clients.js';
import { asJson, comparable, expectShown, messageOf } from './support/streams.js';

const converters: Readonly<Record<NativeFormat, (turns: readonly Turn[]) => unknown>> = {
  chat: chatMessages,
  responses: responsesInput,
  messages: messagesParams,
};

async function expectAccepted(version: Version, frames: readonly string[]): Promise<void> {
  const { validate } = sdks[version].uiMessageChunkSchema();
  for (const data of frames) {
    if (data === '[DONE]') continue;
    const result = await validate?.(JSON.parse(data));
    if (!result?.success) throw new Error(`Version ${version} refuses ${data}`);
  }
}

/** The body that `useChat` posts after this message. */
const bodyOf = (message: unknown): unknown => asJson({ id: 'chat', messages: [message], trigger: 'submit-message' });

describe.each(versions)('uiMessages, read by version %s of the AI SDK', (version) => {
  const wire = uiMessages({ version });

  it.each(allStreams.map((stream) => [`${stream.wire}/${stream.name}`, stream] as const))('shows %s', async (_, stream) => {
    const { events, error } = decodeStream(stream.wire, [stream.bytes]);
    const frames = framesOf(wire, { events, error: error === undefined ? undefined : toErrorInfo(error) });
    await expectAccepted(version, frames);
    const { message, error: reported } = await show(version, frames);
    if (error === undefined) expect(reported).toBeUndefined();
    // Not one of theirs: that would be a stream which they refuse.
    else expect([`${reported}`, (reported as Error).name]).toEqual([`Error: ${toErrorInfo(error).message}`, 'Error']);
    const said = messageOf(events);
    if (message === undefined) return expect([error === undefined, said.parts]).toEqual([false, []]);
    expectShown(message, said);
    if (error !== undefined) return;
    const turns = readUiMessages(bodyOf(message));
    for (const convert of Object.values(converters)) expect(asJson(convert(turns))).toEqual(asJson(convert(messageTurns(said))));
  });

  it('shows any stream: its text, its calls and their results, and sends them back', async () => {
    const property = fc.asyncProperty(anyStream({ maxChoices: 1 }), async (stream) => {
      const frames = framesOf(wire, stream);
      await expectAccepted(version, frames);
      const { message, error } = await show(version, frames);
      const lost = stream.events[firstLost(stream.events, version)];
      const fault = lost?.type === 'reset' ? lost.error : stream.error;
      expect(`${error}`).toBe(fault ? `${new Error(fault.message)}` : 'undefined');
      if (fault || message === undefined || stream.events.at(-1)?.type !== 'finish') return;
      const said = messageOf(stream.events);
      expectShown(message, said);
      // Invalid arguments are answered with the error that is shown; so is a denied call.
      const isAnswered = said.toolCalls.some(({ ended, format, input }) => ended && format === 'json' && input === undefined);
      const isDenied = said.parts.some((part) => part.type === 'approval' && part.approved === false);
      if (!isAnswered && !isDenied) expect(comparable(readUiMessages(bodyOf(message)))).toEqual(comparable(messageTurns(said)));
    });
    await fc.assert(property, { numRuns: 1_000 });
  });

  it('reports an answer that was cut upstream, which their client would take for a success', async () => {
    const cut = toErrorInfo(new TruncatedError());
    const { error, message } = await show(version, framesOf(wire, { events: [start(), text('Hel')], error: cut }));
    expect(`${error}`).toBe(`Error: ${cut.message}`);
    expect(message?.parts.at(-1)).toMatchObject({ type: 'text', text: 'Hel', state: 'done' });
  });

  it('has usage, finish reason and timing in the metadata of the message', async () => {
    const events = [start(), text('a'), finish('refusal')];
    const { message } = await show(version, framesOf(wire, { events, error: undefined }));
    expect(message?.metadata).toMatchObject({ finishReason: 'refusal', rxllm: { model: 'model-1' } });
  });
});
