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
import { append } from './growingText.js';
import { closePart, extendPart, type OpenPart, openPart } from './openPart.js';
import { createStepMarks } from './stepMarks.js';

/** Events folded into the message so far: appends while events come, and builds objects only when it is asked. */
export interface MessageFold {
  push(event: DeltaEvent): void;
  partial(): PartialMessage;
  message(): Message;
}

/** @param choice The choice to read. @defaultValue 0 */
export function createMessageFold(choice = 0): MessageFold {
  let start: StartEvent | undefined;
  let finish: FinishEvent | undefined;
  let usage: Usage | undefined;
  const citations: CitationEvent[] = [];
  const parts: OpenPart[] = [];
  const blocks = new Map<number, OpenPart>();
  const marks = createStepMarks({ parts: 0, citations: 0 });
  /** A tool's answer that came just now: an event without a block, whose block-end, if it has one, follows at once. */
  let answer: OpenPart | undefined;
  /** The block whose text came just now, and most likely goes on. */
  let current: OpenPart | undefined;
  let currentBlock = -1;

  function take(event: DeltaEvent): void {
    const known = partOf(event);
    answer = undefined;
    if (known && extendPart(known, event)) return;
    const part = openPart(event);
    if (!part) return;
    parts.push(part);
    if ('block' in event) blocks.set(event.block, part);
    else answer = part;
  }

  function partOf(event: DeltaEvent): OpenPart | undefined {
    if (!('block' in event)) return undefined;
    return blocks.get(event.block) ?? (event.type === 'block-end' ? answer : undefined);
  }

  function rewind(step: number): void {
    const mark = marks.rewind(step);
    if (!mark) return;
    if (step === 0) start = undefined;
    finish = undefined;
    citations.length = mark.citations;
    const taken = new Set(parts.splice(mark.parts));
    for (const [block, part] of blocks) if (taken.has(part)) blocks.delete(block);
  }

  function push(event: DeltaEvent): void {
    if (event.type === 'text-delta' && event.block === currentBlock && event.choice === choice && current) {
      append(current.text, event.text);
      return;
    }
    if ('choice' in event && event.choice !== choice) return;
    current = undefined;
    switch (event.type) {
      case 'start':
        start = event;
        return;
      case 'citation':
        citations.push(event);
        return;
      case 'usage':
        usage = event.usage;
        return;
      case 'step':
        marks.begin(event.step, { parts: parts.length, citations: citations.length });
        return;
      case 'reset':
        rewind(event.step);
        return;
      case 'finish':
        finish = event;
        return;
      case 'text-delta':
        take(event);
        currentBlock = event.block;
        current = blocks.get(currentBlock);
        return;
      default:
        take(event);
    }
  }

  function partial(): PartialMessage {
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

  function message(): Message {
    const folded = { ...partial(), finishReason: finish?.reason ?? 'aborted' };
    // Not enumerable, so that a message is otherwise plain data.
    return Object.defineProperty(folded, 'json', { value: () => parseAnswer(folded) }) as Message;
  }

  return { push, partial, message };
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
