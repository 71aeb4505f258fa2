/**
 * What reading an answer costs: 10,000 deltas with padding, as providers send them, from a response to its texts. Prints the CPU time of the
 * process per delta, and its ratio to a loop by hand: decode, split lines, `JSON.parse`, read the text.
 */
import { measure } from '../measure.js';
import { cellsOf } from '../streamCells.js';
import { limitName, ownTools } from '../streamOwn.js';
import { peerTools } from '../streamPeers.js';
import { decimals, printTable } from '../table.js';
import { wires } from '../wires.js';

const size = { name: '10k', deltas: 10_000 };
const rounds = 5;
const lines: string[][] = [];

for (const wire of wires.filter(({ padded, api }) => padded && api !== 'responses')) {
  const tools = [...ownTools, ...peerTools].filter(({ apis, name }) => apis.includes(wire.api) && !name.includes('templates'));
  const measured = await measure(cellsOf(tools, wire, { size }), rounds);
  for (const { name } of tools) {
    const ratio = measured.ratio([name, size.name], [limitName, size.name]);
    const perDelta = ((measured.time(name, size.name) ?? 0) * 1_000) / size.deltas;
    lines.push([wire.api, name, `${decimals(perDelta)} µs`, `${decimals(ratio)} ×`]);
  }
}
printTable(['wire', 'reader', 'CPU a delta', 'ratio'], lines, 2);
