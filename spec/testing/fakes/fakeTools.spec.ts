import { describe, expect, it } from '@jest/globals';
import { EMPTY, of } from 'rxjs';
import { fakeProvider, fakeTools, marbles } from '../../../src/testing/index.js';
import { runTools } from '../../../src/tools/runTools.js';
import { record } from '../../support/operatorContract.js';
import { answering, calling, outlined, outlineOf } from '../../support/toolRun.js';

function fail(error: unknown): never {
  throw error;
}

describe('fakeTools', () => {
  it('plays a result, an error, a function and a stream, and records the calls', () => {
    const { tools, calls } = fakeTools({ get: [21, new Error('down'), (input) => ({ got: input }), of('p', 'r')], other: [] });
    const rounds = ['{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}', '{"a":5}'].map((text, index) =>
      calling([[`c${index}`, 'get', text]]),
    );
    const events$ = runTools(() => provider, { turns: [], tools });
    const provider = fakeProvider([...rounds, answering('Done')]);
    const { values } = record(events$, (same$) => same$);
    const results = values.flatMap((event) => {
      const outline = outlineOf(event as never);
      return /^(result|error|progress)/.test(outline) ? [outline] : [];
    });
    expect(results).toEqual([
      'result c0 21',
      'error c1 "down"',
      'result c2 {"got":{"a":3}}',
      'progress c3 "p"',
      'result c3 "r"',
      'error c4 "fakeTools: call 5 of get, but the script has 4 results"',
    ]);
    expect(calls).toMatchObject([
      { name: 'get', callId: 'c0', step: 0, input: { a: 1 }, end: 'complete' },
      { callId: 'c1', step: 1, end: 'error' },
      { callId: 'c2' },
      { callId: 'c3' },
      { callId: 'c4', end: 'error' },
    ]);
  });

  it(
    'records when each call is subscribed, in virtual time',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const { tools, subscriptions } = fakeTools({ get: [cold('--p--(r|)'), cold('-----')] });
      const provider = fakeProvider([calling([['c1', 'get']]), calling([['c2', 'get']])]);
      const events$ = runTools(() => provider, { turns: [], tools });
      expectObservable(events$.pipe(outlined()), '^---------!');
      expectSubscriptions(subscriptions).toBe(['^----!', '-----^----!']);
    }),
  );

  it('takes promises', async () => {
    const { tools, calls } = fakeTools({ get: [Promise.resolve('later')] });
    const provider = fakeProvider([calling([['c1', 'get']]), answering('Done')]);
    const events: string[] = [];
    runTools(() => provider, { turns: [], tools }).subscribe({ next: (event) => events.push(outlineOf(event)), error: fail });
    await Promise.resolve();
    await Promise.resolve();
    expect(events).toContain('result c1 "later"');
    expect(calls[0]?.endedAtMs).toBeDefined();
  });

  it('throws at call time for results that are no array', () => {
    expect(() => fakeTools({ get: EMPTY as never })).toThrow('fakeTools: the results of get must be an array');
  });
});
