import { describe, expect, it } from '@jest/globals';
import { concat, of, throwError } from 'rxjs';
import { dropOverlap } from '../../src/attempts/dropOverlap.js';
import type { DeltaEvent } from '../../src/events.js';
import { blockEnd, finish, ping, reasoning, start, text, toolCallStart, usage } from '../../src/testing/index.js';
import { operatorContract, record } from '../support/operatorContract.js';

describe('dropOverlap', () => {
  operatorContract(() => dropOverlap(''));
  operatorContract(() => dropOverlap('Before. '));

  const without = (before: string, ...events: DeltaEvent[]): readonly unknown[] =>
    record(of(...events), dropOverlap(before)).values;

  it('drops the overlap, over any number of deltas', () => {
    expect(without('Hello wor', text('He'), text('llo wo'), text('rld'))).toEqual([text('ld')]);
    expect(without('Hello wor', text('wor'), text('ld'))).toEqual([text('ld')]);
  });

  it('decides at the end of the text, whatever event that is', () => {
    const cut = text('two');
    for (const end of [blockEnd({}), toolCallStart('call-1', 'weather'), reasoning('Hm'), finish()]) {
      expect(without('one two three', cut, end)).toEqual([cut, end]);
    }
    expect(without('one two three', cut)).toEqual([cut]);
  });

  it('finds an overlap after events before the text', () => {
    expect(without('Hello wor', start(), reasoning('Hm'), text('world'))).toEqual([start(), reasoning('Hm'), text('ld')]);
  });

  it('forwards events that do not belong to the text', () => {
    const other = text('wor', { choice: 1 });
    const used = usage({ inputTokens: 1 });
    expect(without('one two three', text('two'), ping(), used, other, text(' thr'), text('ow'))).toEqual([
      ping(),
      used,
      other,
      text('two'),
      text(' thr'),
      text('ow'),
    ]);
  });

  it('searches the last 4,096 characters only', () => {
    const long = 'x'.repeat(10_000);
    const tail = `Once upon a time${'.'.repeat(4_080)}`;
    expect(without(long + tail, text(tail), text('!'))).toEqual([text('!')]);
    expect(without(`${long}a${tail}`, text(`a${tail}`), text('!'))).toEqual([text(`a${tail}`), text('!')]);
  });

  it('discards held text on an error', () => {
    const error = new Error('broken');
    const source = concat(
      of<DeltaEvent[]>(text('two')),
      throwError(() => error),
    );
    expect(record(source, dropOverlap('one two three'))).toEqual({ values: [], end: error });
  });
});
