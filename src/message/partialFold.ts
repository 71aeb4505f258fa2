import { append } from '../codecs/text/growingText.js';
import type { CitationEvent, DeltaEvent, FinishEvent, MessagePart, PartialMessage, StartEvent, UsageEvent } from '../events.js';
import { extendPart, type GrowingPart, startPart, toMessagePart, toToolCall } from './messageParts.js';

/** Folds events into the message so far. Pushing an event only appends; objects are built when `partial` is called. */
export interface PartialFold {
  push(event: DeltaEvent): void;
  /** A snapshot of the message so far: later events do not change it. */
  partial(): PartialMessage;
}

/** Plain data and free functions instead of closures: a fold is created for every subscription to a source, and by many operators. */
export interface FoldState {
  readonly choice: number;
  /** The last event of each of these types that stands. */
  latest: Latest;
  citations: Cited[];
  parts: GrowingPart[];
  readonly blocks: Map<number, GrowingPart>;
  /**
   * The part of the last event if that was a text delta, because most likely the next one extends it too, or a `tool-result`, which has no
   * block number: a `block-end` right after it belongs to it.
   */
  current: GrowingPart | undefined;
  /** The round that runs. */
  step: number;
  /** The part that the last event began or extended. */
  changed?: GrowingPart | undefined;
}

interface Latest {
  readonly start?: StartEvent | undefined;
  readonly usage?: UsageEvent | undefined;
  readonly finish?: FinishEvent | undefined;
}

interface Cited {
  readonly step: number;
  readonly event: CitationEvent;
}

/** @param choice Which choice to read. @defaultValue 0 */
export function createPartialFold(choice = 0): PartialFold {
  const state = createFoldState(choice);
  return {
    push: (event) => pushEvent(state, event),
    partial: () => partialOf(state),
  };
}

export function createFoldState(choice: number): FoldState {
  return { choice, latest: {}, citations: [], parts: [], blocks: new Map(), current: undefined, step: 0 };
}

export function pushEvent(state: FoldState, event: DeltaEvent): void {
  const { choice, current, step } = state;
  if (event.type === 'text-delta' && event.block === current?.block && current.part.type === 'text' && event.choice === choice) {
    state.changed = current;
    return append(current.text, event.text);
  }
  state.changed = undefined;
  if ('choice' in event && event.choice !== choice) return;
  switch (event.type) {
    case 'ping':
    case 'raw':
    case 'logprobs':
      return;
    case 'start':
    case 'usage':
    case 'finish':
      state.latest = { ...state.latest, [event.type]: event };
      return;
    case 'citation':
      state.citations.push({ step, event });
      return;
    case 'step':
      return enterStep(state, event.step);
    case 'reset':
      return rewind(state, event.step);
    default:
      updateParts(state, event);
  }
}

/** A round never extends a block of an earlier one. */
function enterStep(state: FoldState, step: number): void {
  state.step = step;
  state.current = undefined;
  state.blocks.clear();
}

/** Discards the content of the steps from `step` on. Usage is cumulative and stays. */
function rewind(state: FoldState, step: number): void {
  if (step > state.step) return;
  enterStep(state, step);
  const { start, usage } = state.latest;
  state.latest = step === 0 ? { usage } : { start, usage };
  state.parts = state.parts.filter(({ part }) => part.step < step);
  state.citations = state.citations.filter((cited) => cited.step < step);
}

function updateParts(state: FoldState, event: DeltaEvent): void {
  const { parts, blocks, step } = state;
  const known = knownPart(state, event);
  const part = known && extendPart(known, event) ? known : startPart(event, step, parts.at(-1)?.block ?? -1);
  state.changed = part;
  state.current = event.type === 'text-delta' || event.type === 'tool-result' ? part : undefined;
  if (!part || part === known) return;
  // In the order of blocks: an opaque block is seen only at its end, when later blocks have begun.
  parts.splice(parts.findLastIndex((other) => other.block <= part.block || other.part.step !== step) + 1, 0, part);
  if ('block' in event) blocks.set(event.block, part);
}

function knownPart({ parts, blocks, current }: FoldState, event: DeltaEvent): GrowingPart | undefined {
  if (event.type === 'tool-approval') {
    return parts.findLast(({ part }) => part.type === 'approval' && part.callId === event.callId);
  }
  if (!('block' in event)) return undefined;
  const result = event.type === 'block-end' && current?.part.type === 'tool-result' ? current : undefined;
  return blocks.get(event.block) ?? result;
}

function partialOf({ latest, parts: growing, citations }: FoldState): PartialMessage {
  const { start, usage, finish } = latest;
  const parts = growing.map((part) => toMessagePart(part));
  return {
    id: start?.id,
    model: start?.model,
    provider: start?.provider,
    text: joinTexts(parts, 'text'),
    reasoning: joinTexts(parts, 'reasoning'),
    refusal: joinTexts(parts, 'refusal'),
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [toToolCall(part)] : [])),
    citations: citations.map(({ event }) => event),
    parts,
    usage: usage?.usage,
    finishReason: finish?.reason,
    timing: finish?.timing,
  };
}

/** The texts of the parts of a type as one. */
export function joinTexts(parts: readonly MessagePart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}
