import { filter, firstValueFrom } from 'rxjs';
import { readByHand } from './limitA.js';
import { measureServer } from './loopback.js';
import { source } from './streamOwn.js';
import { decimals, printBar, printTable } from './table.js';
import { wires } from './wires.js';

/** Requests before the first that counts, until all is compiled. */
const warmUps = 500;
const limitMicroseconds = 50;

/** The time from asking to the first delta, over loopback: ours beside fetch by hand, in turns. And how many connections 50 answers take. */
export async function benchFirstDelta(quick: boolean): Promise<void> {
  const rounds = quick ? 200 : 2_000;
  const wire = wires[0];
  if (!wire) return;
  await measureServer(async ({ url, connections }) => {
    const byHand = async (): Promise<number> => {
      const start = performance.now();
      let first = 0;
      await readByHand(await fetch(`${url}/answer`), wire.api, () => {
        first ||= performance.now() - start;
      });
      return first;
    };
    const byOurs = async (): Promise<number> => {
      const start = performance.now();
      let first = 0;
      const event$ = source(wire, () => fetch(`${url}/answer`)).pipe(
        filter((event) => {
          if (event.type === 'text-delta') first ||= performance.now() - start;
          return event.type === 'finish';
        }),
      );
      await firstValueFrom(event$);
      return first;
    };
    const hand: number[] = [];
    const ours: number[] = [];
    const added: number[] = [];
    for (let round = -warmUps; round < rounds; round++) {
      const first = round % 2 === 0 ? await byHand() : await byOurs();
      const second = round % 2 === 0 ? await byOurs() : await byHand();
      const [a, b] = round % 2 === 0 ? [first, second] : [second, first];
      if (round < 0) continue;
      hand.push(a);
      ours.push(b);
      added.push(b - a);
    }
    const before = await connections();
    for (let request = 0; request < 50; request++) await byOurs();
    const opened = (await connections()) - before;
    console.log(
      `Milliseconds to the first delta, Node ${process.version}: medians of ${rounds} requests each, in turns, over loopback`,
    );
    printTable(
      ['tool', 'ms', 'added'],
      [
        ['fetch, read by hand', median(hand).toFixed(3), ''],
        ['rxllm', median(ours).toFixed(3), median(added).toFixed(3)],
      ],
      1,
    );
    console.log();
    printBar({
      name: 'added to the first delta, µs',
      limit: limitMicroseconds,
      values: [{ name: 'rxllm', value: 1_000 * median(added) }],
    });
    console.log(`New connections of 50 further requests, one after the other: ${decimals(opened)}`);
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
