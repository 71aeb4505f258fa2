import type { DeltaEvent, FinishReason, StartEvent, Usage } from '../../events.js';
import { type EventFields, finish, reasoning, start, text, toolCallDelta, toolCallEnd, toolCallStart, usage } from './events.js';

export interface AnswerOptions {
  /** What else stands at a character's place: an event, or several. It wins over every other meaning of the character. @defaultValue none */
  readonly values?: Readonly<Record<string, DeltaEvent | readonly DeltaEvent[]>>;
  /** What `start` says differently. @defaultValue nothing */
  readonly start?: EventFields<StartEvent>;
  /** The usage just before `finish`; `null` for none. @defaultValue 10 and 5 tokens */
  readonly usage?: Partial<Usage> | null;
  /** Why the answer ends. @defaultValue 'tool-calls' if it has a tool call, else 'stop' */
  readonly finish?: FinishReason;
  /** What `#` is. @defaultValue 'error', as in every RxJS marble */
  readonly error?: unknown;
  /** What the stream does after the last character when the marble shows no end: finishes, or stays open. @defaultValue 'finish' */
  readonly end?: 'finish' | 'open';
}

/** What happens in one frame. */
export interface AnswerMoment {
  readonly frame: number;
  readonly events: readonly DeltaEvent[];
  readonly end?: 'complete' | { readonly error: unknown };
}

/** Makes events of what the marble of an answer says. */
export interface AnswerWriter {
  inCall(): boolean;
  /** What is not closed yet. */
  openBracket(): '[' | '<' | undefined;
  isBracket(character: string): boolean;
  bracket(frame: number, character: string): boolean;
  say(frame: number, words: string): void;
  put(frame: number, events: readonly DeltaEvent[]): void;
  finish(frame: number): void;
  fail(frame: number, error: unknown): void;
  moments(zero: number): readonly AnswerMoment[];
}

interface OpenCall {
  readonly callId: string;
  readonly frame: number;
  name: string;
  announced: boolean;
  argumentsText: string;
}

/**
 * The events keep the grammar of a stream.
 *
 * @param wrong Makes the error for a marble that cannot be read.
 */
export function createAnswerWriter(options: AnswerOptions, wrong: (what: string) => Error): AnswerWriter {
  const moments: AnswerMoment[] = [];
  let started = false;
  let kind: 'text' | 'reasoning' = 'text';
  let block = -1;
  let blockKind: string | undefined;
  let call: OpenCall | undefined;
  let calls = 0;
  let called = false;

  function put(frame: number, events: readonly DeltaEvent[]): void {
    for (const event of events) note(frame, event);
    if (events.length > 0) moments.push({ frame, events });
  }

  /** Only pings come before `start`, and a new attempt begins anew. */
  function note(frame: number, event: DeltaEvent): void {
    if (event.type === 'reset') {
      started = false;
      block = -1;
      blockKind = undefined;
    } else if (event.type === 'start') started = true;
    else if (event.type !== 'ping') begin(frame);
    if (event.type === 'tool-call-end' && event.executor === 'client') called = true;
  }

  function begin(frame: number): void {
    if (!started) moments.push({ frame, events: [start(options.start)] });
    started = true;
  }

  function blockOf(next: string): number {
    if (next !== blockKind) block++;
    blockKind = next;
    return block;
  }

  function announce(open: OpenCall): void {
    if (open.name === '') throw wrong('has a tool call without a name');
    if (!open.announced) put(open.frame, [toolCallStart(open.callId, open.name, { block: blockOf(open.callId) })]);
    open.announced = true;
  }

  function endCall(frame: number, open: OpenCall): void {
    announce(open);
    put(frame, [toolCallEnd(open.callId, open.name, open.argumentsText, { block })]);
    call = undefined;
  }

  function isBracket(character: string): boolean {
    if (call) return character === '>' || (character === ':' && !call.announced);
    return '[]<'.includes(character);
  }

  return {
    inCall: () => call !== undefined,
    openBracket() {
      if (call) return '<';
      return kind === 'reasoning' ? '[' : undefined;
    },
    isBracket,
    bracket(frame, character) {
      if (character === '[' && kind === 'reasoning') throw wrong('opens "[" inside "["');
      if (character === ']' && kind === 'text') throw wrong('closes "[" where it is not open');
      if (character === '[') kind = 'reasoning';
      if (character === ']') kind = 'text';
      if (character === '<') call = { callId: `call-${++calls}`, frame, name: '', announced: false, argumentsText: '' };
      if (character === ':' && call) announce(call);
      if (character === '>' && call) endCall(frame, call);
      return true;
    },
    say(frame, words) {
      if (call && !call.announced) call.name += words;
      else if (call) {
        call.argumentsText += words;
        put(frame, [toolCallDelta(call.callId, words, { block })]);
      } else if (kind === 'reasoning') put(frame, [reasoning(words, { block: blockOf('reasoning') })]);
      else put(frame, [text(words, { block: blockOf('text') })]);
    },
    put,
    finish(frame) {
      const { usage: figures = { inputTokens: 10, outputTokens: 5, totalTokens: 15 } } = options;
      begin(frame);
      if (figures !== null) put(frame, [usage(figures)]);
      put(frame, [finish(options.finish ?? (called ? 'tool-calls' : 'stop'))]);
      moments.push({ frame, events: [], end: 'complete' });
    },
    fail: (frame, error) => void moments.push({ frame, events: [], end: { error } }),
    moments: (zero) => moments.map((moment) => ({ ...moment, frame: moment.frame - zero })),
  };
}
