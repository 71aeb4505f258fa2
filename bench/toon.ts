import { decode, encode } from '@toon-format/toon';
import { createToonDecoder } from '../src/codecs/toon/decoder.js';
import { createToonValueBuilder } from '../src/codecs/toon/value.js';
import type { DeltaEvent } from '../src/events.js';
import { toonRows } from '../src/toon/toonRows.js';
import { type Comparison, printReport, type Reading, type Sample, type Tool } from './report.js';
import { push, toEvents, toPieces } from './stream.js';

/** One table as TOON, as a whole and as deltas. */
interface ToonSample extends Sample {
  readonly toon: string;
  readonly pieces: readonly string[];
  readonly events: readonly DeltaEvent[];
}

const limit = 'JSON.parse, once';
const peer = '@toon-format/toon decode, once';
const sizes = { '20 KB': 20_000, '200 KB': 200_000 };
const fullSizes = { ...sizes, '1 MB': 1_000_000 };

const tools: readonly Tool<ToonSample>[] = [
  { name: limit, run: ({ json }) => ({ value: JSON.parse(json), values: 1 }) },
  { name: peer, run: ({ toon }) => ({ value: decode(toon), values: 1 }) },
  { name: 'decoder', own: true, run: ({ pieces }) => readValue(pieces) },
  { name: 'toonRows, strings', own: true, run: ({ pieces }) => readRows(pieces) },
  { name: 'toonRows, events', own: true, run: ({ events }) => readRows(events) },
];

const comparisons: readonly Comparison[] = [
  { title: '× JSON.parse', peer: limit, limit: 8 },
  { title: '× toon decode', peer },
];

/** Measures TOON that arrives in deltas: its rows, or the value. */
export async function benchToon(quick: boolean): Promise<void> {
  const samples = Object.entries(quick ? sizes : fullSizes).map(([size, characters]) => toSample(size, characters));
  await printReport({ shapes: [{ name: 'table', samples }], tools, comparisons, rounds: quick ? 5 : 31 });
}

function toSample(size: string, characters: number): ToonSample {
  const data = { products: Array.from({ length: characters / 40 }, (_, id) => product(id)) };
  const toon = encode(data);
  const pieces = toPieces(toon);
  return { size, length: toon.length, json: JSON.stringify(data), toon, pieces, events: toEvents(pieces) };
}

function product(id: number): object {
  return { id, name: `Product number ${id}`, price: id * 1.25, stock: id % 2 === 0 };
}

function readValue(pieces: readonly string[]): Reading {
  const builder = createToonValueBuilder();
  const decoder = createToonDecoder(builder);
  for (const piece of pieces) decoder.write(piece);
  decoder.end();
  return { value: builder.value(), values: 1 };
}

function readRows(values: readonly (DeltaEvent | string)[]): Reading {
  const products: unknown[] = [];
  push(values, toonRows(), ({ row }) => void products.push(row));
  return { value: { products }, values: products.length };
}
