import { describe, expect, it } from '@jest/globals';
import { readDocComment } from '../../scripts/docs/docComment.js';

const marble = `
 *
 *     source   s-a-|
 *     result   --a-|`;

describe('a doc comment', () => {
  it('is read by its tags', () => {
    const doc = readDocComment(`/**
 * Keeps some
 * events. Not all.${marble}
 *
 * @param types What to keep. @defaultValue all
 * @throws TypeError at call time
 * for an unknown type.
 * @emitsError {@link LimitError} past a limit.
 * @unsubscribe Clears its timer.
 * @reset Forwards it.
 * @cost Holds nothing.
 * @see https://example.com
 * @example events$.pipe(keep())
 */`);
    expect(doc).toEqual({
      sentence: 'Keeps some events.',
      details: ' Not all.\n\n    source   s-a-|\n    result   --a-|',
      params: new Map([['types', 'What to keep. @defaultValue all']]),
      returns: undefined,
      throws: 'TypeError at call time\nfor an unknown type.',
      emitsError: '{@link LimitError} past a limit.',
      unsubscribe: 'Clears its timer.',
      reset: 'Forwards it.',
      cost: 'Holds nothing.',
      defaultValue: undefined,
      see: ['https://example.com'],
    });
  });

  it('may describe errors and unsubscribe in the text of `@throws`', () => {
    const doc = readDocComment(`/**
 * Keeps events.
 *
 * @throws TypeError at call time.
 * Emits error: the source's, the very
 * object. On unsubscribe: clears its timer.
 */`);
    expect(doc).toMatchObject({
      throws: 'TypeError at call time.',
      emitsError: "The source's, the very\nobject.",
      unsubscribe: 'Clears its timer.',
    });
  });

  it('may describe errors and unsubscribe without `@throws`', () => {
    const doc = readDocComment(`/**
 * Keeps events.
 *
 * Emits error: none of its own. On unsubscribe: holds nothing.
 */`);
    expect(doc).toMatchObject({ details: '', throws: undefined, emitsError: 'None of its own.', unsubscribe: 'Holds nothing.' });
  });

  it('of an option has its default, on the same line or its own', () => {
    const sameLine = readDocComment('/** Longest silence, in milliseconds. @defaultValue no limit */');
    expect(sameLine).toMatchObject({ sentence: 'Longest silence, in milliseconds.', details: '', defaultValue: 'no limit' });
    const ownLine = readDocComment("/**\n   * What to do. It may be much.\n   * @defaultValue 'reset'\n   */");
    expect(ownLine).toMatchObject({ sentence: 'What to do.', details: ' It may be much.', defaultValue: "'reset'" });
  });
});
