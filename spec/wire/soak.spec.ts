import { spawn } from 'node:child_process';
import { describe, expect, it, jest } from '@jest/globals';
import { type Figures, judge, percentile, slope } from '../../scripts/soak/figures.js';

/** A finished process and its output. */
interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the soak in its own process, because it measures the heap and the timers of its process. */
function runSoak(flags: readonly string[], interruptAfterMs?: number): Promise<Run> {
  const soak = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', 'scripts/soak.ts', ...flags], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: 100_000,
  });
  let stdout = '';
  let stderr = '';
  soak.stdout?.on('data', (text: Buffer) => {
    stdout += text.toString();
  });
  soak.stderr?.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  let interruption: NodeJS.Timeout | undefined;
  // Starts when the soak runs, because a busy machine may take long to load it.
  if (interruptAfterMs) soak.once('message', () => (interruption = setTimeout(() => soak.kill('SIGINT'), interruptAfterMs)));
  return new Promise((resolve) => {
    soak.on('close', (code) => {
      clearTimeout(interruption);
      resolve({ code, stdout, stderr });
    });
  });
}

jest.setTimeout(120_000);

describe('the soak', () => {
  it('leaks nothing in a few hundred streams', async () => {
    const { stdout, stderr } = await runSoak(['--streams', '300', '--seed', '7']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^300 streams at concurrency 50, seed 7, in \d+ s:\n\d+ complete, \d+ error, \d+ unsubscribed, \d+ aborted\n/,
    );
    // The 99th percentile of few streams is the slowest one, which depends more on the machine than on the library.
    const lines = stdout.split('\n').filter((line) => / (met|MISSED)$/.test(line) && !line.includes('p99'));
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => line.endsWith('MISSED'))).toEqual([]);
  });

  it('stops on Ctrl-C', async () => {
    const begun = performance.now();
    const { code, stdout, stderr } = await runSoak(['--streams', '1000000'], 1_000);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^soak: interrupted: \d+ of 1000000 streams in \d+ s\n$/);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  it.each([
    [['--strems', '5'], "soak: Unknown option '--strems'\n"],
    [['--streams', 'many'], 'soak: --streams must be a whole number from 100 to 1000000, got "many"\n'],
    [['--streams', '5'], 'soak: --streams must be a whole number from 100 to 1000000, got "5"\n'],
    [['--concurrency', '0'], 'soak: --concurrency must be a whole number from 1 to 1000, got "0"\n'],
    [['--seed=-1'], 'soak: --seed must be a whole number from 0 to 2147483648, got "-1"\n'],
    [['--seed'], "soak: Option '--seed <value>' argument missing\n"],
    [['fast'], "soak: Unexpected argument 'fast'\n"],
  ])('reports a wrong argument in one line: %j', async (flags, line) => {
    expect(await runSoak(flags)).toEqual({ code: 1, stdout: '', stderr: line });
  });

  it('prints its flags with --help', async () => {
    const { code, stdout, stderr } = await runSoak(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--streams', '--concurrency', '--seed', '--help']) expect(stdout).toContain(flag);
  });

  describe('its figures', () => {
    const flawless: Figures = {
      wrong: 0,
      unhandled: 0,
      heapSlope: 1_000,
      listeners: 0,
      timers: 0,
      open: 0,
      closeMedianMs: 50,
      closeMs: 50,
    };

    it('are met at their limits', () => {
      expect(judge(flawless, 10_000).filter(({ met }) => !met)).toEqual([]);
    });

    it.each(Object.keys(flawless) as (keyof Figures)[])('miss %s if it is above its limit or was not measured', (figure) => {
      for (const value of [flawless[figure] + 1, Number.NaN]) {
        expect(judge({ ...flawless, [figure]: value }, 10_000).filter(({ met }) => !met)).toHaveLength(1);
      }
    });

    it('allow the heap of a short soak to grow more, but not by whole streams', () => {
      const limitOf = (streams: number): number | undefined => judge(flawless, streams)[2]?.limit;
      expect([300, 2_000, 5_000].map(limitOf)).toEqual([7_667, 2_000, 1_000]);
    });

    it('have the slope of the least-squares line', () => {
      expect(
        slope([
          [0, 5],
          [10, 25],
          [20, 45],
        ]),
      ).toBe(2);
      expect(
        slope([
          [0, 0],
          [1, 3],
          [2, 0],
        ]),
      ).toBe(0);
    });

    it('have the percentiles of times', () => {
      const times = Array.from({ length: 200 }, (_, index) => 200 - index);
      expect([percentile(times, 0.5), percentile(times, 0.99), percentile([], 0.99)]).toEqual([100, 198, Number.NaN]);
    });
  });
});
