/**
 * The regression gate of `npm run check`: quick ratios to limit A against wide bars. Noise does not fail a build, a doubled time does. It
 * needs no peers.
 */
import { measure } from './measure.js';
import { cellsOf } from './streamCells.js';
import { limitName, ownTools, pipelineName, typedName } from './streamOwn.js';
import { printBar } from './table.js';
import { wires } from './wires.js';

/** About twice the measured ratios of docs/performance.md. */
const bars: Readonly<Record<string, number>> = { [typedName]: 1.2, [pipelineName]: 1.8 };
const size = { name: '20k', deltas: 20_000 };
const rounds = 9;
/** A missed bar is measured again, and counts only if it is missed again. */
const attempts = 3;

const tools = ownTools.filter(({ name }) => name === limitName || name in bars);
let missed = 0;
for (const wire of wires.filter(({ padded }) => padded)) {
  const worst = new Map<string, number>();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const measured = await measure(cellsOf(tools, wire, { size }), rounds);
    for (const name of Object.keys(bars)) {
      const ratio = measured.ratio([name, size.name], [limitName, size.name]) ?? Infinity;
      worst.set(name, Math.min(ratio, worst.get(name) ?? Infinity));
    }
    if ([...worst].every(([name, ratio]) => ratio <= (bars[name] ?? 0))) break;
  }
  for (const [name, value] of worst) {
    const limit = bars[name] ?? 0;
    printBar({ name: `${name}, × A`, limit, values: [{ name: wire.name, value }] });
    if (!(value <= limit)) missed++;
  }
}
if (missed > 0) {
  console.error(`${missed} of the ratios doubled: profile before you raise a bar (docs/performance.md)`);
  process.exitCode = 1;
}
