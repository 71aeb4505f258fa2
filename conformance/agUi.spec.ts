import { HttpAgent } from '@ag-ui/client';
import { EventSchema } from '@ag-ui/core/schemas';
import { HttpAgent as HttpAgent0 } from 'ag-ui-client-0';
import fc from 'fast-check';
import { agUi, type RunInput, readRunInput } from 'rxllm/http';
import { describe, expect, it } from 'vitest';
import { type AnyStream, anyStream } from '../spec/support/anyStream.js';
import type { DeltaEvent } from '../src/index.js';
import { createMessageFold } from '../src/message/messageFold.js';

const user = { id: 'u1', role: 'user', content: 'Hi' } as const;
const inputs = {
  'version 1.0': { threadId: 't', runId: 'r', protocolVersion: '1.0', messages: [user] },
  'an older version': { threadId: 't', runId: 'r', messages: [user] },
} satisfies Readonly<Record<string, RunInput>>;

function framesOf({ events, error }: AnyStream, input: RunInput): readonly string[] {
  const encoder = agUi({ input }).createEncoder();
  const frames: string[] = [];
  const write = (data: string): void => void frames.push(data);
  for (const event of events) encoder.encode(event, write);
  if (error) encoder.fail(error, write);
  return frames;
}

const bodyOf = (frames: readonly string[]): string => frames.map((data) => `data: ${data}\n\n`).join('');
const headers = { 'content-type': 'text/event-stream' };

interface Shown {
  readonly id: string;
  readonly role: string;
  readonly content?: unknown;
  readonly toolCalls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

async function show(Agent: typeof HttpAgent, frames: readonly string[]) {
  const sent: unknown[] = [];
  const agent = new Agent({
    url: 'http://x/',
    threadId: 't',
    initialMessages: [user],
    fetch: (async (_: unknown, init: RequestInit) => {
      sent.push(JSON.parse(init.body as string));
      return new Response(sent.length === 1 ? bodyOf(frames) : bodyOf([]), { headers });
    }) as typeof fetch,
  });
  let failed: string | undefined;
  let reported: string | undefined;
  await agent
    .runAgent(
      { runId: 'r' },
      {
        onRunFailed: ({ error }) => void (failed = error.message),
        onRunErrorEvent: ({ event }) => void (reported = event.message),
      },
    )
    .catch((error: Error) => void (failed ??= error.message));
  return { messages: agent.messages as readonly Shown[], failed, reported, agent, sent };
}

const agents = { '1.0.0': HttpAgent, '0.0.59': HttpAgent0 as unknown as typeof HttpAgent };
const pairs = Object.entries(agents).map(
  ([version, Agent]) => [version, Agent, inputs[version === '1.0.0' ? 'version 1.0' : 'an older version']] as const,
);

function expected(events: readonly DeltaEvent[]) {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

describe('agUi', () => {
  it.each(Object.entries(inputs))('each frame is one of the schema: %s', (_, input) => {
    fc.assert(
      fc.property(anyStream(), (stream) => {
        for (const data of framesOf(stream, input)) {
          const { error } = EventSchema.safeParse(JSON.parse(data));
          if (error) throw new Error(`${data} ${error.message}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(pairs)(
    'the client of version %s accepts each stream and shows its text, calls and results',
    async (_, Agent, input) => {
      await fc.assert(
        fc.asyncProperty(anyStream(), async (stream) => {
          const frames = framesOf(stream, input);
          const { messages, failed, reported } = await show(Agent, frames);
          if (stream.error) expect(reported).toBe(stream.error.message);
          else expect(failed).toBeUndefined();
          const message = expected(stream.events);
          const texts = messages
            .filter(({ role, id }) => role === 'assistant' && id !== 'u1')
            .map(({ content }) => content ?? '');
          const spoken = message.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : ''));
          expect(texts.join('')).toHaveLength(spoken.join('').length);
        }),
        { numRuns: 200 },
      );
    },
  );
  void readRunInput;
});
