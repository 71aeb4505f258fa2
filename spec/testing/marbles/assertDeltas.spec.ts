import { describe, expect, it } from '@jest/globals';
import { map, range } from 'rxjs';
import { ConnectionError, HttpError, StreamTimeoutError, TruncatedError } from '../../../src/errors.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import {
  assertDeltas,
  type MarbleHelpers,
  MarbleMismatchError,
  marbles,
  text,
  toolApproval,
  toolResult,
} from '../../../src/testing/index.js';

/** The message with which a test fails. */
function failureOf(test: (helpers: MarbleHelpers) => void): string {
  try {
    marbles(test)();
  } catch (error) {
    expect(error).toBeInstanceOf(MarbleMismatchError);
    return (error as Error).message;
  }
  throw new Error('The test passed, though it should fail');
}

function lines(...text: readonly string[]): string {
  return text.join('\n');
}

function partial(...deltas: readonly string[]): ReturnType<ReturnType<typeof createMessageFold>['partial']> {
  const fold = createMessageFold();
  for (const each of deltas) fold.push(text(each));
  return fold.partial();
}

// alignRecords.ts, notifications.ts, differences.ts and describeEvent.ts are tested through the messages of assertDeltas.

describe('assertDeltas', () => {
  it('shows the event that differs, and its member', () => {
    expect(failureOf(({ stream, expectStream }) => expectStream(stream('s-a-c-f|')).toBe('s-a-b-f|'))).toBe(
      lines(
        'The stream did not behave as expected.',
        '',
        '- expected',
        '+ received',
        '',
        '  frame 0     start',
        '  frame 2     text-delta "a"',
        '- frame 4     text-delta "b"',
        '+ frame 4     text-delta "c"',
        '      text: expected "b", got "c"',
        '  frame 6     finish stop',
        '  frame 7     complete',
      ),
    );
  });

  it('shows a missing event as one difference', () => {
    const message = failureOf(({ stream, expectStream }) => expectStream(stream('s-a---c-f|')).toBe('s-a-b-c-f|'));
    expect(message.split('\n').filter((line) => /^[-+] f/.test(line))).toEqual(['- frame 4     text-delta "b"']);
  });

  it('describes decisions on a call, and progress of a tool', () => {
    const values = {
      x: toolApproval('c'),
      y: toolApproval('c', true),
      z: toolApproval('c', false),
      p: toolResult('c', 'add', 1, false, true),
    };
    const message = failureOf(({ stream, expectStream }) => expectStream(stream('s-x-y-z-p|', values)).toBe('s|'));
    for (const line of ['c waits', 'c approved', 'c denied', 'tool-result c progress 1']) expect(message).toContain(line);
  });

  it('shows an additional event, a different frame and a different end', () => {
    expect(failureOf(({ stream, expectStream }) => expectStream(stream('sab|')).toBe('sa-|'))).toContain(
      '+ frame 2     text-delta "b"',
    );
    expect(failureOf(({ stream, expectStream }) => expectStream(stream('s--a|')).toBe('s-a-|'))).toContain(
      'frame: expected 2, got 3',
    );
    const message = failureOf(({ stream, expectStream }) =>
      expectStream(stream('s#', {}, new TruncatedError(undefined, { partial: partial('Hel') }))).toBe('s|'),
    );
    expect(message).toContain('- frame 1     complete\n+ frame 1     error TruncatedError (truncated, partial "Hel")');
  });

  it('shows a subscription that differs', () => {
    const message = failureOf(({ stream, expectStream, expectSubscriptions }) => {
      const source = stream('s-a|');
      expectStream(source).toBe('s-a|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
    expect(message).toContain(
      '- frame 0     subscribed, unsubscribed in frame 2\n+ frame 0     subscribed, unsubscribed in frame 3',
    );
    expect(message).toContain('unsubscribedFrame: expected 2, got 3');
  });

  it('omits records far from any difference', () => {
    const message = failureOf(({ stream, expectStream }) =>
      expectStream(stream('saaaaaaaaaaaaaaaaaaaab|')).toBe('saaaaaaaaaaaaaaaaaaaac|'),
    );
    expect(message.split('\n').slice(5, 8)).toEqual(['  …', '  frame 16    text-delta "a"', '  frame 17    text-delta "a"']);
  });

  it('does not list the members of events of different types, nor of an event and an error', () => {
    const message = failureOf(({ stream, expectStream }) => expectStream(stream('s-a-#')).toBe('s-u-f|'));
    expect(message.split('\n').slice(5)).toEqual([
      '  frame 0     start',
      '- frame 2     usage 10 + 5 tokens',
      '+ frame 2     text-delta "a"',
      '- frame 4     finish stop',
      '+ frame 4     error "error"',
      '- frame 5     complete',
    ]);
  });

  it('shows long texts from the place where they differ', () => {
    const same = 'x'.repeat(1_000);
    const values = { y: text(`${same}Paris`), z: text(`${same}Rome`) };
    const message = failureOf(({ stream, expectStream }) => expectStream(stream('s-y-f|', values)).toBe('s-z-f|', values));
    expect(message).toMatch(/text: expected …x+Rome", got …x+Paris"/);
    expect(message.length).toBeLessThan(1_000);
  });

  it('shows the first hundred lines of a long diff, and counts the other differences', () => {
    const message = failureOf(({ expectObservable }) =>
      expectObservable(range(0, 500).pipe(map((n) => text(`got ${n}`)))).toEqual(
        range(0, 500).pipe(map((n) => text(`expected ${n}`))),
      ),
    );
    expect(message.split('\n').length).toBeLessThan(170);
    expect(message).toMatch(/got 49"\n {6}text: .*\n {2}… and 900 more differences$/);
  });

  it('shows the member that differs in values that are not events', () => {
    const message = failureOf(({ stream, expectObservable }) =>
      expectObservable(stream('s-a|').pipe(map(({ type }) => ({ type, n: 1 })))).toBe('x-y|', {
        x: { type: 'start', n: 1 },
        y: { type: 'text-delta', n: 2 },
      }),
    );
    expect(message).toContain('n: expected 2, got 1');
  });

  describe('compares errors', () => {
    const compare = (actual: unknown, expected: unknown) => () =>
      assertDeltas(
        [{ frame: 0, notification: { kind: 'E', error: actual } }],
        [{ frame: 0, notification: { kind: 'E', error: expected } }],
      );

    it('by class and kind, not by message', () => {
      expect(compare(new ConnectionError('The connection failed (ECONNRESET)'), new ConnectionError())).not.toThrow();
      expect(compare(new TruncatedError(), new ConnectionError())).toThrow(/class: expected ConnectionError, got TruncatedError/);
      expect(compare(new HttpError('', { kind: 'server' }), new HttpError('', { kind: 'overloaded' }))).toThrow(
        /kind: expected "overloaded", got "server"/,
      );
      expect(compare(new StreamTimeoutError('first', 5), new StreamTimeoutError('between', 5))).toThrow(
        /phase: expected "between", got "first"/,
      );
    });

    it('by partial', () => {
      const actual = new TruncatedError(undefined, { partial: partial('Hel') });
      expect(compare(actual, new TruncatedError(undefined, { partial: partial('Hel') }))).not.toThrow();
      expect(compare(actual, new TruncatedError())).not.toThrow();
      expect(compare(actual, new TruncatedError(undefined, { partial: partial('Hal') }))).toThrow(
        /partial\.text: expected "Hal", got "Hel"/,
      );
      expect(compare(new TruncatedError(), actual)).toThrow(/partial: expected .*got undefined/);
    });

    it('with a pattern', () => {
      const actual = new TruncatedError(undefined, { partial: partial('Hel') });
      expect(compare(actual, { kind: 'truncated', partial: { text: 'Hel' } })).not.toThrow();
      expect(compare(actual, { kind: 'timeout' })).toThrow(/kind: expected "timeout", got "truncated"/);
      expect(compare(actual, { partial: { text: 'Ha' } })).toThrow(/partial\.text: expected "Ha", got "Hel"/);
      expect(compare(new Error('a'), { message: 'b' })).toThrow(/message: expected "b", got "a"/);
    });

    it('by name and message if they are not of rxllm', () => {
      expect(compare(new TypeError('a'), new TypeError('a'))).not.toThrow();
      expect(compare(new TypeError('a'), new RangeError('a'))).toThrow(/class: expected RangeError, got TypeError/);
      expect(compare(new Error('a'), new Error('b'))).toThrow(/message: expected "b", got "a"/);
      expect(compare('a', new Error('a'))).toThrow(MarbleMismatchError);
      expect(compare(new Error('a'), 'a')).toThrow(MarbleMismatchError);
    });

    it('with matchers of the test runner', () => {
      expect(compare(new TypeError('a'), expect.any(TypeError))).not.toThrow();
      expect(compare(new TypeError('a'), expect.any(RangeError))).toThrow(/Any/);
      expect(compare(new ConnectionError(), expect.objectContaining({ kind: 'connection' }))).not.toThrow();
    });
  });

  it.each<readonly [string, unknown, unknown]>([
    ['numbers', 1, 2],
    ['NaN and undefined', Number.NaN, undefined],
    ['an array and an object', [], {}],
    ['arrays of different lengths', [1], [1, 2]],
    ['an additional member', { a: 1, b: 1 }, { a: 1 }],
    ['dates', new Date(1), new Date(2)],
    ['sets', new Set([1]), new Set([2])],
    ['maps', new Map([[1, 1]]), new Map([[1, 2]])],
    ['bytes', Uint8Array.of(1), Uint8Array.of(2)],
    ['own and inherited members', {}, JSON.parse('{"__proto__":1}')],
  ])('distinguishes %s', (_name, actual, expected) => {
    expect(() => assertDeltas(actual, expected)).toThrow(/The (values differ|stream did not behave)/);
    expect(() => assertDeltas(expected, expected)).not.toThrow();
  });

  it('treats a missing member as undefined', () => {
    expect(() => assertDeltas({ a: undefined }, {})).not.toThrow();
  });

  it('terminates for values that contain themselves', () => {
    const actual: Record<string, unknown> = { a: 1 };
    actual['self'] = actual;
    const expected: Record<string, unknown> = { a: 1 };
    expected['self'] = expected;
    expect(() => assertDeltas(actual, expected)).toThrow(MarbleMismatchError);
  });

  it('compares long streams that differ everywhere', () => {
    const values = (character: string): unknown[] =>
      Array.from({ length: 2_000 }, (_, frame) => ({ frame, notification: { kind: 'N', value: text(character) } }));
    expect(() => assertDeltas(values('a'), values('b'))).toThrow(MarbleMismatchError);
  });
});
