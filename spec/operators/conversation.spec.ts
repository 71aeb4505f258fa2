import { describe, expect, it } from '@jest/globals';
import { conversation } from '../../src/operators/conversation.js';
import { marbles } from '../../src/testing/index.js';
import { operatorContract } from '../support/operatorContract.js';

describe('conversation', () => {
  operatorContract(() => conversation(), { kind: 'mirror' });

  it(
    'forwards every event',
    marbles(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-p-a-R-b-f|');
      const result = '       s-p-a-R-b-f|';
      expectStream(source.pipe(conversation())).toBe(result);
      expectSubscriptions(source.subscriptions).toBe('^----------!');
    }),
  );

  it(
    'discards pings with `pings: false`',
    marbles(({ stream, expectStream }) => {
      const source = stream('s-p-a-R-b-f|');
      const result = '       s---a-R-b-f|';
      expectStream(source.pipe(conversation({ pings: false }))).toBe(result);
    }),
  );

  it('rejects an unknown option, and pings that is not a boolean', () => {
    // @ts-expect-error: no such option
    expect(() => conversation({ ping: false })).toThrow(
      new TypeError('conversation: unknown option "ping", did you mean "pings"?'),
    );
    // @ts-expect-error: not a boolean
    expect(() => conversation({ pings: 1 })).toThrow(new TypeError('pings must be a boolean'));
  });
});
