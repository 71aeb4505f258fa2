import { type JsonShape, jsonShapes } from './jsonShapes.js';
import { type JsonSample, jsonTools, limit, river, sdk } from './jsonTools.js';
import { type Comparison, printReport } from './report.js';
import { toEvents, toPieces } from './stream.js';

/** The only size for the AI SDK and other tools with a time that grows with the square of the length. */
const fullSizes = { sdk: '40 KB', all: { '20 KB': 20_000, '40 KB': 40_000, '200 KB': 200_000, '1 MB': 1_000_000 } };
const quickSizes = { sdk: '10 KB', all: { '10 KB': 10_000, '100 KB': 100_000 } };

/** Measures partial JSON: a value after every delta. */
export async function benchJson(quick: boolean): Promise<void> {
  const sizes = quick ? quickSizes : fullSizes;
  const comparisons: readonly Comparison[] = [
    { title: '× JSON.parse', peer: limit },
    { title: '× jsonriver', peer: river, limit: 1.5 },
    { title: `× AI SDK at ${sizes.sdk}`, peer: sdk, size: sizes.sdk, limit: 1 / 50 },
  ];
  const shapes = jsonShapes.map((shape) => ({ name: shape.name, samples: toSamples(shape, sizes.all) }));
  const tools = jsonTools.map((tool) => (tool.only ? { ...tool, only: sizes.sdk } : tool));
  await printReport({ shapes, tools, comparisons, rounds: quick ? 7 : 15 });
}

function toSamples(shape: JsonShape, named: Readonly<Record<string, number>>): readonly JsonSample[] {
  return Object.entries(named).map(([size, characters]) => {
    const json = JSON.stringify(shape.value(characters));
    const pieces = toPieces(json);
    return { size, length: json.length, json, pieces, events: toEvents(pieces) };
  });
}
