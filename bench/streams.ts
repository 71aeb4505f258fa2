import { type Measured, measure } from './measure.js';
import { cellsOf, checkDigest, type Size } from './streamCells.js';
import { limitName, ownTools, pipelineName, type StreamTool, typedName } from './streamOwn.js';
import { type Bar, decimals, exponent, fraction, type Line, printBar, printTable } from './table.js';
import { createBody, type Wire, wires } from './wires.js';

const fullSizes = { small: { name: '20k', deltas: 20_000 }, large: { name: '200k', deltas: 200_000 } };
const quickSizes = { small: { name: '2k', deltas: 2_000 }, large: { name: '20k', deltas: 20_000 } };

/** The figures of one tool on one wire. */
interface Row {
  readonly wire: Wire;
  readonly tool: string;
  readonly times: readonly (number | undefined)[];
  readonly small: number | undefined;
  readonly large: number | undefined;
  readonly sdk: number | undefined;
  readonly growth: number | undefined;
}

/** Measures the CPU time per event of whole answers, read from memory. Tools that do not run on this Node are skipped and reported. */
export async function benchStreams(quick: boolean): Promise<void> {
  const sizes = quick ? quickSizes : fullSizes;
  const { peerTools, sdkName } = await import('./streamPeers.js');
  const rows: Row[] = [];
  for (const wire of wires) {
    const tools = await runnable([...ownTools, ...peerTools], wire);
    const measured = await measure(cellsOf(tools, wire, sizes), quick ? 3 : 7);
    rows.push(...tools.map((tool) => rowOf(tool, wire, sizes, measured, sdkName)));
  }
  console.log(`CPU microseconds an event, Node ${process.version}: medians of paired runs in one process`);
  const { small, large } = sizes;
  const head = ['wire', 'tool', small.name, large.name, `× A, ${small.name}`, `× A, ${large.name}`, '× SDK', 'growth'];
  printTable(head, rows.map(toLine), 2);
  console.log();
  for (const bar of barsOf(rows, sizes)) printBar(bar);
}

/** The tools that read a short answer correctly. */
async function runnable(tools: readonly StreamTool[], wire: Wire): Promise<readonly StreamTool[]> {
  const body = createBody(wire, 20);
  const found: StreamTool[] = [];
  for (const tool of tools.filter(({ apis }) => apis.includes(wire.api))) {
    try {
      checkDigest(tool, body, await tool.run(wire, body));
      found.push(tool);
    } catch (error) {
      console.log(`Skipped on ${wire.name}: ${tool.name} (${String(error).slice(0, 160)})`);
    }
  }
  return found;
}

function rowOf({ name }: StreamTool, wire: Wire, { small, large }: typeof fullSizes, measured: Measured, sdk: string): Row {
  const timeOf = ({ name: size, deltas }: Size): number | undefined => {
    const time = measured.time(name, size);
    return time === undefined ? undefined : (time * 1_000) / deltas;
  };
  const ratio = (peer: string, size: Size): number | undefined => measured.ratio([name, size.name], [peer, size.name]);
  return {
    wire,
    tool: name,
    times: [timeOf(small), timeOf(large)],
    small: ratio(limitName, small),
    large: ratio(limitName, large),
    sdk: ratio(sdk, large),
    growth: exponent(measured.ratio([name, large.name], [name, small.name]), large.deltas / small.deltas),
  };
}

function toLine({ wire, tool, times, small, large, sdk, growth }: Row): Line {
  return [wire.name, tool, ...times.map(decimals), decimals(small), decimals(large), fraction(sdk), decimals(growth)];
}

/** The bars of docs/performance.md. */
function barsOf(rows: readonly Row[], { small, large }: typeof fullSizes): readonly Bar[] {
  const bar = (name: string, limit: number, tool: string, figure: (row: Row) => number | undefined, api?: Wire['api']): Bar => {
    const own = rows.filter((row) => row.tool === tool && (api === undefined || row.wire.api === api));
    const values = own.flatMap((row) => {
      const value = figure(row);
      return value === undefined ? [] : [{ name: row.wire.name, value }];
    });
    return { name, limit, values };
  };
  return [
    bar(`chat, typed events, × A at ${large.name}`, 0.6, typedName, (row) => row.large, 'chat'),
    bar(`responses, typed events, × A at ${large.name}`, 0.7, typedName, (row) => row.large, 'responses'),
    bar(`messages, typed events, × A at ${large.name}`, 0.7, typedName, (row) => row.large, 'messages'),
    bar(`typed events, × A at ${small.name}`, 1, typedName, (row) => row.small),
    bar(`typed events, × SDK at ${large.name}`, 1 / 4, typedName, (row) => row.sdk),
    bar(`whole pipeline, × A at ${large.name}`, 1.3, pipelineName, (row) => row.large),
    bar('growth of typed events', 1.05, typedName, (row) => row.growth),
  ];
}
