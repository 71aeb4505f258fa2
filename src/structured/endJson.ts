import type { Answer } from './answerKernel.js';

interface EndingText {
  readonly offset: number;
  readonly complete: boolean;
  end(): boolean;
  value?(): unknown;
}

/**
 * Ends a JSON text and tells whether its value is whole. The end of an answer that is cut proves nothing about a number that stands there.
 *
 * @throws ParseError if the value is not whole, unless that is to be passed on.
 */
export function endJson(text: EndingText, whole: boolean, answer: Answer, onIncomplete: 'error' | 'emit' = 'error'): boolean {
  if (whole ? text.end() : text.complete) return true;
  if (onIncomplete === 'emit') return false;
  throw answer.error('The text ends before its JSON value does', { offset: text.offset, value: text.value?.() });
}
