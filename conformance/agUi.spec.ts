import { HttpAgent } from '@ag-ui/client';
import { EventSchema } from '@ag-ui/core/schemas';
import { HttpAgent as HttpAgent0 } from 'ag-ui-client-0';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AnyStream, anyStream } from '../spec/support/anyStream.js';
import { allStreams, decodeStream } from '../spec/support/corpus.js';
import { framesOf } from '../spec/support/wires.js';
import { agUi, type RunInput, readRunInput } from '../src/http/index.js';
import {
  type DeltaEvent,
  type MessagePart,
  messageTurns,
  type PartialMessage,
  TruncatedError,
  type Turn,
  toErrorInfo,
} from '../src/index.js';
import { createMessageFold } from '../src/message/messageFold.js';
import { messagesParams } from '../src/providers/anthropic/index.js';
import { chatMessages, responsesInput } from '../src/providers/openai/index.js';

const user = { id: 'u1', role: 'user', content: 'Hi' } as const;
const asked: Turn = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] };

interface Client {
  readonly Agent: typeof HttpAgent;
  readonly input: RunInput;
}

const clients: Readonly<Record<string, Client>> = {
  '1.0.0': { Agent: HttpAgent, input: { threadId: 't', runId: 'r', protocolVersion: '1.0', messages: [user] } },
  '0.0.59': {
    Agent: HttpAgent0 as unknown as typeof HttpAgent,
    input: { threadId: 't', runId: 'r', messages: [user] },
  },
};
const versions = Object.entries(clients);

interface ClientMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly toolCallId?: string;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

/** What a client has after a run, and what it sends with the next one. */
interface Run {
  readonly messages: readonly ClientMessage[];
  readonly refused: string | undefined;
  readonly reported: string | undefined;
  readonly next: unknown;
}

async function runAgent({ Agent, input }: Client, frames: readonly string[]): Promise<Run> {
  const sent: unknown[] = [];
  const respond = async (_: unknown, init: RequestInit): Promise<Response> => {
    sent.push(JSON.parse(init.body as string));
    const body = (sent.length === 1 ? frames : []).map((data) => `data: ${data}\n\n`).join('');
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  const agent = new Agent({
    url: 'http://localhost/',
    threadId: input.threadId,
    initialMessages: [user],
    fetch: respond as typeof fetch,
  });
  let refused: string | undefined;
  let reported: string | undefined;
  const observer = {
    onRunFailed: ({ error }: { error: Error }) => {
      refused = error.message;
    },
    onRunErrorEvent: ({ event }: { event: { message: string } }) => {
      reported = event.message;
    },
  };
  const failed = (error: Error): undefined => {
    refused ??= error.message;
  };
  await agent.runAgent({ runId: input.runId }, observer).catch(failed);
  const messages = structuredClone(agent.messages) as readonly ClientMessage[];
  agent.pendingInterrupts = [];
  await agent.runAgent({ runId: 'r2' }).catch(() => undefined);
  return { messages, refused, reported, next: sent[1] };
}

function partialOf(events: readonly DeltaEvent[]): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

/** A message without what is not sent to the client: the results of calls of other choices, and files. */
function shownParts(events: readonly DeltaEvent[]): readonly MessagePart[] {
  const hidden = new Set(events.flatMap((event) => (event.type === 'tool-call-start' && event.choice > 0 ? [event.callId] : [])));
  return partialOf(events).parts.filter(
    (part) => !((part.type === 'tool-result' || part.type === 'approval') && hidden.has(part.callId)),
  );
}

/** What the client shows, with each text once. */
function shownOf(messages: readonly ClientMessage[]) {
  const [, ...answer] = messages;
  const texts = answer.flatMap(({ role, content }) => (role === 'assistant' && typeof content === 'string' ? [content] : []));
  const calls = answer.flatMap(({ toolCalls = [] }) =>
    toolCalls.map(({ id, function: { name, arguments: argumentsText } }) => ({ callId: id, name, argumentsText })),
  );
  const results = answer.flatMap(({ role, toolCallId, content }) => (role === 'tool' ? [{ callId: toolCallId, content }] : []));
  const reasoning = answer.flatMap(({ role, content }) => (role === 'reasoning' && content !== '' ? [content] : []));
  return { texts: texts.toSorted(), calls: sorted(calls), results: sorted(results), reasoning: reasoning.toSorted() };
}

function sorted<T extends { readonly callId: string | undefined }>(list: readonly T[]): readonly T[] {
  return list.toSorted((one, other) => String(one.callId).localeCompare(String(other.callId)));
}

function toShow(parts: readonly MessagePart[]): ReturnType<typeof shownOf> {
  const texts = parts.flatMap((part) =>
    (part.type === 'text' || part.type === 'refusal') && part.text !== '' ? [part.text] : [],
  );
  const calls = parts.flatMap((part) =>
    part.type === 'tool-call' && part.ended ? [{ callId: part.callId, name: part.name, argumentsText: part.argumentsText }] : [],
  );
  const results = parts.flatMap((part) =>
    part.type === 'tool-result'
      ? [{ callId: part.callId, content: typeof part.output === 'string' ? part.output : JSON.stringify(part.output) }]
      : [],
  );
  const reasoning = parts.flatMap((part) => (part.type === 'reasoning' && part.text !== '' ? [part.text] : []));
  return { texts: texts.toSorted(), calls: sorted(calls), results: sorted(results), reasoning: reasoning.toSorted() };
}

/** Whether a part goes back to the provider: neither does an empty one. */
function isSentBack(part: MessagePart): boolean {
  if (part.type === 'approval') return false;
  if (part.type === 'tool-call') return part.ended;
  return part.native !== undefined || !('text' in part) || part.text !== '';
}

const converters = { chatMessages, responsesInput, messagesParams } as const;

/** The input of the next request, for each API. */
function inputsOf(turns: readonly Turn[]): object {
  return Object.fromEntries(
    Object.entries(converters).map(([name, convert]) => [name, (convert as (turns: readonly Turn[]) => unknown)(turns)]),
  );
}

const known = allStreams.map((stream) => {
  const { events, error } = decodeStream(stream.wire, [stream.bytes]);
  const whole: AnyStream = { events, error: error === undefined ? undefined : toErrorInfo(error) };
  return [`${stream.wire}/${stream.name}`, whole] as const;
});

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.restoreAllMocks());

describe.each(versions)('agUi and the client of version %s', (_, client) => {
  const wire = agUi({ input: client.input });

  it('each frame is one of the schema', () => {
    const property = fc.property(anyStream(), (stream) => {
      for (const data of framesOf(wire, stream)) expect(EventSchema.safeParse(JSON.parse(data)).error?.message).toBeUndefined();
    });
    fc.assert(property, { numRuns: 1_000 });
    for (const [, stream] of known) {
      for (const data of framesOf(wire, stream)) expect(EventSchema.safeParse(JSON.parse(data)).success).toBe(true);
    }
  });

  async function expectShown(stream: AnyStream): Promise<Run> {
    const isCut = stream.events.at(-1)?.type !== 'finish';
    // A host ends a stream that completed without a finish in this way.
    const error = stream.error ?? (isCut ? toErrorInfo(new TruncatedError()) : undefined);
    const run = await runAgent(client, framesOf(wire, { ...stream, error }));
    if (error) expect(run.reported).toBe(error.message);
    else expect(run.refused).toBeUndefined();
    expect(shownOf(run.messages)).toEqual(toShow(shownParts(stream.events)));
    return run;
  }

  it('shows the texts, the calls and the results of any stream, and refuses none', async () => {
    await fc.assert(
      fc.asyncProperty(anyStream(), async (stream) => void (await expectShown(stream))),
      { numRuns: 1_000 },
    );
  });

  it('shows those of each fixture and of each recording', async () => {
    for (const [name, stream] of known) {
      await expectShown(stream).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      });
    }
  });

  it('sends back an answer that is the same input for the provider', async () => {
    const property = fc.asyncProperty(anyStream({ ends: ['finish'], maxChoices: 1 }), async (stream) => {
      const events = stream.events.filter(({ type }) => type !== 'file' && type !== 'ping');
      const run = await runAgent(client, framesOf(wire, { ...stream, events }));
      const parts = shownParts(events).filter(isSentBack);
      const expected = parts.length === 0 ? [] : messageTurns({ parts });
      expect(inputsOf(readRunInput(run.next))).toEqual(inputsOf([asked, ...expected]));
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
