import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { take } from 'rxjs';
import type { Message } from '../../src/events.js';
import { toMessage } from '../../src/operators/toMessage.js';
import {
  finish,
  letters,
  marbles,
  reasoning,
  reset,
  start,
  streamOf,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
} from '../../src/testing/index.js';
import { anyChunking, anyText, cut } from '../support/chunks.js';
import { operatorContract, record } from '../support/operatorContract.js';

describe('toMessage', () => {
  operatorContract(() => toMessage(), { kind: 'fold' });

  it(
    'emits one message when the stream completes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream(' s-a-b-u-f|');
      const result = '        ---------(m|)';
      const m = expect.objectContaining({ text: 'ab', finishReason: 'stop', model: 'model-1' });
      expectObservable(source.pipe(toMessage())).toBe(result, { m });
      expectSubscriptions(source.subscriptions).toBe('^--------!');
    }),
  );

  it(
    'emits a message with the reason aborted when the stream completes without finish',
    marbles(({ stream, expectObservable }) => {
      const source = stream(' s-a-b-c-f|');
      const result = '        ----(m|)';
      const m = expect.objectContaining({ text: 'ab', finishReason: 'aborted' });
      expectObservable(source.pipe(take(3), toMessage())).toBe(result, { m });
    }),
  );

  it('discards content at a reset, but not its usage', () => {
    const events = [
      start({ id: 'first' }),
      text('void'),
      usage({ inputTokens: 3 }),
      reset(),
      start({ id: 'second' }),
      text('a'),
      finish(),
    ];
    expect(messageOf(events)).toMatchObject({
      id: 'second',
      text: 'a',
      parts: [{ type: 'text', text: 'a' }],
      usage: { inputTokens: 3 },
    });
  });

  it('contains all content of the answer', () => {
    const call = [toolCallStart('c1', 'add', { block: 2 }), toolCallDelta('c1', '{"a":1}', { block: 2 })];
    const events = [
      start(),
      reasoning('Hm', { block: 0 }),
      text('{"b":', { block: 1 }),
      text('2}', { block: 1 }),
      ...call,
      toolCallEnd('c1', 'add', '{"a":1}', { block: 2 }),
      letters['u'] ?? usage(),
      finish('tool-calls'),
    ];
    const message = messageOf(events);
    expect(message).toMatchObject({
      text: '{"b":2}',
      reasoning: 'Hm',
      toolCalls: [{ callId: 'c1', name: 'add', input: { a: 1 }, ended: true }],
      usage: { totalTokens: 15 },
      finishReason: 'tool-calls',
    });
    expect(message.parts.map(({ type }) => type)).toEqual(['reasoning', 'text', 'tool-call']);
    expect(message.json()).toEqual({ b: 2 });
  });

  it('reads the given choice', () => {
    const events = [start(), text('a'), text('b', { choice: 1 }), finish()];
    expect(record(streamOf(events), toMessage({ choice: 1 })).values).toMatchObject([{ text: 'b' }]);
  });

  it('emits the same message however the stream is cut', () => {
    fc.assert(
      fc.property(anyText, anyText, anyChunking, (thought, answer, sizes) => {
        const events = [
          start(),
          ...cut(thought, sizes).map((piece) => reasoning(piece, { block: 0 })),
          ...cut(answer, sizes).map((piece) => text(piece, { block: 1 })),
          finish(),
        ];
        expect(messageOf(events)).toMatchObject({ text: answer, reasoning: thought });
        expect(messageOf(events).parts).toHaveLength([thought, answer].filter((whole) => whole !== '').length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rejects unknown options', () => {
    // @ts-expect-error: a wrong name
    expect(() => toMessage({ choose: 1 })).toThrow(new TypeError('toMessage: unknown option "choose", did you mean "choice"?'));
    expect(() => toMessage({ choice: 1.5 })).toThrow(RangeError);
  });
});

function messageOf(events: Parameters<typeof streamOf>[0]): Message {
  return record(streamOf(events), toMessage()).values[0] as Message;
}
