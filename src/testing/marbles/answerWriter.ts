import type { DeltaEvent, FinishReason, StartEvent, Usage } from '../../events.js';
import { type EventFields, finish, reasoning, start, text, toolCallDelta, toolCallEnd, toolCallStart, usage } from './events.js';

export interface AnswerOptions {
  /** Events for single characters: such a character emits its event, or its events, instead of its usual meaning. @defaultValue none */
  readonly values?: Readonly<Record<string, DeltaEvent | readonly DeltaEvent[]>>;
  /** Fields to replace in the `start` event. @defaultValue none */
  readonly start?: EventFields<StartEvent>;
  /** Figures of the `usage` event just before `finish`; `null` for no such event. @defaultValue 10 input and 5 output tokens */
  readonly usage?: Partial<Usage> | null;
  /** Reason of the `finish` event. @defaultValue 'tool-calls' if a client tool call has ended, else 'stop' */
  readonly finish?: FinishReason;
  /** The error that `#` emits. @defaultValue 'error', as in RxJS's marbles */
  readonly error?: unknown;
  /** What a marble without `|` and `#` does after its last character: emits `finish` and completes, or stays open. @defaultValue 'finish' */
  readonly end?: 'finish' | 'open';
}

/** Events or an end in one frame. */
export interface AnswerMoment {
  readonly frame: number;
  readonly events: readonly DeltaEvent[];
  readonly end?: 'complete' | { readonly error: unknown };
}

/** Turns the parts of an answer's marble into events. */
export interface AnswerWriter {
  inCall(): boolean;
  /** The innermost bracket that is not closed. */
  openBracket(): '[' | '<' | undefined;
  isBracket(character: string): boolean;
  readBracket(frame: number, character: string): void;
  /** Appends to the text, the reasoning, or the name or arguments of the open call. */
  append(frame: number, characters: string): void;
  emit(frame: number, events: readonly DeltaEvent[]): void;
  finish(frame: number): void;
  fail(frame: number, error: unknown): void;
  /** Everything that was written, with frames counted from frame `zero`. */
  moments(zero: number): readonly AnswerMoment[];
}

interface OpenCall {
  readonly callId: string;
  readonly frame: number;
  name: string;
  started: boolean;
  argumentsText: string;
}

/**
 * Creates a writer that keeps the grammar of a stream: it emits `start` first and numbers blocks in order of appearance.
 *
 * @param invalid Creates the error for a marble that cannot be read.
 */
export function createAnswerWriter(options: AnswerOptions, invalid: (problem: string) => Error): AnswerWriter {
  const moments: AnswerMoment[] = [];
  let started = false;
  let kind: 'text' | 'reasoning' = 'text';
  let block = -1;
  let blockKind: string | undefined;
  let call: OpenCall | undefined;
  let calls = 0;
  let calledClient = false;

  function emit(frame: number, events: readonly DeltaEvent[]): void {
    for (const event of events) prepare(frame, event);
    if (events.length > 0) moments.push({ frame, events });
  }

  /** Emits the `start` of an attempt before its first event other than `ping`; a `reset` begins another attempt. */
  function prepare(frame: number, event: DeltaEvent): void {
    if (event.type === 'reset') {
      started = false;
      block = -1;
      blockKind = undefined;
    } else if (event.type === 'start') started = true;
    else if (event.type !== 'ping') emitStart(frame);
    if (event.type === 'tool-call-end' && event.executor === 'client') calledClient = true;
  }

  function emitStart(frame: number): void {
    if (!started) moments.push({ frame, events: [start(options.start)] });
    started = true;
  }

  function blockOf(next: string): number {
    if (next !== blockKind) block++;
    blockKind = next;
    return block;
  }

  function startCall(open: OpenCall): void {
    if (open.name === '') throw invalid('has a tool call without a name');
    if (!open.started) emit(open.frame, [toolCallStart(open.callId, open.name, { block: blockOf(open.callId) })]);
    open.started = true;
  }

  function endCall(frame: number, open: OpenCall): void {
    startCall(open);
    emit(frame, [toolCallEnd(open.callId, open.name, open.argumentsText, { block })]);
    call = undefined;
  }

  function isBracket(character: string): boolean {
    if (call) return character === '>' || (character === ':' && !call.started);
    return '[]<'.includes(character);
  }

  return {
    inCall: () => call !== undefined,
    openBracket() {
      if (call) return '<';
      return kind === 'reasoning' ? '[' : undefined;
    },
    isBracket,
    readBracket(frame, character) {
      if (character === '[' && kind === 'reasoning') throw invalid('opens "[" inside "["');
      if (character === ']' && kind === 'text') throw invalid('closes "[" where it is not open');
      if (character === '[') kind = 'reasoning';
      if (character === ']') kind = 'text';
      if (character === '<') call = { callId: `call-${++calls}`, frame, name: '', started: false, argumentsText: '' };
      if (character === ':' && call) startCall(call);
      if (character === '>' && call) endCall(frame, call);
    },
    append(frame, characters) {
      if (call && !call.started) call.name += characters;
      else if (call) {
        call.argumentsText += characters;
        emit(frame, [toolCallDelta(call.callId, characters, { block })]);
      } else if (kind === 'reasoning') emit(frame, [reasoning(characters, { block: blockOf('reasoning') })]);
      else emit(frame, [text(characters, { block: blockOf('text') })]);
    },
    emit,
    finish(frame) {
      const { usage: figures = { inputTokens: 10, outputTokens: 5, totalTokens: 15 } } = options;
      emitStart(frame);
      if (figures !== null) emit(frame, [usage(figures)]);
      emit(frame, [finish(options.finish ?? (calledClient ? 'tool-calls' : 'stop'))]);
      moments.push({ frame, events: [], end: 'complete' });
    },
    fail: (frame, error) => void moments.push({ frame, events: [], end: { error } }),
    moments: (zero) => moments.map((moment) => ({ ...moment, frame: moment.frame - zero })),
  };
}
