import { type Attempt, type Script, type ScriptError, ScriptSyntaxError } from './attempt.js';
import { errorKinds } from './errors.js';
import { type MarbleKind, readMarble } from './readMarble.js';
import { readJson, type StatementContext, statements } from './statements.js';

const mostValues = 20_000;
const longest = 200_000;

interface Draft extends StatementContext {
  readonly values: unknown[];
  readonly pausesMs: number[];
  end: Attempt['end'] | undefined;
  marble: Attempt['marble'];
  /** Pause before the next notification, in milliseconds. */
  restMs: number;
  everyMs: number;
}

function createDraft(): Draft {
  let calls = 0;
  let block = -1;
  let last: string | undefined;
  return {
    values: [],
    pausesMs: [],
    end: undefined,
    marble: undefined,
    restMs: 0,
    everyMs: 0,
    nextCallId: () => `call-${++calls}`,
    blockOf(kind) {
      if (kind !== last) block++;
      last = kind;
      return block;
    },
  };
}

/**
 * Reads a script: one statement a line, `#` at the beginning of a line for a comment.
 *
 *     attempt                  # another request begins
 *     every 3                  # pause before each of the following, in milliseconds
 *     start
 *     text "Hel"
 *     wait 20                  # a longer pause before the next one
 *     error connection
 *
 * `answer Hel-lo|` and `stream s-a-f|` are marbles of `rxllm/testing`; what follows such a line continues it.
 *
 * @throws ScriptSyntaxError with the line.
 */
export function readScript(text: string): Script {
  if (text.length > longest) throw new ScriptSyntaxError(1, `a script has at most ${longest} characters`);
  const lines = text.split('\n').map((line) => line.trim());
  const drafts: Draft[] = [];
  let frames: string | undefined;
  let count = 0;

  function draftOf(): Draft {
    const draft = drafts.at(-1) ?? createDraft();
    if (drafts.length === 0) drafts.push(draft);
    return draft;
  }

  function add(draft: Draft, values: readonly unknown[]): void {
    count += values.length;
    if (count > mostValues) throw new Error(`a script emits at most ${mostValues} events`);
    for (const value of values) {
      draft.values.push(value);
      draft.pausesMs.push(draft.restMs + (draft.values.length === 1 ? 0 : draft.everyMs));
      draft.restMs = 0;
    }
  }

  function finishAt(draft: Draft, end: Attempt['end']): void {
    draft.end = end;
    draft.pausesMs.push(draft.restMs);
    draft.restMs = 0;
  }

  function addMarble(draft: Draft, kind: MarbleKind, marble: string, index: number): void {
    const continues = hasMore(lines, index);
    const read = readMarble(kind, marble, continues);
    const isFirst = draft.values.length === 0 && draft.restMs === 0;
    if (isFirst && !continues) draft.marble = { kind, text: marble };
    count += read.values.length;
    for (const [at, value] of read.values.entries()) {
      draft.values.push(value);
      draft.pausesMs.push((read.pausesMs[at] ?? 0) + (at === 0 ? draft.restMs : 0));
    }
    draft.restMs = read.restMs + (read.values.length === 0 ? draft.restMs : 0);
    if (read.end !== 'open') finishAt(draft, read.end === 'error' ? { kind: 'connection' } : 'complete');
  }

  function readLine(word: string, rest: string, index: number): void {
    if (word === 'attempt') return startAttempt(rest);
    if (word === 'frames') {
      frames = readFrames(rest, frames);
      return;
    }
    const draft = draftOf();
    if (draft.end !== undefined) throw new Error('the attempt has ended; another one begins with "attempt"');
    if (word === 'answer' || word === 'stream') addMarble(draft, word, rest, index);
    else if (word === 'every') draft.everyMs = readMs(rest);
    else if (word === 'wait') draft.restMs += readMs(rest);
    else if (word === 'repeat') repeat(draft, rest);
    else if (word === 'stall') finishAt(draft, endOf(rest, 'open'));
    else if (word === 'cut' || word === 'complete') finishAt(draft, endOf(rest, 'complete'));
    else if (word === 'error') finishAt(draft, readError(rest));
    else add(draft, emitted(word, rest, draft));
  }

  function startAttempt(rest: string): void {
    if (rest !== '') throw new Error(`nothing may follow "attempt", got "${rest}"`);
    drafts.push(createDraft());
  }

  function repeat(draft: Draft, rest: string): void {
    const [, times, word = '', more = ''] = /^(\d{1,5})\s+(\S+)\s*(.*)$/.exec(rest) ?? [];
    if (times === undefined) throw new Error('repeat needs a number and a statement: repeat 100 text "word "');
    for (let left = Number(times); left > 0; left--) add(draft, emitted(word, more, draft));
  }

  for (const [index, line] of lines.entries()) {
    if (isEmpty(line)) continue;
    const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    try {
      readLine(word, rest, index);
    } catch (error) {
      throw new ScriptSyntaxError(index + 1, (error as Error).message);
    }
  }
  if (drafts.length === 0)
    throw new ScriptSyntaxError(lines.length, 'the script is empty: begin with "answer Hel-lo|", or with "start"');
  return { frames, attempts: drafts.map(toAttempt) };
}

function isEmpty(line: string): boolean {
  return line === '' || line.startsWith('#');
}

/** Whether more of the same attempt follows. */
function hasMore(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index + 1).find((line) => !isEmpty(line));
  return next !== undefined && next !== 'attempt';
}

function toAttempt({ values, pausesMs, end, marble, restMs }: Draft): Attempt {
  const ended = end !== undefined;
  return { values, pausesMs: ended ? pausesMs : [...pausesMs, restMs], end: end ?? 'complete', marble };
}

function emitted(word: string, rest: string, context: StatementContext): readonly unknown[] {
  const read = Object.hasOwn(statements, word) ? statements[word] : undefined;
  if (!read) throw new Error(`there is no statement "${word}": ${words.join(', ')}`);
  return read(rest, context);
}

const words: readonly string[] = [
  ...['attempt', 'answer', 'stream', ...Object.keys(statements)],
  ...['every', 'wait', 'repeat', 'complete', 'cut', 'stall', 'error', 'frames'],
];

function readMs(rest: string): number {
  const ms = /^\d{1,7}(?:\.\d{1,3})?(?:\s*ms)?$/.test(rest) ? Number.parseFloat(rest) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error(`a pause in milliseconds is expected, got "${rest}"`);
  return ms;
}

function readFrames(rest: string, before: string | undefined): string {
  if (before !== undefined) throw new Error('the animation frames are given already');
  if (!/^[-x ]{1,2000}$/.test(rest)) throw new Error('frames is a marble of x: frames ---x---x');
  return rest;
}

function endOf(rest: string, end: Attempt['end']): Attempt['end'] {
  if (rest !== '') throw new Error(`nothing may follow here, got "${rest}"`);
  return end;
}

function readError(rest: string): ScriptError {
  const [, name, fields = '{}'] = /^(\S+)\s*(\{.*\})?$/.exec(rest) ?? [];
  const kind = errorKinds.find((each) => each === name);
  if (!kind) throw new Error(`the kind of an error must be one of ${errorKinds.join(', ')}`);
  const details = readJson(fields) as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(details)) {
    if (!['message', 'retryAfterMs', 'status'].includes(key))
      throw new Error(`an error has a message, retryAfterMs and status, no ${key}`);
  }
  const { message, retryAfterMs, status } = details;
  if (message !== undefined && typeof message !== 'string') throw new Error('message must be a text');
  if ([retryAfterMs, status].some((each) => each !== undefined && typeof each !== 'number')) {
    throw new Error('retryAfterMs and status must be numbers');
  }
  return { kind, ...details };
}
