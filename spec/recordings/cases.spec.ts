import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, type Observable } from 'rxjs';
import type { DeltaEvent, Message } from '../../src/events.js';
import { toMessage } from '../../src/operators/toMessage.js';
import * as anthropic from '../../src/providers/anthropic/index.js';
import * as openai from '../../src/providers/openai/index.js';
import type { SourceOptions } from '../../src/providers/wire/wireFormat.js';
import { streamOf } from '../../src/testing/index.js';
import { dataFolder } from '../support/dataFolder.js';
import { expectGrammar } from '../support/grammar.js';
import { collect, respondWith } from '../support/respond.js';

// Streams after public reports, which are no part of the project, each with what it must become: a check in JavaScript, or in words.

interface Case {
  readonly name: string;
  readonly kind: 'chat' | 'responses' | 'anthropic';
  readonly report: string;
  readonly contentType: string;
  readonly expect: string;
}

/** What a stream became, by the names that the checks use. */
interface Result {
  readonly ev: readonly DeltaEvent[];
  readonly error: (Error & { kind?: string; code?: string; retryable?: boolean }) | undefined;
  readonly message: Message | undefined;
  readonly turn: unknown;
}

/** A check gives what is wrong. */
type Check = (result: Result) => readonly string[];

const folder = dataFolder('cases', 'wire');
const cases = folder === undefined ? [] : (JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as readonly Case[]);
const chunkSizes = [1, 7, Infinity];

const sources: Readonly<
  Record<Case['kind'], (client: () => Promise<Response>, options: SourceOptions) => Observable<DeltaEvent>>
> = {
  chat: (client, options) => openai.fromChatCompletions(client, { model: 'm-1', messages: [] }, options),
  responses: (client, options) => openai.fromResponses(client, { model: 'm-1', input: 'Hi' }, options),
  anthropic: (client, options) => anthropic.fromMessages(client, { model: 'm-1', max_tokens: 9, messages: [] }, options),
};

async function read({ name, kind, contentType }: Case, chunkSize: number, templates: boolean): Promise<Result> {
  const bytes = new Uint8Array(readFileSync(join(folder ?? '', `${name}.sse`)));
  const { events, error, completed } = await collect(
    sources[kind](respondWith(bytes, chunkSize, { 'content-type': contentType }), { templates }),
  );
  expectGrammar(events, completed);
  if (!completed) return { ev: events, error: error as Error, message: undefined, turn: undefined };
  const message = await lastValueFrom(streamOf(events).pipe(toMessage()));
  const turn = kind === 'anthropic' ? anthropic.assistantTurn(message) : openai.assistantTurn(message);
  return { ev: events, error: undefined, message, turn };
}

/** The words of the checks. */
const words = {
  okay: ({ error }: Result) => (error ? [`error ${error.name}: ${error.message}`] : []),
  eq: (what: string, got: unknown, wanted: unknown) => {
    return isDeepStrictEqual(got, wanted) ? [] : [`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`];
  },
  calls: ({ message }: Result) => message?.toolCalls.map(({ name, argumentsText }) => `${name}(${argumentsText})`).join(' '),
  types: ({ message }: Result) => message?.parts.map(({ type }) => type).join(' '),
  isErr({ error }: Result, name: string, kinds?: readonly string[], retryable?: boolean, pattern?: RegExp): readonly string[] {
    if (!error) return ['no error'];
    const { kind = '', code = '', message } = error;
    const isRight =
      error.name === name &&
      (kinds === undefined || kinds.includes(kind)) &&
      (retryable === undefined || error.retryable === retryable) &&
      (pattern === undefined || pattern.test(message) || pattern.test(code));
    return isRight ? [] : [`${error.name} ${kind} ${String(error.retryable)} ${code}: ${message}`];
  },
};

const inWords: ReadonlyMap<string, Check> = new Map<string, Check>([
  ["message is 'The wrapper says why.'", ({ error }) => words.eq('message', error?.message, 'The wrapper says why.')],
  ['okay(r), finish stop', (result) => [...words.okay(result), ...words.eq('finish', result.message?.finishReason, 'stop')]],
]);

function checkOf({ expect: text }: Case): Check {
  const names = Object.keys(words);
  const check = inWords.get(text) ?? new Function(...names, `return (r) => (${text})`)(...Object.values(words));
  return check as Check;
}

if (cases.length === 0) {
  it.skip('reads the streams of public reports (there are none here)', () => undefined);
} else {
  describe.each(cases)('the stream $name, after $report', (one) => {
    it.each(chunkSizes.flatMap((size) => [true, false].map((templates) => [size, templates] as const)))(
      'is read rightly in chunks of %p bytes (templates: %p)',
      async (size, templates) => {
        expect(checkOf(one)(await read(one, size, templates))).toEqual([]);
      },
    );

    it('has the same events in chunks of every size', async () => {
      const [whole, ...others] = await Promise.all([
        read(one, Infinity, true),
        ...chunkSizes.flatMap((size) => [read(one, size, true), read(one, size, false)]),
      ]);
      for (const other of others) expect(other.ev).toEqual(whole.ev);
    });
  });
}
