import { characterClass, isEscapable, isLowSurrogate } from './characters.js';
import { lastBracket, type Opener, pushOpener, pushRun, readRun, removeBracket } from './delimiters.js';
import { type LinkTarget, readTarget, targetStart } from './linkTarget.js';
import { readTag, type Tag } from './tag.js';

/** What is open in the text of a paragraph, heading or cell. It is plain data of a bounded size, so that it can be copied. */
export interface InlineState {
  open: Opener[];
  /** The length of the backticks that opened a code span; 0 outside of one. */
  code: number;
  /** The run of `*`, `_`, `~` or backticks at the end of the text: the next character decides what it does. */
  run: string;
  runLength: number;
  /** The character before the run, and else the last one. */
  before: number;
  escaped: boolean;
  /** Whether the text ends with the `]` of an open bracket. */
  bracketEnd: boolean;
  target: LinkTarget | undefined;
  tag: Tag | undefined;
  /** How many characters were read. */
  count: number;
}

export function createInlineState(): InlineState {
  return {
    open: [],
    code: 0,
    run: '',
    runLength: 0,
    before: 10,
    escaped: false,
    bracketEnd: false,
    target: undefined,
    tag: undefined,
    count: 0,
  };
}

export function copyInlineState(state: InlineState): InlineState {
  return { ...state, open: [...state.open] };
}

/** Reads more of the text. @param cells Whether a `|` ends the text, and with it all that is open. */
export function readInline(state: InlineState, text: string, from: number, cells: boolean): void {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (cells && code === 124 && !state.escaped) Object.assign(state, createInlineState());
    else readCharacter(state, code);
  }
}

function readCharacter(state: InlineState, code: number): void {
  state.count++;
  const character = String.fromCharCode(code);
  if (state.code > 0) return readCode(state, character);
  if (state.target && readLinkTarget(state, state.target, character)) return;
  if (state.tag && readInTag(state, state.tag, character)) return;
  if (state.escaped) {
    state.escaped = false;
    if (isEscapable(code)) return remember(state, code);
  }
  if (state.run === character) state.runLength++;
  else {
    endRun(state, code);
    if (state.code > 0) return readCode(state, character);
    readText(state, character, code);
  }
}

function remember(state: InlineState, code: number): void {
  if (!isLowSurrogate(code)) state.before = code;
}

/** Decides what the run before a character does. */
function endRun(state: InlineState, code: number): void {
  const { run, runLength } = state;
  if (run === '') return;
  state.run = '';
  if (run === '`') state.code = runLength;
  else pushRun(state.open, readRun(run, runLength, state.before, characterClass(code)));
  state.before = run.charCodeAt(0);
  state.runLength = 0;
}

function readText(state: InlineState, character: string, code: number): void {
  if (state.bracketEnd && endBracket(state, character)) return;
  switch (character) {
    case '*':
    case '_':
    case '~':
    case '`':
      state.run = character;
      state.runLength = 1;
      return;
    case '\\':
      state.escaped = true;
      break;
    case '[': {
      const bracket = { image: state.before === 33, label: state.before === 93, at: state.count };
      pushOpener(state.open, { type: 'bracket', ...bracket });
      break;
    }
    case ']':
      state.bracketEnd = lastBracket(state.open) >= 0;
      break;
    case '<':
      state.tag = 'start';
      break;
    default:
  }
  remember(state, code);
}

/** Decides at the character after a `]` whether a link target follows. */
function endBracket(state: InlineState, character: string): boolean {
  state.bracketEnd = false;
  if (character !== '(') {
    removeBracket(state.open, lastBracket(state.open));
    return false;
  }
  state.target = targetStart;
  state.before = 40;
  return true;
}

/** @returns Whether the character belongs to the target. */
function readLinkTarget(state: InlineState, before: LinkTarget, character: string): boolean {
  const target = readTarget(before, character);
  const { open } = state;
  if (typeof target === 'object') state.target = target;
  else state.target = undefined;
  if (target === 'invalid') {
    removeBracket(open, lastBracket(open));
    return false;
  }
  if (target === 'closed') closeLink(open);
  remember(state, character.charCodeAt(0));
  return true;
}

/** A link is complete: what is open in its text is text, and no link contains it. */
function closeLink(open: Opener[]): void {
  const index = lastBracket(open);
  const bracket = open[index];
  open.length = index;
  if (bracket?.type !== 'bracket' || bracket.image) return;
  for (let outer = open.length - 1; outer >= 0; outer--) {
    const opener = open[outer];
    if (opener?.type === 'bracket' && !opener.image) removeBracket(open, outer);
  }
}

/** @returns Whether the character belongs to the tag. */
function readInTag(state: InlineState, before: Tag, character: string): boolean {
  const tag = readTag(before, character);
  state.tag = tag === 'closed' || tag === 'invalid' ? undefined : tag;
  if (tag === 'invalid') return false;
  remember(state, character.charCodeAt(0));
  return true;
}

function readCode(state: InlineState, character: string): void {
  // A backslash escapes nothing in a code span but the border of a cell.
  state.escaped = character === '\\';
  if (character === '`') {
    state.runLength++;
    return;
  }
  const closes = state.runLength === state.code;
  state.runLength = 0;
  if (!closes) return remember(state, character.charCodeAt(0));
  state.code = 0;
  state.before = 96;
  state.count--;
  readCharacter(state, character.charCodeAt(0));
}
