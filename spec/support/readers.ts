import { expect } from '@jest/globals';
import { from, type OperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { jsonElements } from '../../src/operators/jsonElements.js';
import { parseJsonOnComplete } from '../../src/operators/parseJsonOnComplete.js';
import { partialJson } from '../../src/operators/partialJson.js';
import { finish, start, text } from '../../src/testing/index.js';
import { parseToonOnComplete, toonRows } from '../../src/toon/index.js';
import { cut } from './chunks.js';
import { record } from './operatorContract.js';

/** What a reader must make of a text: a value, or one of the outcomes that have a word. */
export type Expectation = unknown;

export interface TextCase {
  readonly name: string;
  readonly input: string;
  readonly reads: readonly (readonly [reader: string, options: object, expected: Expectation])[];
}

/** How a reader ended: its last value and the number of values, or its error. */
export interface Reading {
  readonly value: unknown;
  readonly count: number;
  readonly error: { readonly kind?: string; readonly value?: unknown } | undefined;
}

type Operator = (options: object) => OperatorFunction<DeltaEvent | string, unknown>;

const operators: Readonly<Record<string, Operator>> = {
  parseJsonOnComplete,
  partialJson,
  parseToonOnComplete,
  toonRows,
  jsonElements,
};

/** The chunk sizes at which every text is read; the last is the whole text. */
export const chunkSizes: readonly number[] = [1, 3, 7, Number.MAX_SAFE_INTEGER];

/** Reads a text that arrives in pieces of a size. */
export function readWith(reader: string, options: object, input: string, size: number): Reading {
  const events = [start(), ...cut(input, [size]).map((piece) => text(piece)), finish()];
  if (reader === 'message.json') return readMessage(events);
  const operator = operators[reader];
  if (!operator) throw new Error(`No reader ${reader}`);
  const { values, end } = record(from(events), operator(options));
  return { value: values.at(-1), count: values.length, error: end === 'complete' ? undefined : (end as Reading['error']) };
}

function readMessage(events: readonly DeltaEvent[]): Reading {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  try {
    return { value: fold.message().json(), count: 1, error: undefined };
  } catch (error) {
    return { value: undefined, count: 0, error: error as object };
  }
}

/** Checks what a reader makes of a text at every chunk size. */
export function expectReading(reader: string, options: object, input: string, expected: Expectation): void {
  const readings = chunkSizes.map((size) => readWith(reader, options, input, size));
  for (const reading of readings) {
    if (has(expected, 'error') || has(expected, 'sameErrorValue')) expect(reading.error).toMatchObject({ kind: 'parse' });
    else expectValue(reader, reading, expected);
    // The value of an error, and what else was read, never depend on how the text was cut.
    expect(reading.error?.value).toEqual(readings[0]?.error?.value);
  }
}

function expectValue(reader: string, { value, count, error }: Reading, expected: Expectation): void {
  expect(error).toBeUndefined();
  if (has(expected, 'rows')) {
    const { rows, last } = expected as { readonly rows: number; readonly last?: object };
    expect(count).toBe(rows);
    if (last) expect(value).toMatchObject({ row: last });
  } else if (has(expected, 'not')) {
    const { not } = expected as { readonly not: string };
    expect(value).toMatchObject({ value: expect.anything() as unknown });
    expect((value as { readonly value: unknown }).value).not.toHaveProperty(not);
  } else if (has(expected, 'text')) expect(value).toMatchObject({ format: 'text' });
  else if (reader === 'parseToonOnComplete') {
    expect(value).toMatchObject({ value: expected });
    expect((value as { readonly format: string }).format).not.toBe('text');
  } else expect(value).toEqual(expected);
}

function has(expected: Expectation, word: string): boolean {
  return typeof expected === 'object' && expected !== null && Object.hasOwn(expected, word);
}
