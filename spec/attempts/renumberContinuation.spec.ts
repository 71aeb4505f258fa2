import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { createDeliveredBlocks } from '../../src/attempts/deliveredBlocks.js';
import { renumberContinuation } from '../../src/attempts/renumberContinuation.js';
import type { DeltaEvent } from '../../src/events.js';
import {
  blockEnd,
  reasoning,
  reset,
  start,
  step,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
} from '../../src/testing/index.js';
import { record } from '../support/operatorContract.js';

describe('renumberContinuation', () => {
  function following(said: readonly DeltaEvent[], rest: readonly DeltaEvent[], from = 0): ReturnType<typeof record> {
    const delivered = createDeliveredBlocks();
    for (const event of said) delivered.push(event);
    return record(of(...rest), renumberContinuation(delivered, from));
  }

  it('numbers blocks after those of the same choice', () => {
    const said = [reasoning('a'), reasoning('b', { block: 4 }), reasoning('c', { choice: 1 })];
    const rest = [reasoning('d'), text('e', { block: 1 }), reasoning('f', { choice: 1 }), reasoning('g', { choice: 2 })];
    expect(following(said, rest).values).toEqual([
      reasoning('d', { block: 5 }),
      text('e', { block: 6 }),
      reasoning('f', { block: 1, choice: 1 }),
      reasoning('g', { choice: 2 }),
    ]);
  });

  it('extends the open text block with its first text only', () => {
    const rest = [text('b'), text('c', { block: 1 })];
    expect(following([text('a', { block: 2 })], rest).values).toEqual([text('b', { block: 2 }), text('c', { block: 3 })]);
  });

  it('extends a text block that neither ended nor was followed by another', () => {
    const open = (...said: DeltaEvent[]): unknown => following(said, [text('b')]).values[0];
    expect(open(text('a'))).toMatchObject({ block: 0 });
    expect(open(text('a'), blockEnd({}))).toMatchObject({ block: 1 });
    expect(open(text('a'), reasoning('Hm', { block: 1 }))).toMatchObject({ block: 2 });
    expect(open(text('a', { phase: 'commentary' }))).toMatchObject({ block: 1 });
    expect(open(text('a'), reset())).toMatchObject({ block: 0 });
  });

  it('renames a call with a callId in use, and its deltas, end, result and approval', () => {
    const rest = [
      toolCallStart('x', 'f'),
      toolCallDelta('x', '{}'),
      toolCallEnd('x', 'f', '{}'),
      toolResult('x', 'f', 1),
      toolApproval('x', true),
    ];
    const { values } = following([toolCallStart('x', 'f')], rest);
    expect(values.map((event) => (event as { callId: string }).callId)).toEqual(['x-2', 'x-2', 'x-2', 'x-2', 'x-2']);
    expect(following([toolCallStart('x', 'f')], [toolResult('x', 'f', 1)]).values).toEqual([toolResult('x', 'f', 1)]);
  });

  it('numbers steps after the running one', () => {
    expect(following([], [start(), step(1), reset({ step: 1 })], 2).values).toEqual([start(), step(3), reset({ step: 3 })]);
  });

  it('emits a reset that voids nothing as one that voids nothing', () => {
    expect(following([], [start(), reset()], 2).values).toEqual([start(), reset({ step: 3 })]);
  });

  it('errors with the cause of a reset that voids content', () => {
    const { values, end } = following([], [start(), text('a'), reset()]);
    expect(values).toEqual([start(), text('a')]);
    expect(end).toMatchObject({ kind: 'connection', retryable: true });
  });
});
