import { ChatClient, fetchServerSentEvents } from '@tanstack/ai-client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnyStream, anyStream } from '../spec/support/anyStream.js';
import { allStreams, decodeStream } from '../spec/support/corpus.js';
import { framesOf } from '../spec/support/wires.js';
import { agUi, type RunInput, readRunInput } from '../src/http/index.js';
import { type DeltaEvent, messageTurns, TruncatedError, toErrorInfo } from '../src/index.js';
import { createMessageFold } from '../src/message/messageFold.js';
import { messagesParams } from '../src/providers/anthropic/index.js';
import { finish, start, text, toolApproval, toolCallDelta, toolCallEnd, toolCallStart } from '../src/testing/index.js';

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

async function chat(stream: AnyStream) {
  const bodies: RunInput[] = [];
  const respond = async (_: unknown, init?: RequestInit): Promise<Response> => {
    const body = JSON.parse(init?.body as string) as RunInput;
    bodies.push(body);
    const frames = bodies.length > 1 ? [] : framesOf(agUi({ input: body }), stream);
    return new Response(frames.map((data) => `data: ${data}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } });
  };
  const errors: string[] = [];
  const client = new ChatClient({
    connection: fetchServerSentEvents('http://localhost/', { fetchClient: respond as typeof fetch }),
    onError: (error: Error) => void errors.push(error.message),
  });
  client.attach?.();
  await client.sendMessage('Hi');
  const messages = client.getMessages();
  const status = client.getStatus?.();
  // It sends nothing while a call waits for a decision.
  await client.sendMessage('Again').catch(() => undefined);
  return { messages, errors, status, bodies };
}

function partialOf(events: readonly DeltaEvent[]) {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

/** What the client shows after its own message. */
function shownOf(messages: Awaited<ReturnType<typeof chat>>['messages']) {
  const parts = messages.slice(1).flatMap(({ parts: of }) => of);
  const texts = parts.flatMap((part) => (part.type === 'text' && part.content !== '' ? [part.content] : []));
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' ? [{ callId: part.id, name: part.name, argumentsText: part.arguments }] : [],
  );
  const results = parts.flatMap((part) =>
    part.type === 'tool-result' ? [{ callId: part.toolCallId, content: part.content, isError: part.state === 'error' }] : [],
  );
  return {
    characters: [...texts.join('').replace(/\s/gu, '')].toSorted().join(''),
    calls: sorted(calls),
    results: sorted(results),
  };
}

function sorted<T extends { readonly callId: string | undefined }>(list: readonly T[]): readonly T[] {
  return list.toSorted((one, other) => String(one.callId).localeCompare(String(other.callId)));
}

function toShow(events: readonly DeltaEvent[]): ReturnType<typeof shownOf> {
  const { parts } = partialOf(events);
  const texts = parts.flatMap((part) =>
    (part.type === 'text' || part.type === 'refusal') && part.text !== '' ? [part.text] : [],
  );
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' && part.ended ? [{ callId: part.callId, name: part.name, argumentsText: part.argumentsText }] : [],
  );
  const results = parts.flatMap((part) =>
    part.type === 'tool-result'
      ? [
          {
            callId: part.callId,
            content: typeof part.output === 'string' ? part.output : JSON.stringify(part.output),
            isError: part.isError,
          },
        ]
      : [],
  );
  return {
    characters: [...texts.join('').replace(/\s/gu, '')].toSorted().join(''),
    calls: sorted(calls),
    results: sorted(results),
  };
}

/**
 * Whether a text gets its native form after a call was written again, because its arguments were others than those that were sent piece by
 * piece. The client then opens the message of the text again, and shows the next call in it too.
 */
function opensAgain(events: readonly DeltaEvent[]): boolean {
  const sent = new Map<string, string>();
  let isRewritten = false;
  for (const event of events) {
    if (event.type === 'tool-call-start') sent.set(event.callId, '');
    else if (event.type === 'tool-call-delta') sent.set(event.callId, (sent.get(event.callId) ?? '') + event.argumentsText);
    else if (event.type === 'tool-call-end') isRewritten ||= sent.get(event.callId) !== event.argumentsText;
    else if (isRewritten && event.type === 'block-end' && event.kind === 'text') return true;
  }
  return false;
}

describe('agUi and the client of TanStack', () => {
  async function expectShown(stream: AnyStream): Promise<void> {
    const isCut = stream.events.at(-1)?.type !== 'finish';
    const error = stream.error ?? (isCut ? toErrorInfo(new TruncatedError()) : undefined);
    const { messages, errors, status } = await chat({ ...stream, error });
    expect(errors).toEqual(error ? [error.message || 'An error occurred'] : []);
    expect(status).toBe(error ? 'error' : 'ready');
    const { calls, results, characters } = toShow(stream.events);
    // It shows no result of a call that it does not know, and of several results of a call the last.
    const last = [...new Map(results.map((result) => [result.callId, result])).values()];
    const known = last.filter(({ callId }) => calls.some((call) => call.callId === callId));
    expect(shownOf(messages)).toEqual({ calls, results: known, characters });
  }

  it('shows the texts, the calls and the results of any stream', async () => {
    const property = fc.asyncProperty(anyStream({ maxChoices: 1 }), async (stream) => {
      fc.pre(!opensAgain(stream.events));
      await expectShown(stream);
    });
    await fc.assert(property, { numRuns: 1_000 });
  });

  it('shows those of each fixture and of each recording', async () => {
    for (const { wire, name, bytes } of allStreams) {
      const { events, error } = decodeStream(wire, [bytes]);
      await expectShown({ events, error: error === undefined ? undefined : toErrorInfo(error) }).catch((cause: Error) => {
        throw new Error(`${wire}/${name}: ${cause.message}`, { cause });
      });
    }
  });

  it('sends back an answer that is the same input for the provider', async () => {
    const lost = new Set(['file', 'reasoning-delta', 'ping', 'tool-approval']);
    const property = fc.asyncProperty(anyStream({ ends: ['finish'], maxChoices: 1 }), async (stream) => {
      const events = stream.events.filter(
        (event) =>
          !lost.has(event.type) &&
          !(event.type === 'block-end' && event.kind !== 'text') &&
          // It shows no blank text.
          !('text' in event && event.text?.trim() === ''),
      );
      // Its own code loses the metadata of a call with this id.
      fc.pre(!events.some((event) => 'callId' in event && event.callId.startsWith('__proto__')));
      const { bodies } = await chat({ events, error: undefined });
      const parts = partialOf(events)
        .parts.filter((part) => part.type !== 'tool-call' || part.ended)
        .filter((part) => part.native !== undefined || !('text' in part) || part.text !== '');
      const turns = readRunInput(bodies[1]).slice(0, -1);
      const hi = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] } as const;
      expect(messagesParams(turns)).toEqual(messagesParams([hi, ...(parts.length === 0 ? [] : messageTurns({ parts }))]));
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('asks for the decision on a call, and sends it back', async () => {
    const bodies: RunInput[] = [];
    const call = [toolCallStart('c', 'pay'), toolCallDelta('c', '{"sum":1}'), toolCallEnd('c', 'pay', '{"sum":1}')];
    const answers = [
      [start(), ...call, toolApproval('c'), finish('paused')],
      [start(), text('Paid.'), finish()],
    ];
    const respond = async (_: unknown, init?: RequestInit): Promise<Response> => {
      const body = JSON.parse(init?.body as string) as RunInput;
      const frames = framesOf(agUi({ input: body }), { events: answers[bodies.length] ?? [], error: undefined });
      bodies.push(body);
      return new Response(frames.map((data) => `data: ${data}\n\n`).join(''), {
        headers: { 'content-type': 'text/event-stream' },
      });
    };
    const client = new ChatClient({
      connection: fetchServerSentEvents('http://localhost/', { fetchClient: respond as typeof fetch }),
    });
    client.attach();
    await client.sendMessage('Pay');
    expect(client.getMessages()[1]?.parts).toMatchObject([{ type: 'tool-call', state: 'approval-requested' }]);
    const [interrupt] = client.getInterrupts();
    (interrupt as { resolveInterrupt(payload: unknown): void }).resolveInterrupt({ approved: true });
    await vi.waitFor(() => expect(client.getMessages()[2]?.parts).toMatchObject([{ type: 'text', content: 'Paid.' }]));
    expect(readRunInput(bodies[1]).at(-1)?.parts).toMatchObject([
      { type: 'tool-call', callId: 'c', input: { sum: 1 } },
      { type: 'approval', callId: 'c', approved: true },
    ]);
    expect(readRunInput(bodies[1]).at(-1)?.parts).toHaveLength(2);
  });
});
