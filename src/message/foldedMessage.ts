import { ParseError } from '../errors.js';
import type { CitationEvent, FinishEvent, Message, MessagePart, PartialMessage, StartEvent, ToolCall, Usage } from '../events.js';
import { closePart, type OpenPart } from './messageParts.js';
import type { StepMarks } from './stepMarks.js';

/** Plain data, because a fold is a part of every stream and of many an operator: few functions are made for each. */
export interface Folded {
  readonly choice: number;
  start: StartEvent | undefined;
  finish: FinishEvent | undefined;
  usage: Usage | undefined;
  readonly citations: CitationEvent[];
  readonly parts: OpenPart[];
  readonly blocks: Map<number, OpenPart>;
  /** Most streams have but one step. */
  marks: StepMarks<{ readonly parts: number; readonly citations: number }> | undefined;
  /** A tool's answer that came just now: an event without a block, whose block-end, if it has one, follows at once. */
  answer: OpenPart | undefined;
  /** The block whose text came just now, and most likely goes on. */
  current: OpenPart | undefined;
  currentBlock: number;
}

export function partialOf({ start, finish, usage, parts, citations }: Folded): PartialMessage {
  const closed = parts.map(closePart);
  return {
    id: start?.id,
    model: start?.model,
    provider: start?.provider,
    text: joinTexts(closed, 'text'),
    reasoning: joinTexts(closed, 'reasoning'),
    refusal: joinTexts(closed, 'refusal'),
    toolCalls: closed.flatMap((part) => (part.type === 'tool-call' ? [toToolCall(part)] : [])),
    citations: [...citations],
    parts: closed,
    usage,
    finishReason: finish?.reason,
    timing: finish?.timing,
  };
}

export function messageOf(folded: Folded): Message {
  const message = { ...partialOf(folded), finishReason: folded.finish?.reason ?? 'aborted' };
  // Not enumerable, so that a message is otherwise plain data.
  return Object.defineProperty(message, 'json', { value: () => parseAnswer(message) }) as Message;
}

function toToolCall({ callId, name, argumentsText, input, executor, format, ended }: ToolCall): ToolCall {
  return { callId, name, argumentsText, input, executor, format, ended };
}

function joinTexts(parts: readonly MessagePart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}

function parseAnswer({ parts, finishReason }: PartialMessage): unknown {
  const text = parts.map((part) => (part.type === 'text' && part.phase === 'answer' ? part.text : '')).join('');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParseError('The answer is not JSON', text, finishReason, { cause });
  }
}
