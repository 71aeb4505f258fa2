import { describe, expect, it } from '@jest/globals';
import { createAttempts } from '../../src/attempts/attempts.js';
import { ConnectionError } from '../../src/errors.js';
import { finish, ping, reset, start, step, text, usage, usageOf } from '../../src/testing/index.js';
import { requestUsage } from '../support/requestUsage.js';

const fault = new ConnectionError();
/** Without a `start` the model is unknown. */
const unnamed = { model: undefined, provider: undefined };
const again = { step: 0, cause: 'retry', delayMs: 0 } as const;

// joinedUsage.ts is tested through it.
describe('createAttempts', () => {
  it('returns the events of the first attempt unchanged, the same objects', () => {
    const attempts = createAttempts();
    for (const event of [ping(), start(), text('a'), usage({ inputTokens: 1 }), finish()])
      expect(attempts.restate(event)).toBe(event);
  });

  it('increases attempt numbers, also for an upstream that starts from 2 again', () => {
    const attempts = createAttempts();
    const numbers = [
      reset({ attempt: 2 }),
      attempts.endFailed(again, fault),
      reset({ attempt: 2 }),
      reset({ attempt: 9 }),
      reset({ attempt: 3 }),
    ].map((event) => attempts.restate(event));
    expect(numbers).toMatchObject([{ attempt: 2 }, { attempt: 3 }, { attempt: 4 }, { attempt: 9 }, { attempt: 10 }]);
    expect(attempts.number).toBe(10);
  });

  it('tracks whether content stands, which step runs and whether the stream has finished', () => {
    const attempts = createAttempts();
    attempts.restate(start());
    expect(attempts).toMatchObject({ delivered: false, step: 0, finished: false });
    for (const event of [text('a'), step(1), text('b'), step(2)]) attempts.restate(event);
    expect(attempts).toMatchObject({ delivered: true, step: 2 });
    attempts.restate(reset({ step: 3 }));
    expect(attempts).toMatchObject({ delivered: true, step: 2 });
    attempts.restate(reset({ step: 1 }));
    expect(attempts).toMatchObject({ delivered: true, step: 1 });
    attempts.restate(reset({ step: 0 }));
    expect(attempts).toMatchObject({ delivered: false, step: 0 });
    attempts.restate(finish());
    expect(attempts.finished).toBe(true);
  });

  it('adds the usage of earlier attempts to every later one', () => {
    const attempts = createAttempts();
    attempts.restate(usage({ inputTokens: 5 }));
    attempts.restate(usage({ inputTokens: 10 }));
    attempts.restate(attempts.endFailed(again, fault));
    attempts.restate(attempts.endFailed(again, fault));
    expect(attempts.restate(usage({ inputTokens: 3 }))).toEqual({
      ...usage({ inputTokens: 13 }),
      requests: [
        requestUsage({ inputTokens: 10 }, { ...unnamed, attempt: 1, stands: false }),
        requestUsage({ inputTokens: 3 }, { ...unnamed, attempt: 3 }),
      ],
    });
    expect(attempts.partial().usage).toEqual(usageOf({ inputTokens: 13 }));
  });
});
