import { Chat, s } from '@hashbrownai/core';
import { JSONParser } from '@streamparser/json';
import { parsePartialJson } from 'ai';
import { parse as parseRiver } from 'jsonriver';
import { parse as parsePartially } from 'partial-json';
import { createJsonParser } from '../src/codecs/json/parser.js';
import type { DeltaEvent } from '../src/events.js';
import { partialJson } from '../src/operators/partialJson.js';
import type { Reading, Sample, Tool } from './report.js';
import { push } from './stream.js';

/** One JSON text, as a whole and as deltas. */
export interface JsonSample extends Sample {
  readonly pieces: readonly string[];
  readonly events: readonly DeltaEvent[];
}

export const limit = 'JSON.parse, once';
export const river = 'jsonriver';
export const sdk = 'AI SDK parsePartialJson';

export const jsonTools: readonly Tool<JsonSample>[] = [
  { name: limit, run: ({ json }) => ({ value: JSON.parse(json), values: 1 }) },
  { name: 'codec', own: true, run: ({ pieces }) => readByCodec(pieces) },
  { name: 'partialJson, strings', own: true, run: ({ pieces }) => readByOperator(pieces) },
  { name: 'partialJson, events', own: true, run: ({ events }) => readByOperator(events) },
  { name: river, run: ({ pieces }) => readByRiver(pieces) },
  { name: '@streamparser/json', run: ({ pieces }) => readByStreamParser(pieces) },
  { name: sdk, only: '40 KB', run: ({ pieces }) => readBySdk(pieces) },
  { name: 'partial-json', only: '40 KB', run: ({ pieces }) => readAgain(pieces, (text) => parsePartially(text)) },
  { name: 'Hashbrown', only: '40 KB', run: readByHashbrown },
];

function readByCodec(pieces: readonly string[]): Reading {
  const reading: Reading = { value: undefined, values: 0 };
  const parser = createJsonParser({ onSnapshot: (value) => record(reading, value) });
  for (const piece of pieces) parser.write(piece);
  parser.end();
  return reading;
}

function readByOperator(values: readonly (DeltaEvent | string)[]): Reading {
  const reading: Reading = { value: undefined, values: 0 };
  push(values, partialJson(), (value) => record(reading, value));
  return reading;
}

async function readByRiver(pieces: readonly string[]): Promise<Reading> {
  const reading: Reading = { value: undefined, values: 0 };
  for await (const value of parseRiver(iterate(pieces))) record(reading, value);
  return reading;
}

/** The cheapest asynchronous source. */
function iterate(pieces: readonly string[]): AsyncIterable<string> {
  const iterator = pieces[Symbol.iterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(iterator.next()) }) };
}

/** Emits pieces, and the whole value once. */
function readByStreamParser(pieces: readonly string[]): Reading {
  const reading: Reading = { value: undefined, values: 0 };
  const parser = new JSONParser({ emitPartialTokens: true, emitPartialValues: true });
  parser.onValue = ({ value }) => record(reading, value);
  for (const piece of pieces) parser.write(piece);
  return reading;
}

async function readBySdk(pieces: readonly string[]): Promise<Reading> {
  const reading: Reading = { value: undefined, values: 0 };
  let text = '';
  for (const piece of pieces) {
    text += piece;
    record(reading, (await parsePartialJson(text)).value);
  }
  return reading;
}

/** Reads without an incremental parser: the whole text again after each delta, unless it has no value yet. */
function readAgain(pieces: readonly string[], parse: (text: string) => unknown): Reading {
  const reading: Reading = { value: undefined, values: 0 };
  let text = '';
  for (const piece of pieces) {
    text += piece;
    try {
      record(reading, parse(text));
    } catch (error) {
      if (text.length > 2 * piece.length) throw error;
    }
  }
  return reading;
}

/** Reads with the function that renders a streaming answer in a chat, because the parser itself is not exported. */
function readByHashbrown({ pieces, json }: JsonSample): Reading {
  const schema = schemaOf(JSON.parse(json));
  return readAgain(pieces, (text) => {
    const message = { role: 'assistant' as const, content: text, toolCallIds: [] };
    return Chat.helpers.toViewMessagesFromInternal(message, {}, [], schema)[0]?.content;
  });
}

function schemaOf(value: unknown): s.HashbrownType {
  if (typeof value === 'string') return s.streaming.string('text');
  if (typeof value === 'number') return s.number('number');
  if (typeof value === 'boolean') return s.boolean('flag');
  if (value === null) return s.nullish();
  if (Array.isArray(value)) return s.streaming.array('list', schemaOf(value[0]));
  return s.streaming.object(
    'object',
    Object.fromEntries(Object.entries(Object(value)).map(([key, each]) => [key, schemaOf(each)])),
  );
}

function record(reading: Reading, value: unknown): void {
  reading.value = value;
  reading.values++;
}
