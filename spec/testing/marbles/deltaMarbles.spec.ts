import { describe, expect, it } from '@jest/globals';
import { NEVER, Subject } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { TruncatedError } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import {
  type AnswerOptions,
  assertDeltas,
  deltaMarbles,
  finish,
  marbles,
  ping,
  reasoning,
  reset,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../../src/testing/index.js';

const figures = usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });

/** The notifications of an answer, with their frames. */
function play(written: string, options?: AnswerOptions): readonly (readonly [frame: number, notification: unknown])[] {
  const seen: (readonly [number, unknown])[] = [];
  const scheduler = new TestScheduler(assertDeltas);
  scheduler.run(({ flush }) => {
    const note = (notification: unknown): void => void seen.push([scheduler.now(), notification]);
    const { answer } = deltaMarbles(scheduler);
    answer(written, options).subscribe({ next: note, error: note, complete: () => note('complete') });
    flush();
  });
  return seen;
}

// answerMarbles.ts, answerWriter.ts and marbleClock.ts are tested through the `answer` of deltaMarbles, letters.ts through its `stream`.

describe('deltaMarbles', () => {
  it('emits start, text deltas, usage and finish of an answer, in the frames that the marble shows', () => {
    expect(play('Hel-lo')).toEqual([
      [0, start()],
      [0, text('Hel')],
      [4, text('lo')],
      [6, figures],
      [6, finish()],
      [6, 'complete'],
    ]);
  });

  it('completes or errors an answer in the frame that the marble shows, or keeps it open', () => {
    expect(play('a--|').slice(-2)).toEqual([
      [3, finish()],
      [3, 'complete'],
    ]);
    expect(play('a-#', { error: 'oh' })).toEqual([
      [0, start()],
      [0, text('a')],
      [2, 'oh'],
    ]);
    expect(play('#')).toEqual([[0, 'error']]);
    expect(play('a-', { end: 'open' })).toEqual([
      [0, start()],
      [0, text('a')],
    ]);
  });

  it('reads groups, blanks and time progressions as RxJS does', () => {
    const frames = (written: string): readonly (string | number)[] =>
      play(written).flatMap(([frame, notification]) =>
        (notification as DeltaEvent).type === 'text-delta' ? [frame, (notification as { text: string }).text] : [],
      );
    expect(frames('Hel lo')).toEqual([0, 'Hel', 3, 'lo']);
    expect(frames('-(Hel lo)-x')).toEqual([1, 'Hel', 1, 'lo', 9, 'x']);
    expect(frames('a 10ms b')).toEqual([0, 'a', 11, 'b']);
    expect(frames('1.5s b')).toEqual([1_500, 'b']);
    expect(frames(' 1.5s b')).toEqual([1_500, 'b']);
    expect(frames('  a_b')).toEqual([0, 'a b']);
    expect(frames('x 10mb')).toEqual([0, 'x', 1, '10mb']);
    expect(frames('😀-a')).toEqual([0, '😀', 2, 'a']);
  });

  it('emits reasoning, tool calls and pings', () => {
    expect(play('~[hm-m]-<get_weather:{"a_b":-1}>')).toEqual([
      [0, ping()],
      [2, start()],
      [2, reasoning('hm')],
      [5, reasoning('m')],
      [8, toolCallStart('call-1', 'get_weather', { block: 1 })],
      [21, toolCallDelta('call-1', '{"a_b":', { block: 1 })],
      [29, toolCallDelta('call-1', '1}', { block: 1 })],
      [31, toolCallEnd('call-1', 'get_weather', '{"a_b":1}', { block: 1 })],
      [32, figures],
      [32, finish('tool-calls')],
      [32, 'complete'],
    ]);
  });

  it('emits the events of `values`, and another start after a reset', () => {
    const values = { R: reset(), T: [toolResult('call-1', 'x', 1), text('!', { block: 7 })] };
    expect(
      play('a-R-b-T|', { values, usage: null, finish: 'length', start: { id: 'id-9' } }).map(([frame, notification]) => [
        frame,
        notification,
      ]),
    ).toEqual([
      [0, start({ id: 'id-9' })],
      [0, text('a')],
      [2, reset()],
      [4, start({ id: 'id-9' })],
      [4, text('b')],
      [6, toolResult('call-1', 'x', 1)],
      [6, text('!', { block: 7 })],
      [7, finish('length')],
      [7, 'complete'],
    ]);
  });

  it.each<readonly [string, string, AnswerOptions | undefined, RegExp]>([
    ['a marble that continues after its end', 'a|b', undefined, /continues after its end/],
    ['an unsubscription', 'a!', undefined, /"!" belongs in the marble of a subscription/],
    ['an unknown option', 'a', { value: {} } as AnswerOptions, /unknown option "value", did you mean "values"/],
    ['an unknown end', 'a', { end: 'cut' as 'open' }, /end must be one of/],
  ])('rejects %s', (_name, written, options, message) => {
    expect(() => play(written, options)).toThrow(message);
  });

  it.each<readonly [string, RegExp, AnswerOptions]>([
    ['[hm', /"\[hm" has a "\[" that is not closed/, {}],
    ['[a[b]c]', /"\[a\[b\]c\]" opens "\[" inside "\["/, {}],
    ['ab]c', /"ab\]c" closes "\[" where it is not open/, {}],
    ['<name:{}', /has a "<" that is not closed/, {}],
    ['<name:{}|', /has a "<" that is not closed/, {}],
    ['<:{}>', /has a tool call without a name/, {}],
    ['<>', /has a tool call without a name/, {}],
    ['(ab', /has a "\(" that is not closed/, {}],
    ['ab)', /closes "\(" where it is not open/, {}],
    ['((a)b)', /opens "\(" inside "\("/, {}],
    ['-^-a|', /"\^" belongs in hotAnswer/, {}],
    ['ax|', /answer: values\.x must be an event or an array of events/, { values: { x: 'hello' as never } }],
  ])('shows the mistake in %s', (written, message, options) => {
    expect(() => play(written, options)).toThrow(message);
  });

  it('accepts an error or an open end inside reasoning and inside a tool call', () => {
    expect(play('[hm#').at(-1)).toEqual([3, 'error']);
    expect(play('<name:{"a":#').slice(-2)).toEqual([
      [6, toolCallDelta('call-1', '{"a":')],
      [11, 'error'],
    ]);
    expect(play('<name:{"a"', { end: 'open' }).at(-1)).toEqual([6, toolCallDelta('call-1', '{"a"')]);
  });

  it.each(['stream', 'hotStream'] as const)('rejects a letter of a %s that stands for no event', (helper) => {
    const scheduler = new TestScheduler(assertDeltas);
    scheduler.run(() => {
      const marbles = deltaMarbles(scheduler, { x: text('Hello') });
      expect(() => marbles[helper]('s-x-y-f|')).toThrow(`${helper}: "y" of "s-x-y-f|" stands for no event: add it to values`);
      expect(() => marbles[helper]('s 10ms (xy) 1s |', { y: text('you') })).not.toThrow();
      expect(() => marbles.expectStream(NEVER).toBe('s-z')).toThrow('expectStream: "z" of "s-z" stands for no event');
    });
  });

  it('rejects an argument that is not a TestScheduler', () => {
    expect(() => deltaMarbles({} as TestScheduler)).toThrow(/must be a TestScheduler/);
  });

  it('creates cold and hot streams of one event for each letter, and records their subscriptions', () => {
    const scheduler = new TestScheduler(assertDeltas);
    const { stream, hotStream, hotAnswer, expectStream } = deltaMarbles(scheduler, { h: text('Hel') });
    scheduler.run(({ expectSubscriptions, expectObservable }) => {
      const cold = stream('s-h-f|');
      expectStream(cold).toBe('s-h-f|');
      expectObservable(cold).toBe('x-y-z|', { x: start(), y: text('Hel'), z: finish() });
      expectSubscriptions(cold.subscriptions).toBe(['^----!', '^----!']);
      expectStream(hotStream('s-a-^-b-f|')).toBe('--b-f|');
      const hot = hotAnswer('Hel-^lo-x|', { usage: null });
      expectStream(hot, '---^-!').toBe('----x', { x: text('x') });
      expectSubscriptions(hot.subscriptions).toBe('---^-!');
    });
  });

  it(
    'expects answers, also of a stream that is unsubscribed early',
    marbles(({ answer, expectStream, expectSubscriptions }) => {
      const source = answer('Hel-lo|');
      expectStream(source).toBeAnswer('Hel-lo|');
      const unsubscribed = answer('Hel-lo|');
      expectStream(unsubscribed, '-^----!').toBeAnswer('-Hel-lo', { end: 'open' });
      expectSubscriptions(unsubscribed.subscriptions).toBe('-^----!');
    }),
  );

  it('throws if the answer differs', () => {
    const test = marbles(({ answer, expectStream }) => expectStream(answer('Hel-lo|')).toBeAnswer('Hel-la|'));
    expect(test).toThrow(/text: expected "la", got "lo"/);
  });
});

describe('marbles', () => {
  it('returns a function that any runner can call', () => {
    let ran = 0;
    marbles(({ expectStream, stream }) => {
      ran++;
      expectStream(stream('s-#', {}, new TruncatedError())).toBe('s-#', {}, new TruncatedError());
    })();
    expect(ran).toBe(1);
  });

  it('rejects an async test', () => {
    expect(marbles((async () => undefined) as () => void)).toThrow(/use virtualTime/);
  });

  it(
    'adds its letters to every stream',
    marbles(({ expectStream, stream }) => expectStream(stream('x|')).toBe('x|', { x: text('mine') }), { x: text('mine') }),
  );

  it(
    'passes if there are no expectations',
    marbles(() => void new Subject().subscribe()),
  );
});
