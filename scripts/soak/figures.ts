/** The figures of a soak. */
export interface Figures {
  readonly wrong: number;
  readonly unhandled: number;
  readonly heapSlope: number;
  readonly listeners: number;
  readonly timers: number;
  readonly open: number;
  readonly closeMedianMs: number;
  readonly closeMs: number;
}

export interface Verdict {
  readonly check: string;
  readonly measured: number;
  /** The largest allowed value. */
  readonly limit: number;
  readonly met: boolean;
}

const checks: readonly (readonly [check: string, figure: keyof Figures, limit: number])[] = [
  ['streams that went wrong', 'wrong', 0],
  ['unhandled rejections', 'unhandled', 0],
  ['heap slope over the last half, bytes a stream', 'heapSlope', 1_000],
  ['listeners remaining on the shared signal', 'listeners', 0],
  ['live timers', 'timers', 0],
  ['requests still open after 1 s', 'open', 0],
  ['unsubscribe → server sees the close, p50, ms', 'closeMedianMs', 50],
  ['unsubscribe → server sees the close, p99, ms', 'closeMs', 50],
];

/** From this number of streams on, the engine has compiled the code before the half that is measured. */
const longSoak = 5_000;
/** The growth of the heap by compiled code in a shorter soak, in bytes. */
const warmUpBytes = 1_000_000;

/** Compares each figure with its limit. A figure that was not measured, NaN, is a miss. */
export function judge(figures: Figures, streams: number): readonly Verdict[] {
  return checks.map(([check, figure, most]) => {
    const warmUp = figure === 'heapSlope' && streams < longSoak ? warmUpBytes / (streams / 2) : 0;
    const limit = Math.round(most + warmUp);
    const measured = figures[figure];
    return { check, measured, limit, met: measured <= limit };
  });
}

/** The slope of the least-squares line through the points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)));
  return covariance / mean(points.map(([x]) => (x - meanX) ** 2));
}

/** The percentile of values, with `part` from 0 to 1; NaN without values. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export function table(verdicts: readonly Verdict[]): string {
  const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 1 });
  const lines = [
    ['check', 'measured', 'limit', ''],
    ...verdicts.map(({ check, measured, limit, met }) => [check, number(measured), number(limit), met ? 'met' : 'MISSED']),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [first = 0, second = 0, third = 0] = widths;
  return lines
    .map(([check = '', measured = '', limit = '', verdict = '']) =>
      `${check.padEnd(first)}  ${measured.padStart(second)}  ${limit.padStart(third)}  ${verdict}`.trimEnd(),
    )
    .join('\n');
}
