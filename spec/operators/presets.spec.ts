import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { asyncScheduler, NEVER, throwError } from 'rxjs';
import { ConnectionError, RetryExhaustedError, StreamTimeoutError } from '../../src/errors.js';
import type { FinishEvent } from '../../src/events.js';
import { type ApplyOptions, applyOptions } from '../../src/operators/applyOptions.js';
import {
  debugOptions,
  highReliabilityOptions,
  highThroughputOptions,
  jsonModeOptions,
  lowLatencyOptions,
} from '../../src/operators/presets.js';
import { finish, marbles, start, streamOf, text } from '../../src/testing/index.js';
import { record } from '../support/operatorContract.js';

const presets = {
  jsonModeOptions,
  highThroughputOptions,
  lowLatencyOptions,
  highReliabilityOptions,
  debugOptions,
  'debugOptions of a logger': debugOptions({ debug: () => undefined }),
};

describe.each<[string, ApplyOptions]>(Object.entries(presets))('the preset %s', (_name, preset) => {
  beforeEach(() => void jest.spyOn(console, 'debug').mockReturnValue());
  afterEach(() => void jest.restoreAllMocks());

  it('is frozen, and its values too', () => {
    expect([preset, ...Object.values(preset)].every(Object.isFrozen)).toBe(true);
  });

  it('can be applied, and spread into other options', () => {
    for (const options of [preset, { ...preset }, { ...preset, tapStream: {} }]) {
      const { end } = record(streamOf([start(), text('a'), finish()]), applyOptions(options));
      expect(end).toBe('complete');
    }
  });
});

describe.each<[string, ApplyOptions, first: number, between: number, attempts: number]>([
  ['jsonModeOptions', jsonModeOptions, 60_000, 30_000, 4],
  ['highThroughputOptions', highThroughputOptions, 60_000, 60_000, 4],
  ['lowLatencyOptions', lowLatencyOptions, 5_000, 15_000, 1],
  ['highReliabilityOptions', highReliabilityOptions, 60_000, 120_000, 6],
])('%s', (_name, preset, firstMs, betweenMs, attempts) => {
  it(
    'has its time limits',
    marbles(({ cold, expectObservable }) => {
      const limited = applyOptions({ ...preset, retryStream: false, aggregateUsage: false });
      expectObservable(NEVER.pipe(limited)).toBe(`${firstMs}ms #`, {}, new StreamTimeoutError('first', firstMs));
      const silent = cold('s', { s: start() });
      const late = new StreamTimeoutError('between', betweenMs);
      expectObservable(silent.pipe(limited)).toBe(`s ${betweenMs - 1}ms #`, { s: start() }, late);
    }),
  );

  it(
    'has its number of attempts',
    marbles(({ cold, flush }) => {
      const failing = cold<never>('#', {}, new ConnectionError('refused'));
      let failure: unknown;
      failing.pipe(applyOptions(preset)).subscribe({
        error: (error: unknown) => {
          failure = error;
        },
      });
      flush();
      expect(failing.subscriptions).toHaveLength(attempts);
      expect(failure).toBeInstanceOf(attempts > 1 ? RetryExhaustedError : ConnectionError);
    }),
  );
});

describe('highReliabilityOptions', () => {
  it(
    'ends after ten minutes at the latest',
    marbles(({ cold, flush }) => {
      const endless = cold(`s ${'59999ms a '.repeat(12)}`, { s: start(), a: text('a') });
      const ends: unknown[] = [];
      endless
        .pipe(applyOptions(highReliabilityOptions))
        .subscribe({ error: (error: unknown) => ends.push(asyncScheduler.now(), error) });
      flush();
      expect(ends).toEqual([600_000, new StreamTimeoutError('total', 600_000)]);
    }),
  );
});

describe('highThroughputOptions', () => {
  it('counts no tokens: usage that the provider does not report is unknown', () => {
    const { values } = record(streamOf([start(), text('a'), finish()]), applyOptions(highThroughputOptions));
    expect(values.at(-2)).toMatchObject({ type: 'usage', usage: { outputTokens: undefined, estimated: false } });
  });
});

describe('lowLatencyOptions', () => {
  it('adds timing to finish', () => {
    const { values } = record(streamOf([start(), text('a'), finish()]), applyOptions(lowLatencyOptions));
    expect((values.at(-1) as FinishEvent).timing).toMatchObject({ deltas: 1 });
  });
});

describe('debugOptions', () => {
  it('logs every event and the end', () => {
    const logged: unknown[] = [];
    const logger = { debug: (message: string) => logged.push(message) };
    record(streamOf([start(), text('a'), finish()]), applyOptions(debugOptions(logger)));
    record(
      throwError(() => new ConnectionError('cut')),
      applyOptions(debugOptions(logger)),
    );
    record(NEVER, applyOptions(debugOptions(logger)));
    expect(logged).toEqual(['start', 'text-delta', 'complete', 'error', 'unsubscribe']);
  });

  it.each([debugOptions, { ...debugOptions }, debugOptions()])('logs to the console if no logger is given', (preset) => {
    const debug = jest.spyOn(console, 'debug').mockReturnValue();
    record(streamOf([start(), finish()]), applyOptions(preset));
    expect(debug.mock.calls.map(([message]) => message)).toEqual(['start', 'complete']);
    debug.mockRestore();
  });

  it('rejects a value that is not a logger', () => {
    expect(() => debugOptions({} as Console)).toThrow(TypeError);
  });
});
