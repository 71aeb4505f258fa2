import { append, createGrowingText, type GrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { Phase, RequestUsage } from '../../../events.js';
import type { EmitEvent } from '../wire.js';
import { countOf, type Note } from './notes.js';

/** A frame: a JSON object with a `type`. */
export type Frame = Readonly<Record<string, unknown>>;

/** The block of a message. */
export interface TextPart {
  readonly type: 'text-delta' | 'reasoning-delta' | 'refusal-delta';
  readonly block: number;
  readonly phase: Phase;
}

export interface CallPart {
  readonly callId: string;
  readonly name: string;
  readonly block: number;
  readonly executor: 'client' | 'provider';
  readonly format: 'json' | 'text';
  argumentsText: GrowingText;
  ended: boolean;
  answered: boolean;
}

/** What the decoder knows of a run. */
export interface Decoding {
  readonly texts: Map<string, TextPart>;
  readonly calls: Map<string, CallPart>;
  /** The messages that are no part of the answer. */
  readonly ignored: Set<string>;
  /** The calls that wait for a decision. */
  readonly waiting: Set<string>;
  /** Whether our encoder wrote the run. */
  own: boolean;
  /** Whether a `start` was emitted. */
  started: boolean;
  runId: string | undefined;
  nextBlock: number;
  step: number;
  /** Whether the round has content, and whether a result came after it: then what follows is another round. */
  hasContent: boolean;
  hasResult: boolean;
  /** The message, reasoning and call that chunks without an id go on with. */
  chunkText: string | undefined;
  chunkReasoning: string | undefined;
  chunkCall: string | undefined;
  /** The usage of the requests so far, of a run that another server wrote. */
  readonly requests: RequestUsage[];
  finished: boolean;
}

export function createDecoding(): Decoding {
  const none = undefined;
  const flags = { own: false, started: false, hasContent: false, hasResult: false, finished: false };
  const ids = { runId: none, chunkText: none, chunkReasoning: none, chunkCall: none };
  return {
    texts: new Map(),
    calls: new Map(),
    ignored: new Set(),
    waiting: new Set(),
    requests: [],
    nextBlock: 0,
    step: 0,
    ...flags,
    ...ids,
  };
}

/** Emits what content of a run that another server wrote needs before it: a `start`, and a `step` after the result of a tool. */
export function beginContent(state: Decoding, emit: EmitEvent): void {
  if (state.own) return;
  beginRun(state, emit);
  if (state.hasContent && state.hasResult) {
    state.hasResult = false;
    state.step++;
    emit({ type: 'step', step: state.step, id: undefined, model: undefined, reason: 'tool-calls', rawReason: undefined });
  }
  state.hasContent = true;
}

export function beginRun(state: Decoding, emit: EmitEvent): void {
  if (state.own || state.started) return;
  state.started = true;
  emit({ type: 'start', id: state.runId, model: undefined, provider: 'ag-ui' });
}

/** The block of a part: as its note has it, or the next one. */
export function blockOf(state: Decoding, note: Note | undefined): number {
  return countOf(note?.['block']) ?? state.nextBlock++;
}

export function emitText({ type, block, phase }: TextPart, text: string, emit: EmitEvent): void {
  if (type === 'text-delta') emit({ type, text, block, choice: 0, phase });
  else emit({ type, text, block, choice: 0 });
}

export function startCall(
  state: Decoding,
  id: string,
  call: Omit<CallPart, 'argumentsText' | 'ended' | 'answered'>,
  emit: EmitEvent,
): CallPart {
  const { callId, name, block, executor, format } = call;
  const part = { ...call, argumentsText: createGrowingText(), ended: false, answered: false };
  state.calls.set(id, part);
  emit({ type: 'tool-call-start', callId, name, block, choice: 0, executor, format });
  return part;
}

export function extendCall({ callId, block, argumentsText }: CallPart, text: string, emit: EmitEvent): void {
  append(argumentsText, text);
  emit({ type: 'tool-call-delta', callId, argumentsText: text, block, choice: 0 });
}

export function endCall(call: CallPart, emit: EmitEvent): void {
  if (call.ended) return;
  call.ended = true;
  const { callId, name, block, executor, format } = call;
  const argumentsText = wholeText(call.argumentsText);
  emit({ type: 'tool-call-end', callId, name, argumentsText, block, choice: 0, executor, format });
}
