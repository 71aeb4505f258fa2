/** One tool with one input. */
export interface Cell<Result> {
  readonly tool: string;
  readonly size: string;
  /** It takes seconds, so it runs in the first round only, without warm-up. */
  readonly slow: boolean;
  run(): Result | Promise<Result>;
  /** Throws if the result is wrong. Its time is not measured. */
  check(result: Result): void;
}

export type CellName = readonly [tool: string, size: string];

export interface Measured {
  /** CPU time in milliseconds; undefined if it was not measured. */
  time(tool: string, size: string): number | undefined;
  /** The ratio of the times of two cells, measured in the same rounds. */
  ratio(cell: CellName, other: CellName): number | undefined;
}

interface Runner<Result> {
  readonly cell: Cell<Result>;
  readonly repeats: number;
  readonly times: number[];
}

/** The shortest CPU time to measure, in milliseconds. */
const shortestWindow = 10;
/** The warm-up of a cell ends after this CPU time in milliseconds, or after `mostWarmUps` runs. */
const warmUp = 100;
const mostWarmUps = 10;

/**
 * Runs all cells in turn, in reverse order in every second round, so that other load of the machine affects all of them. Figures are medians over
 * the rounds, of a time or of the ratio of two times in one round.
 */
export async function measure<Result>(cells: readonly Cell<Result>[], rounds: number): Promise<Measured> {
  const runners: Runner<Result>[] = [];
  for (const cell of cells) runners.push({ cell, repeats: await calibrate(cell), times: [] });
  for (let round = 0; round < rounds; round++) {
    const due = runners.filter(({ cell }) => round === 0 || !cell.slow);
    for (const { cell, repeats, times } of round % 2 === 0 ? due : due.reverse()) times.push(await timeOf(cell, repeats));
  }
  const timesOf = (tool: string, size: string) =>
    runners.find(({ cell }) => cell.tool === tool && cell.size === size)?.times ?? [];
  return {
    time: (tool, size) => median(timesOf(tool, size)),
    ratio(cell, other) {
      const others = timesOf(...other);
      return median(timesOf(...cell).flatMap((time, round) => time / (others[round] ?? Number.NaN)));
    },
  };
}

/** Warms a cell up until it is compiled, and returns the number of runs per measurement. */
async function calibrate<Result>(cell: Cell<Result>): Promise<number> {
  if (cell.slow) return 1;
  let spent = 0;
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run === 0 || (spent < warmUp && run < mostWarmUps); run++) {
    const time = await timeOf(cell, 1);
    spent += time;
    fastest = Math.min(fastest, time);
  }
  return Math.ceil(shortestWindow / Math.max(fastest, shortestWindow / 1000));
}

async function timeOf<Result>({ run, check }: Cell<Result>, repeats: number): Promise<number> {
  const before = process.cpuUsage();
  let result = await run();
  for (let repeat = 1; repeat < repeats; repeat++) result = await run();
  const { user, system } = process.cpuUsage(before);
  check(result);
  return (user + system) / 1000 / repeats;
}

/** Ignores NaN: ratios to a cell that did not run in a round. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  const before = sorted.length % 2 === 0 ? sorted[(sorted.length >> 1) - 1] : middle;
  return middle === undefined || before === undefined ? undefined : (middle + before) / 2;
}
