import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { from, lastValueFrom, mergeAll, NEVER, type Observable } from 'rxjs';
import type { DeltaEvent, Turn } from '../src/events.js';
import { finish, start, text, toolCallDelta, toolCallEnd, toolCallStart, usage } from '../src/testing/index.js';
import { runTools } from '../src/tools/runTools.js';
import { type Cell, measure } from './measure.js';
import { decimals, exponent, fraction, printBar, printTable } from './table.js';

/** The number of calls of a round. */
const calls = 10;
const reading = 'the events alone';
const loop = 'runTools';
const waitingTools = 1_000;

/** Measures a loop of many rounds: what it adds to reading the events of its rounds, for each call, and what a waiting tool holds. */
export async function benchTools(quick: boolean): Promise<void> {
  const sizes = quick ? [5, 20] : [10, 100];
  const cells = sizes.flatMap((rounds): readonly Cell<number>[] => [
    cellOf(reading, rounds, () => readEvents(rounds)),
    cellOf(loop, rounds, () => runLoop(rounds)),
  ]);
  const measured = await measure(cells, quick ? 5 : 15);
  const overheads = sizes.map((rounds) => {
    const [own = Number.NaN, alone = Number.NaN] = [loop, reading].map((tool) => measured.time(tool, String(rounds)));
    return { rounds, own, alone, perCall: ((own - alone) * 1_000) / (rounds * calls) };
  });
  console.log(`A tool loop of ${calls} calls a round, Node ${process.version}; medians of CPU time`);
  printTable(
    ['rounds', 'events alone, ms', 'runTools, ms', 'overhead a call, µs'],
    overheads.map(({ rounds, own, alone, perCall }) => [String(rounds), decimals(alone), decimals(own), decimals(perCall)]),
    0,
  );
  const [small, large] = overheads;
  const growth = small && large ? exponent(large.own / small.own, large.rounds / small.rounds) : undefined;
  console.log(`\nTime grows with the number of rounds to the power of ${fraction(growth)}.`);
  const value = bytesOfWaitingTool() / 1_024;
  printBar({ name: 'kB that a waiting tool holds', limit: 3, values: [{ name: loop, value }] });
}

function cellOf(tool: string, rounds: number, run: () => Promise<number>): Cell<number> {
  return {
    tool,
    size: String(rounds),
    slow: false,
    run,
    check(results) {
      if (results !== rounds * calls) throw new Error(`${tool}: ${results} calls of ${rounds * calls}`);
    },
  };
}

function roundOf(index: number, count = calls): readonly DeltaEvent[] {
  const called = Array.from({ length: count }, (_, block): readonly DeltaEvent[] => {
    const callId = `call-${index}-${block}`;
    const argumentsText = `{"a":${index},"b":${block}}`;
    return [
      toolCallStart(callId, 'add', { block }),
      toolCallDelta(callId, argumentsText, { block }),
      toolCallEnd(callId, 'add', argumentsText, { block }),
    ];
  });
  return [start({ id: `r${index}` }), ...called.flat(), usage({ inputTokens: 1, outputTokens: 1 }), finish('tool-calls')];
}

/** Each round is read as a provider sends it: not in the call stack of the one before. */
function answerTo(index: number, rounds: number): Observable<DeltaEvent> {
  const events = index < rounds ? roundOf(index) : [start(), text('Done'), finish()];
  return from(Promise.resolve(events)).pipe(mergeAll());
}

async function readEvents(rounds: number): Promise<number> {
  let results = 0;
  for (let index = 0; index <= rounds; index++) {
    await lastValueFrom(answerTo(index, rounds));
    if (index < rounds) results += calls;
  }
  return results;
}

async function runLoop(rounds: number): Promise<number> {
  let results = 0;
  const add = { run: (input: unknown) => input };
  const events$ = runTools((_, { step }) => answerTo(step, rounds), { turns: [], tools: { add }, maxSteps: rounds + 1 });
  await new Promise<void>((resolve, reject) => {
    events$.subscribe({
      next: ({ type }) => {
        if (type === 'tool-result') results++;
      },
      error: reject,
      complete: resolve,
    });
  });
  return results;
}

/** The heap that one of many tools holds which wait at the same time, in one round. */
function bytesOfWaitingTool(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const turns: readonly Turn[] = [];
  const open = (): { unsubscribe(): void } =>
    runTools(() => from(roundOf(0, waitingTools)), { turns, tools: { add: { run: () => NEVER } } }).subscribe({ error: fail });
  open().unsubscribe();
  collect();
  const before = process.memoryUsage().heapUsed;
  const subscription = open();
  collect();
  const bytes = (process.memoryUsage().heapUsed - before) / waitingTools;
  subscription.unsubscribe();
  return bytes;
}

function fail(error: unknown): never {
  throw error;
}
