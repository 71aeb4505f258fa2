import { append, createGrowingText, type GrowingText, textSoFar } from '../codecs/text/growingText.js';
import { isStreamError, toErrorInfo } from '../errors.js';
import type {
  DeltaEvent,
  MessagePart,
  PartialMessage,
  ReasoningDeltaEvent,
  RefusalDeltaEvent,
  ResetEvent,
  TextDeltaEvent,
  ToolResultEvent,
} from '../events.js';
import { isTextPiece, pieceText } from '../message/deltas.js';
import { type GrowingPart, toMessagePart, toToolCall } from '../message/messageParts.js';
import { createFoldState, pushEvent } from '../message/partialFold.js';
import { type MessageState, pendingState, type StepState, type ToolState } from './messageState.js';
import { remainingTools, withApproval, withCall, withProgress, withResult, withTools } from './toolStates.js';

/** Folds events into states. What an event does not concern is the same object in the next state. */
export interface StateFold {
  readonly state: MessageState;
  /** @returns Whether the event changed the state. */
  push(event: DeltaEvent): boolean;
  /** The stream completed. @returns Whether that changed the state: it does if there was no `finish`. */
  complete(): boolean;
  /** The stream errored. */
  fail(error: unknown): MessageState;
}

type ToolCallPart = Extract<MessagePart, { readonly type: 'tool-call' }>;
type TextType = 'text' | 'reasoning' | 'refusal';
type TextEvent = TextDeltaEvent | ReasoningDeltaEvent | RefusalDeltaEvent;

export function createStateFold(choice: number): StateFold {
  const fold = createFoldState(choice);
  let state = pendingState;
  /** The texts of all parts of a type, where there are several. */
  let wholes: Partial<Record<TextType, GrowingText>> = {};

  function read(event: DeltaEvent): MessageState {
    pushEvent(fold, event);
    switch (event.type) {
      case 'ping':
      case 'raw':
      case 'logprobs':
        return state;
      case 'start':
        return { ...begun(state), ...origin(), steps: withStep({ id: event.id, model: event.model, reason: undefined }) };
      case 'usage':
        return { ...state, usage: event.usage, cost: event.usage.cost };
      case 'step':
        return withRound(event.step, event.id, event.model, event.reason);
      case 'reset':
        return rewound(event);
      case 'finish': {
        const { reason, timing } = event;
        const status = reason === 'aborted' ? 'aborted' : 'done';
        return { ...begun(state), status, finishReason: reason, timing, steps: withStep({ reason }) };
      }
      case 'citation':
        return event.choice === choice ? { ...begun(state), citations: [...state.citations, event] } : state;
      case 'tool-result':
        return event.preliminary ? withToolProgress(event) : withPart(event);
      default:
        return withPart(event);
    }
  }

  function origin(): Pick<MessageState, 'id' | 'model' | 'provider'> {
    const { start } = fold.latest;
    return { id: start?.id, model: start?.model, provider: start?.provider };
  }

  function withPart(event: DeltaEvent): MessageState {
    const { changed, parts: growing } = fold;
    if (!changed) return state;
    const index = growing.lastIndexOf(changed);
    const before = growing.length > state.parts.length ? undefined : state.parts[index];
    if (before && isTextPiece(event) && pieceText(event) === '') return state;
    const part = nextPart(changed, before, event);
    if (part === before) return state;
    const parts = withItem(state.parts, index, part, before !== undefined);
    if (isTextPiece(event) && event.type !== 'tool-call-delta') return withText(event, parts, index);
    const next = { ...begun(state), parts };
    switch (part.type) {
      case 'tool-call':
        return event.type === 'block-end' ? next : withToolCall(part, parts, index, before !== undefined);
      case 'tool-result':
        return before ? next : withTool(next, part.callId, (tool) => withResult(tool, part));
      case 'approval':
        return withTool(next, part.callId, (tool) => withApproval(tool, part));
      default:
        return next;
    }
  }

  function withText(event: TextEvent, parts: readonly MessagePart[], index: number): MessageState {
    const before = begun(state);
    switch (event.type) {
      case 'text-delta':
        return { ...before, parts, text: lengthened('text', parts, index, event.text) };
      case 'reasoning-delta':
        return { ...before, parts, reasoning: lengthened('reasoning', parts, index, event.text) };
      case 'refusal-delta':
        return { ...before, parts, refusal: lengthened('refusal', parts, index, event.text) };
    }
  }

  /** The text of all parts of a type, of which one has got another piece. That of the only one is the same string, to be held once. */
  function lengthened(type: TextType, parts: readonly MessagePart[], index: number, piece: string): string {
    let first = 0;
    while (first < index && parts[first]?.type !== type) first++;
    let last = parts.length - 1;
    while (last > index && parts[last]?.type !== type) last--;
    const only = first === last ? parts[index] : undefined;
    if (only && 'text' in only) return only.text;
    const whole = wholes[type];
    if (whole && last === index) append(whole, piece);
    else wholes[type] = createGrowingText(joined(parts, type));
    return textSoFar(wholes[type] ?? createGrowingText());
  }

  function withToolCall(part: ToolCallPart, parts: readonly MessagePart[], index: number, isKnown: boolean): MessageState {
    let at = 0;
    for (let each = 0; each < index; each++) if (parts[each]?.type === 'tool-call') at++;
    const toolCalls = withItem(state.toolCalls, at, toToolCall(part), isKnown);
    const tools = withItem(state.tools, at, withCall(isKnown ? state.tools[at] : undefined, part), isKnown);
    return { ...begun(state), parts, toolCalls, tools, steps: withToolsOf(part.step, tools) };
  }

  function withToolProgress({ callId, output }: ToolResultEvent): MessageState {
    return withTool(state, callId, (tool) => withProgress(tool, output));
  }

  function withTool(next: MessageState, callId: string, change: (tool: ToolState) => ToolState): MessageState {
    const at = next.tools.findLastIndex((tool) => tool.callId === callId);
    const tool = next.tools[at];
    if (!tool) return next;
    const tools = next.tools.slice();
    tools[at] = change(tool);
    return { ...begun(next), tools, steps: withToolsOf(tool.step, tools) };
  }

  function withToolsOf(round: number, tools: readonly ToolState[]): readonly StepState[] {
    const steps = state.steps.slice();
    const at = steps.findLastIndex(({ step }) => step === round);
    const step = steps[at];
    if (step) steps[at] = withTools(step, tools);
    return steps;
  }

  /** The rounds, with something new of the last one. */
  function withStep(news: Partial<StepState>): readonly StepState[] {
    const last = state.steps.at(-1) ?? { step: fold.step, id: undefined, model: undefined, reason: undefined, tools: [] };
    return [...state.steps.slice(0, -1), { ...last, ...news }];
  }

  function withRound(step: number, id: string | undefined, model: string | undefined, reason: StepState['reason']): MessageState {
    return { ...begun(state), steps: [...withStep({ reason }), { step, id, model, reason: undefined, tools: [] }] };
  }

  function rewound({ step, attempt, cause, delayMs, error }: ResetEvent): MessageState {
    const next = { ...state, status: 'retrying', retry: { attempt, cause, delayMs, error } } as const;
    // A continuation voids nothing.
    if (step > fold.step) return next;
    const isShorter = fold.parts.length < state.parts.length;
    const parts = isShorter ? state.parts.slice(0, fold.parts.length) : state.parts;
    const tools = isShorter ? remainingTools(state.tools, parts) : state.tools;
    const isCited = fold.citations.length === state.citations.length;
    if (isShorter) wholes = {};
    return {
      ...next,
      ...origin(),
      parts,
      tools,
      text: isShorter ? joined(parts, 'text') : state.text,
      reasoning: isShorter ? joined(parts, 'reasoning') : state.reasoning,
      refusal: isShorter ? joined(parts, 'refusal') : state.refusal,
      toolCalls: tools.length === state.toolCalls.length ? state.toolCalls : state.toolCalls.slice(0, tools.length),
      citations: isCited ? state.citations : state.citations.slice(0, fold.citations.length),
      steps: remainingSteps(step, tools),
      finishReason: undefined,
      timing: undefined,
    };
  }

  /** The rounds before the one that begins again, and that one without an end. */
  function remainingSteps(round: number, tools: readonly ToolState[]): readonly StepState[] {
    if (round === 0) return [];
    const kept = state.steps.filter(({ step }) => step <= round).map((step) => withTools(step, tools));
    const last = kept.at(-1);
    return last?.step === round ? [...kept.slice(0, -1), { ...last, reason: undefined }] : kept;
  }

  return {
    get state() {
      return state;
    },
    push(event) {
      const before = state;
      state = read(event);
      return state !== before;
    },
    complete() {
      if (state.status === 'done' || state.status === 'aborted') return false;
      state = { ...state, status: 'aborted', finishReason: state.finishReason ?? 'aborted', retry: undefined };
      return true;
    },
    fail(error) {
      state = failed(state, error);
      return state;
    },
  };
}

/** A copy of the list with another item at a place, or with one more. */
function withItem<T>(list: readonly T[], index: number, item: T, isKnown: boolean): readonly T[] {
  const copy = list.slice();
  if (isKnown) copy[index] = item;
  else copy.splice(index, 0, item);
  return copy;
}

/** The state when an answer goes on after a wait. */
function begun(state: MessageState): MessageState {
  return state.status === 'pending' || state.status === 'retrying' || state.status === 'done'
    ? { ...state, status: 'streaming', retry: undefined }
    : state;
}

function nextPart(changed: GrowingPart, before: MessagePart | undefined, event: DeltaEvent): MessagePart {
  // What has been parsed of a call stays the same object.
  if (before && event.type === 'block-end') return { ...before, native: event.native, nativeFormat: event.format };
  if (before?.type === 'tool-call' && before.ended) return before;
  return toMessagePart(changed, textSoFar);
}

/** Appends without copying, as engines do: the texts may be long, and there may be as many parts as events. */
function joined(parts: readonly MessagePart[], type: TextType): string {
  let text = '';
  for (const part of parts) if (part.type === type) text += part.text;
  return text;
}

/** The caller's own abort is no fault. */
function failed(state: MessageState, error: unknown): MessageState {
  if (isStreamError(error, 'aborted')) return { ...state, status: 'aborted', finishReason: 'aborted', retry: undefined };
  const info = toErrorInfo(error);
  // When no event could report the usage, the error does.
  const usage = state.usage ?? info.partial?.usage;
  const known = { ...state, usage, cost: usage?.cost };
  return { ...known, status: 'error', retry: undefined, error: { ...info, partial: partialOf(known) } };
}

function partialOf(state: MessageState): PartialMessage {
  const { id, model, provider, text, reasoning, refusal, toolCalls, citations, parts, usage, finishReason, timing } = state;
  return { id, model, provider, text, reasoning, refusal, toolCalls, citations, parts, usage, finishReason, timing };
}
