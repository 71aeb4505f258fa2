import { spawn } from 'node:child_process';
import { describe, expect, it, jest } from '@jest/globals';
import { type Figures, judge, percentile, slope } from '../../scripts/soak/figures.js';

/** A process, ended by itself or by us, and what it printed. */
interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The soak in a process of its own, because it measures the heap and the timers of its process. */
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
  // From when it runs, however long a busy machine takes to load it.
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
  it('leaves nothing behind after a few hundred streams', async () => {
    const { stdout, stderr } = await runSoak(['--streams', '300', '--seed', '7']);
    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^300 streams at concurrency 50, seed 7, in \d+ s:\n\d+ complete, \d+ error, \d+ unsubscribed, \d+ aborted\n/,
    );
    // The 99th in a hundred of so few is the slowest, which tells more of the machine than of us.
    const lines = stdout.split('\n').filter((line) => / (met|MISSED)$/.test(line) && !line.includes('p99'));
    expect(lines).toHaveLength(7);
    expect(lines.filter((line) => line.endsWith('MISSED'))).toEqual([]);
  });

  it('stops at Ctrl-C', async () => {
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
  ])('says in one line what is wrong with %j', async (flags, line) => {
    expect(await runSoak(flags)).toEqual({ code: 1, stdout: '', stderr: line });
  });

  it('explains itself', async () => {
    const { code, stdout, stderr } = await runSoak(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--streams', '--concurrency', '--seed', '--help']) expect(stdout).toContain(flag);
  });

  describe('judges', () => {
    const flawless: Figures = {
      wrong: 0,
      unhandled: 0,
      heapSlope: 1_000,
      listeners: 0,
      timers: 0,
      open: 0,
      leaveMedianMs: 50,
      leaveMs: 50,
    };

    it('what is at its limit as met', () => {
      expect(judge(flawless, 10_000).filter(({ met }) => !met)).toEqual([]);
    });

    it.each(Object.keys(flawless) as (keyof Figures)[])('%s that is over its limit, or was not measured, as missed', (figure) => {
      for (const value of [flawless[figure] + 1, Number.NaN]) {
        expect(judge({ ...flawless, [figure]: value }, 10_000).filter(({ met }) => !met)).toHaveLength(1);
      }
    });

    it('the heap of a short soak less strictly, but not a leak of whole streams', () => {
      const limitOf = (streams: number): number | undefined => judge(flawless, streams)[2]?.limit;
      expect([300, 2_000, 5_000].map(limitOf)).toEqual([7_667, 2_000, 1_000]);
    });

    it('the heap by the line that fits it best', () => {
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

    it('times by their percentiles', () => {
      const times = Array.from({ length: 200 }, (_, index) => 200 - index);
      expect([percentile(times, 0.5), percentile(times, 0.99), percentile([], 0.99)]).toEqual([100, 198, Number.NaN]);
    });
  });
});
