import { type CharacterClass, characterClass, invisible } from './characters.js';
import { type Delimiter, lastBracket, type Opener, pushRun, readRun, removeBracket } from './delimiters.js';
import { copyInlineState, type InlineState } from './inlineState.js';
import { closeTarget } from './linkTarget.js';

/** A longer run of backticks is not closed: what is appended must not grow with the text. */
const longestRun = 64;

/** A bracket with less in it is not taken for a link yet: it may be a box of a task, or an index. */
const shortestLinkText = 2;

/** What has to follow a text so that what is open in it is closed: a code span, a link, emphasis. Its cost does not depend on the text. */
export function closeInline(state: InlineState): string {
  if (state.code > 0) return closeCode(state) + closeOpeners(state.open, state.count).closing;
  const end = copyInlineState(state);
  const link = closeLink(end);
  if (end.run === '`')
    return link + invisible + end.run.repeat(Math.min(end.runLength, longestRun)) + closeOpeners(end.open, end.count).closing;
  const dangling = endRun(end);
  const { closing, first } = closeOpeners(end.open, state.count);
  if (closing === '') return link;
  const flanks = !dangling && !state.escaped && (state.run !== '' || closesAfter(characterClass(state.before), closing));
  return link !== '' || flanks || (first === 'bracket' && !state.escaped) ? link + closing : invisible + closing;
}

/** Between punctuation and other runs, a run could open, too, and would not match one of another length. */
function closesAfter(last: CharacterClass, closing: string): boolean {
  return last === 'other' || (last === 'punctuation' && /^(.)\1*$/.test(closing));
}

/** Backticks at the end may be the beginning of the closing ones. */
function closeCode({ code, runLength, before }: InlineState): string {
  if (runLength === code || code > longestRun) return '';
  if (runLength > code) return ` ${'`'.repeat(code)}`;
  // Three at the beginning of a line would be a fence.
  return (runLength === 0 && before === 10 ? invisible : '') + '`'.repeat(code - runLength);
}

/** Closes a link: its target is open, or has yet to follow. Removes what is open in its text. */
function closeLink(end: InlineState): string {
  const { open, target, bracketEnd, count } = end;
  if (!target && !bracketEnd) return '';
  const index = lastBracket(open);
  const bracket = open[index];
  if (bracket?.type !== 'bracket') return '';
  const isLink = !bracket.image && (target !== undefined || (!bracket.label && count - bracket.at > shortestLinkText));
  if (!isLink && !target) {
    removeBracket(open, index);
    return '';
  }
  open.length = isLink ? index : open.length;
  removeBrackets(open);
  if (!isLink) return '';
  return target ? closeTarget(target) : '()';
}

function removeBrackets(open: Opener[]): void {
  for (let index = lastBracket(open); index >= 0; index = lastBracket(open)) removeBracket(open, index);
}

/** Ends the text after a run. @returns Whether the run opens something that has no content yet. */
function endRun({ open, run, runLength, before }: InlineState): boolean {
  if (run === '') return false;
  const atEnd = readRun(run, runLength, before, 'space');
  const innermost = open.at(-1);
  if (
    innermost?.type === 'delimiter' &&
    innermost.character === run &&
    innermost.length > runLength &&
    (atEnd.closes || run === '~')
  ) {
    // The beginning of the run that closes it.
    open[open.length - 1] = { ...innermost, length: innermost.length - runLength };
    return false;
  }
  if (atEnd.closes && hasOpener(open, run)) {
    pushRun(open, atEnd);
    return false;
  }
  const opening: Delimiter = { ...readRun(run, runLength, before, 'other'), closes: false };
  pushRun(open, opening);
  return opening.opens;
}

function hasOpener(open: readonly Opener[], run: string): boolean {
  return open.some((opener) => opener.type === 'delimiter' && opener.character === run && opener.opens);
}

/** Closes from the inside out. A link cannot be in a link: of open brackets, the outermost becomes one. */
function closeOpeners(
  open: readonly Opener[],
  count: number,
): { readonly closing: string; readonly first: Opener['type'] | undefined } {
  const link = open.findIndex((opener) => isLinkText(opener, count));
  let closing = '';
  let first: Opener['type'] | undefined;
  for (let index = open.length - 1; index >= 0; index--) {
    const opener = open[index];
    const end = opener ? closeOpener(opener, index, link) : '';
    if (end === '') continue;
    first ??= opener?.type;
    closing += end;
  }
  return { closing, first };
}

function closeOpener(opener: Opener, index: number, link: number): string {
  if (opener.type === 'delimiter') return opener.opens ? opener.character.repeat(opener.length) : '';
  if (index === link) return ']()';
  return index > link && link >= 0 ? ']' : '';
}

function isLinkText(opener: Opener, count: number): boolean {
  return opener.type === 'bracket' && !opener.image && !opener.label && count - opener.at >= shortestLinkText;
}
