import { fork } from 'node:child_process';
import { once } from 'node:events';
import { measureServer } from './loopback.js';
import { decimals, fraction, printBar, printTable } from './table.js';

const streams = 1_000;
const limit = 'limit A: parse by hand';
const own = 'rxllm, through a function';
const tools = [limit, 'limit A, with a signal', own, 'rxllm, through openai', 'openai'];

/** The moment of a collection changes a reading by 5 KB per stream, so the figures of the bars are read more often. */
const comparedRounds = 9;
const otherRounds = 3;

/** Measures the resident memory of many slow streams open at once. Each reading has its own process, and so has the provider. */
export async function benchMemory(quick: boolean): Promise<void> {
  const rounds = quick ? 1 : comparedRounds;
  const readings = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    const measured = round < otherRounds ? tools : [limit, own];
    for (const tool of round % 2 === 0 ? measured : [...measured].reverse()) {
      const bytes = await measureServer(({ url }) => readIn(tool, url, quick ? 200 : streams));
      readings.set(tool, [...(readings.get(tool) ?? []), bytes]);
    }
  }
  const median = (tool: string): number => {
    const sorted = (readings.get(tool) ?? []).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Number.NaN;
  };
  console.log(
    `KB of resident memory a stream, Node ${process.version}: medians of ${rounds} processes (the others ${Math.min(rounds, otherRounds)}), ${quick ? 200 : streams} open streams`,
  );
  const lines = [...readings.keys()].map((tool) => [
    tool,
    decimals(median(tool) / 1_024),
    fraction(median(tool) / median(limit)),
  ]);
  printTable(['tool', 'KB', '× A'], lines, 1);
  console.log();
  printBar({ name: 'memory a stream, × A', limit: 1.25, values: [{ name: own, value: median(own) / median(limit) }] });
}

async function readIn(tool: string, url: string, count: number): Promise<number> {
  const child = fork(`${import.meta.dirname}/memoryReader.js`, [tool, `${url}/slow`, String(count)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const [bytes] = (await once(child, 'message')) as [number];
  child.kill();
  return bytes;
}
