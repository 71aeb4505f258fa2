import { withoutFence } from '../codecs/json/withoutFence.js';
import { append } from '../codecs/text/growingText.js';
import { ParseError } from '../errors.js';
import type {
  CitationEvent,
  DeltaEvent,
  FinishEvent,
  Message,
  MessagePart,
  PartialMessage,
  StartEvent,
  ToolCall,
  Usage,
} from '../events.js';
import { extendPart, type GrowingPart, startPart, toMessagePart } from './messageParts.js';
import { createStepMarks, type StepMarks } from './stepMarks.js';

/** Folds events into a message. Pushing an event only appends; objects are built when `partial` or `message` is called. */
export interface MessageFold {
  push(event: DeltaEvent): void;
  /** A snapshot of the message so far: later events do not change it. */
  partial(): PartialMessage;
  message(): Message;
}

/** Plain data and free functions instead of closures: a fold is created for every subscription to a source, and by many operators. */
export interface FoldState {
  readonly choice: number;
  start: StartEvent | undefined;
  finish: FinishEvent | undefined;
  usage: Usage | undefined;
  readonly citations: CitationEvent[];
  readonly parts: GrowingPart[];
  readonly blocks: Map<number, GrowingPart>;
  /** Created at the first `step` or `reset`, because most streams have neither. */
  marks: StepMarks<{ readonly parts: number; readonly citations: number }> | undefined;
  /** The part of the last event if that was a `tool-result`, which has no block number: a `block-end` right after it belongs to it. */
  toolResult: GrowingPart | undefined;
  /** The round that runs. */
  step: number;
  /** The part and the block of the last event if that was a text delta: most likely the next one extends it too. */
  current: GrowingPart | undefined;
  currentBlock: number;
  /** The part that the last event began or extended. */
  changed: GrowingPart | undefined;
}

/** @param choice Which choice to read. @defaultValue 0 */
export function createMessageFold(choice = 0): MessageFold {
  const state = createFoldState(choice);
  return {
    push: (event) => pushEvent(state, event),
    partial: () => partialOf(state),
    message: () => messageOf(state),
  };
}

export function createFoldState(choice: number): FoldState {
  return {
    choice,
    start: undefined,
    finish: undefined,
    usage: undefined,
    citations: [],
    parts: [],
    blocks: new Map(),
    marks: undefined,
    toolResult: undefined,
    step: 0,
    current: undefined,
    currentBlock: -1,
    changed: undefined,
  };
}

export function pushEvent(state: FoldState, event: DeltaEvent): void {
  const { choice, current } = state;
  if (event.type === 'text-delta' && event.block === state.currentBlock && event.choice === choice && current) {
    append(current.text, event.text);
    state.changed = current;
    return;
  }
  state.changed = undefined;
  if ('choice' in event && event.choice !== choice) return;
  state.current = undefined;
  switch (event.type) {
    case 'ping':
    case 'raw':
    case 'logprobs':
      return;
    case 'start':
      state.start = event;
      return;
    case 'citation':
      state.citations.push(event);
      return;
    case 'usage':
      state.usage = event.usage;
      return;
    case 'step':
      marksOf(state).set(event.step, { parts: state.parts.length, citations: state.citations.length });
      state.step = event.step;
      state.toolResult = undefined;
      // A round never extends a block of an earlier one.
      state.blocks.clear();
      return;
    case 'reset':
      rewind(state, event.step);
      return;
    case 'finish':
      state.finish = event;
      return;
    case 'text-delta':
      updateParts(state, event);
      state.currentBlock = event.block;
      state.current = state.blocks.get(event.block);
      return;
    default:
      updateParts(state, event);
  }
}

function updateParts(state: FoldState, event: DeltaEvent): void {
  const known = knownPart(state, event);
  state.toolResult = undefined;
  if (known && extendPart(known, event)) {
    state.changed = known;
    return;
  }
  const part = startPart(event, state.step, state.parts.at(-1)?.block ?? -1);
  if (!part) return;
  state.changed = part;
  insertPart(state.parts, part);
  if ('block' in event) state.blocks.set(event.block, part);
  else if (event.type === 'tool-result') state.toolResult = part;
}

/** Inserts a part in the order of blocks: an opaque block is seen only at its end, when later blocks have begun. */
function insertPart(parts: GrowingPart[], part: GrowingPart): void {
  let at = parts.length;
  while (at > 0 && (parts[at - 1]?.block ?? 0) > part.block && parts[at - 1]?.part.step === part.part.step) at--;
  if (at === parts.length) parts.push(part);
  else parts.splice(at, 0, part);
}

function knownPart({ parts, blocks, toolResult }: FoldState, event: DeltaEvent): GrowingPart | undefined {
  if (event.type === 'tool-approval') {
    return parts.findLast(({ part }) => part.type === 'approval' && part.callId === event.callId);
  }
  if (!('block' in event)) return undefined;
  return blocks.get(event.block) ?? (event.type === 'block-end' ? toolResult : undefined);
}

function marksOf(state: FoldState): NonNullable<FoldState['marks']> {
  state.marks ??= createStepMarks({ parts: 0, citations: 0 });
  return state.marks;
}

/** Discards the content of the steps from `step` on. Usage is cumulative and stays. */
function rewind(state: FoldState, step: number): void {
  const mark = marksOf(state).rewind(step);
  if (!mark) return;
  if (step === 0) state.start = undefined;
  state.step = step;
  state.finish = undefined;
  state.citations.length = mark.citations;
  const discarded = new Set(state.parts.splice(mark.parts));
  for (const [block, part] of state.blocks) if (discarded.has(part)) state.blocks.delete(block);
}

function partialOf({ start, finish, usage, parts: growing, citations }: FoldState): PartialMessage {
  const parts = growing.map((part) => toMessagePart(part));
  return {
    id: start?.id,
    model: start?.model,
    provider: start?.provider,
    text: joinTexts(parts, 'text'),
    reasoning: joinTexts(parts, 'reasoning'),
    refusal: joinTexts(parts, 'refusal'),
    toolCalls: parts.flatMap((part) => (part.type === 'tool-call' ? [toToolCall(part)] : [])),
    citations: [...citations],
    parts,
    usage,
    finishReason: finish?.reason,
    timing: finish?.timing,
  };
}

function messageOf(state: FoldState): Message {
  const message = { ...partialOf(state), finishReason: state.finish?.reason ?? 'aborted' };
  // Not enumerable, so that the message is serialized, copied and compared as plain data.
  return Object.defineProperty(message, 'json', { value: () => parseAnswer(message, state.step) }) as Message;
}

function joinTexts(parts: readonly MessagePart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

export function toToolCall({ callId, name, argumentsText, input, executor, format, ended }: ToolCall): ToolCall {
  return { callId, name, argumentsText, input, executor, format, ended };
}

/** @param step The last round. */
function parseAnswer({ parts, finishReason }: PartialMessage, step: number): unknown {
  const answer = parts.filter((part) => part.step === step && part.type === 'text' && part.phase === 'answer');
  const text = joinTexts(answer, 'text');
  try {
    return JSON.parse(withoutFence(text));
  } catch (cause) {
    throw new ParseError('The answer is not JSON', text, finishReason, { cause });
  }
}
