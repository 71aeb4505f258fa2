import { parseArgs } from 'node:util';
import { judge, table } from './soak/figures.js';

const help = `Runs many streams with random faults over loopback, and measures leaked memory, listeners, timers and requests.

  npm run soak -- [options]

  --streams n      number of streams (default: 10000)
  --concurrency n  number of streams at once (default: 50)
  --seed n         seed of the faults; the same seed repeats the same faults (default: 1)
  --help           print this help

With fewer than 5,000 streams the heap may grow by one more megabyte, because the engine still compiles.
The exit code is 1 if a check is missed, a flag is wrong, or the soak takes longer than 10 minutes.`;

const longestMs = 10 * 60_000;

interface Flags {
  readonly streams: number;
  readonly concurrency: number;
  readonly seed: number;
}

/** @throws Error with a message of one line. */
function readFlags(): Flags | 'help' {
  const text = { type: 'string' } as const;
  const options = { streams: text, concurrency: text, seed: text, help: { type: 'boolean' } } as const;
  const { values } = parseArgs({ options, allowPositionals: false });
  if (values.help) return 'help';
  return {
    streams: wholeNumber('streams', values.streams ?? '10000', 100, 1_000_000),
    concurrency: wholeNumber('concurrency', values.concurrency ?? '50', 1, 1_000),
    seed: wholeNumber('seed', values.seed ?? '1', 0, 2 ** 31),
  };
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${flag} must be a whole number from ${least} to ${most}, got "${text}"`);
}

async function main(flags: Flags): Promise<void> {
  if (!globalThis.gc) throw new Error('the heap can only be measured with node --expose-gc, as npm run soak does');
  // Imported here, because it loads the SDKs.
  const { soak } = await import('./soak/soak.js');
  const begun = process.hrtime.bigint();
  const seconds = (): string => `${Math.round(Number(process.hrtime.bigint() - begun) / 1e9)} s`;
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(`not done after ${longestMs / 60_000} minutes`), longestMs).unref();
  const interrupt = (): void => stop.abort('interrupted');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  // Informs a parent process that an interrupt is handled from now on.
  process.send?.('running');
  const onProgress = (done: number): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${flags.streams} streams, ${seconds()}`);
  };

  const { figures, outcomes, streams, requests, connections, unsubscriptions, complaints } = await soak({
    ...flags,
    stop: stop.signal,
    onProgress,
  });
  clearTimeout(deadline);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (stop.signal.aborted) throw new Error(`${stop.signal.reason}: ${streams} of ${flags.streams} streams in ${seconds()}`);

  const verdicts = judge(figures, streams);
  console.log(`${streams} streams at concurrency ${flags.concurrency}, seed ${flags.seed}, in ${seconds()}:`);
  console.log(
    Object.entries(outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
  );
  console.log(`${requests} requests over ${connections} connections, ${unsubscriptions} unsubscribed while one was open\n`);
  console.log(table(verdicts));
  if (complaints.length > 0) console.log(`\n${complaints.join('\n')}`);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

try {
  const flags = readFlags();
  if (flags === 'help') console.log(help);
  else await main(flags);
} catch (error) {
  const [line] = (error instanceof Error ? error.message : String(error)).split(/\.(?: |$)|\n/);
  console.error(`soak: ${line}`);
  process.exitCode = 1;
}
