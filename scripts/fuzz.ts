import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isStreamError } from '../src/errors.js';
import { messagesFormat } from '../src/providers/anthropic/format.js';
import { chatFormat } from '../src/providers/openai/chat/format.js';
import { responsesFormat } from '../src/providers/openai/responses/format.js';
import { createEventDecoder, decodeChunk, endDecoding, hasFinished } from '../src/providers/wire/eventDecoder.js';
import type { WireFormat } from '../src/providers/wire/wireFormat.js';

/**
 * Damages recorded streams at random, and reads them: each ends with events or with a StreamError, in time, and with the same events whether
 * templates are used or not. `--seconds` for each source, `--seed` to see a failure again.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } } });

const folder = join(import.meta.dirname, '../spec/fixtures');
const sources: readonly (readonly [name: string, format: () => WireFormat])[] = [
  ['chat', () => chatFormat() as WireFormat],
  ['responses', () => responsesFormat as WireFormat],
  ['anthropic', () => messagesFormat as WireFormat],
];

/** The longest time for one stream. */
const patienceMs = 2_000;

/** A generator of numbers below 1 (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pieces = [
  'null',
  '{}',
  '[]',
  '""',
  '0',
  '-1',
  '1e999',
  'true',
  '"\\ud800"',
  '[[[[',
  '}}',
  '\n',
  '\n\n',
  '\r',
  'data: ',
  'event: error\n',
  ':',
  '{"error":"x"}',
];
const keys = [
  'index',
  'id',
  'delta',
  'choices',
  'type',
  'content',
  'item',
  'text',
  'usage',
  'error',
  'message',
  '__proto__',
  'constructor',
];

function damage(stream: string, corpus: readonly string[], random: () => number): string {
  const at = (length: number): number => Math.floor(random() * length);
  const pick = (list: readonly string[]): string => list[at(list.length)] ?? '';
  let text = stream;
  for (let times = 1 + at(4); times > 0; times--) {
    const place = at(text.length);
    const events = text.split('\n\n');
    const event = at(events.length);
    const kinds = [
      () => text.slice(0, place),
      () => text.slice(0, place) + pick(pieces) + text.slice(place),
      () => text.slice(0, place) + text.slice(place + at(40)),
      () => events.toSpliced(event, 1).join('\n\n'),
      () => events.toSpliced(event, 0, events[at(events.length)] ?? '').join('\n\n'),
      () => events.toSpliced(event, 0, pick(pick(corpus).split('\n\n'))).join('\n\n'),
      () =>
        events
          .map((each) => (random() < 0.2 ? each.replace(/:("[^"]*"|\d+|null|true|false)/, `:${pick(pieces)}`) : each))
          .join('\n\n'),
      () => text.replaceAll(`"${pick(keys)}"`, `"${pick(keys)}"`),
      () => `${text.slice(0, place)}${'['.repeat(50_000)}${text.slice(place)}`,
    ];
    text = kinds[random() < 0.01 ? kinds.length - 1 : at(kinds.length - 1)]?.() ?? text;
  }
  return text;
}

/** What is read of a stream, as JSON, so that it is compared with another reading. */
function read(format: WireFormat, bytes: Uint8Array, size: number, templates: boolean): string {
  const events: string[] = [];
  const decoder = createEventDecoder(format, (event) => events.push(JSON.stringify(event)), { templates });
  try {
    for (let from = 0; from < bytes.length && !hasFinished(decoder); from += size)
      decodeChunk(decoder, bytes.subarray(from, from + size));
    if (!hasFinished(decoder)) endDecoding(decoder);
  } catch (error) {
    if (!isStreamError(error)) throw error;
    events.push(`${error.name} ${error.kind} ${error.message}`);
  }
  return events.join('\n');
}

for (const [name, format] of sources) {
  const corpus = readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.sse'))
    .map((file) => readFileSync(join(folder, name, file), 'utf8'));
  const end = performance.now() + Number(values.seconds) * 1_000;
  let streams = 0;
  for (let seed = Number(values.seed); performance.now() < end; seed++, streams++) {
    const random = randomFrom(seed);
    const text = damage(corpus[Math.floor(random() * corpus.length)] ?? '', corpus, random);
    const bytes = new TextEncoder().encode(text);
    const size = 1 + Math.floor(random() * 2_000);
    const before = performance.now();
    try {
      const parsed = read(format(), bytes, size, false);
      if (parsed !== read(format(), bytes, size, true)) throw new Error('The events differ with templates');
      if (performance.now() - before > patienceMs) throw new Error('It took too long');
    } catch (error) {
      console.error(`${name}, --seed ${seed}:`, error);
      process.exit(1);
    }
  }
  console.log(`${name}: ${streams} streams, seeds from ${values.seed}`);
}
