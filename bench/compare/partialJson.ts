/**
 * What a value after every delta costs: an array of records as JSON, in deltas of 4 characters. Prints the CPU time for 20 kB, its ratio to our
 * `partialJson()`, the exponent `n^` with which the time grows from 10 to 20 kB (`n^1` is linear), and how many values it gave; then how many
 * objects the values of the two fastest are.
 */
import { parse } from 'jsonriver';
import { partialJson } from '../../src/operators/partialJson.js';
import { jsonShapes } from '../jsonShapes.js';
import { type JsonSample, jsonTools } from '../jsonTools.js';
import { measure } from '../measure.js';
import type { Reading } from '../report.js';
import { push, toEvents, toPieces } from '../stream.js';
import { decimals, exponent, printTable } from '../table.js';

const own = 'partialJson, events';
const rounds = 15;
const [small, large] = [10_000, 20_000].map((characters): JsonSample => {
  const json = JSON.stringify(jsonShapes[0]?.value(characters));
  const pieces = toPieces(json);
  return { size: String(characters), length: json.length, json, pieces, events: toEvents(pieces) };
}) as [JsonSample, JsonSample];

async function* iterate(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

const values = new Map<string, number>();
const tools = jsonTools.filter(({ name }) => name !== 'codec' && name !== 'partialJson, strings');
const cells = tools.flatMap(({ name, only, run }) =>
  [small, large].map((sample) => ({
    tool: name,
    size: sample.size,
    slow: only !== undefined,
    run: () => run(sample),
    check(reading: Reading) {
      if (JSON.stringify(reading.value) !== sample.json) throw new Error(`${name} read ${sample.size} wrong`);
      values.set(name, reading.values);
    },
  })),
);
const measured = await measure(cells, rounds);
const lines = tools.map(({ name }) => {
  const growth = exponent(measured.ratio([name, large.size], [name, small.size]), large.length / small.length);
  const ratio = measured.ratio([name, large.size], [own, large.size]);
  const time = `${decimals(measured.time(name, large.size))} ms`;
  return [
    name === own ? `rxllm: ${own}` : name,
    time,
    `${decimals(ratio)} ×`,
    `n^${growth?.toFixed(1)}`,
    String(values.get(name)),
  ];
});
printTable(['parser', '20 kB', 'by ours', 'growth', 'values'], lines, 1);

const changed = new Set<unknown>();
for await (const value of parse(iterate(large.pieces))) changed.add(value);
const kept = new Set<unknown>();
push(large.events, partialJson(), (value) => kept.add(value));
console.log(`\njsonriver: ${changed.size} object, which it changes; rxllm: ${kept.size} objects`);
