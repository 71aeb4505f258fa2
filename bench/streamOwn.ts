import { filter, lastValueFrom, map, type Observable, reduce } from 'rxjs';
import type { DeltaEvent } from '../src/events.js';
import { aggregateUsage } from '../src/operators/aggregateUsage.js';
import { retryStream } from '../src/operators/retryStream.js';
import { timeoutBetweenChunks } from '../src/operators/timeoutBetweenChunks.js';
import { toMessage } from '../src/operators/toMessage.js';
import { fromMessages } from '../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../src/providers/openai/fromResponses.js';
import type { SourceOptions } from '../src/providers/wire/wireFormat.js';
import { readByHand } from './limitA.js';
import { respond, type Wire, type WireBody } from './wires.js';

/** The counts that show whether a tool read everything. */
export interface Digest {
  deltas: number;
  characters: number;
}

export interface StreamTool {
  readonly name: string;
  readonly apis: readonly Wire['api'][];
  /** It takes seconds, so it reads the smaller stream once. */
  readonly slow?: true;
  run(wire: Wire, body: WireBody): Promise<Digest>;
}

export const limitName = 'limit A: parse by hand';
export const typedName = 'rxllm: typed events';
export const pipelineName = 'rxllm: whole pipeline';

const apis = ['chat', 'responses', 'messages'] as const;
const messages = [{ role: 'user' as const, content: 'Hello' }];

/** Our source of a provider, without a network. */
export function source({ api }: Wire, response: () => Promise<Response>, options: SourceOptions = {}): Observable<DeltaEvent> {
  const model = 'model';
  if (api === 'chat') return fromChatCompletions(response, { model, messages }, options);
  if (api === 'responses') return fromResponses(response, { model, input: 'Hello' }, options);
  return fromMessages(response, { model, messages, max_tokens: 1_000 }, options);
}

export const ownTools: readonly StreamTool[] = [
  {
    name: limitName,
    apis,
    async run({ api }, body) {
      const digest = { deltas: 0, characters: 0 };
      await readByHand(respond(body), api, (text) => addText(digest, text));
      return digest;
    },
  },
  { name: typedName, apis, run: (wire, body) => readTyped(wire, body) },
  { name: 'rxllm: typed events, templates: false', apis, run: (wire, body) => readTyped(wire, body, { templates: false }) },
  {
    name: pipelineName,
    apis,
    async run(wire, body) {
      const message$ = source(wire, async () => respond(body)).pipe(
        timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
        retryStream({ maxRetries: 3 }),
        aggregateUsage(),
        toMessage(),
      );
      const { text, usage } = await lastValueFrom(message$);
      return { deltas: usage?.outputTokens ?? 0, characters: text.length };
    },
  },
];

function readTyped(wire: Wire, body: WireBody, options?: SourceOptions): Promise<Digest> {
  const digest$ = source(wire, async () => respond(body), options).pipe(
    filter((event) => event.type === 'text-delta'),
    map(({ text }) => text),
    reduce(addText, { deltas: 0, characters: 0 }),
  );
  return lastValueFrom(digest$);
}

export function addText(digest: Digest, text: string): Digest {
  digest.deltas++;
  digest.characters += text.length;
  return digest;
}
