import { append } from '../codecs/text/growingText.js';
import type { DeltaEvent, Message, PartialMessage } from '../events.js';
import { type Folded, messageOf, partialOf } from './foldedMessage.js';
import { extendPart, type OpenPart, openPart } from './messageParts.js';
import { createStepMarks } from './stepMarks.js';

/** Events folded into the message so far: appends while events come, and builds objects only when it is asked. */
export interface MessageFold {
  push(event: DeltaEvent): void;
  partial(): PartialMessage;
  message(): Message;
}

/** @param choice The choice to read. @defaultValue 0 */
export function createMessageFold(choice = 0): MessageFold {
  const folded: Folded = {
    choice,
    start: undefined,
    finish: undefined,
    usage: undefined,
    citations: [],
    parts: [],
    blocks: new Map(),
    marks: undefined,
    answer: undefined,
    current: undefined,
    currentBlock: -1,
  };
  return {
    push: (event) => push(folded, event),
    partial: () => partialOf(folded),
    message: () => messageOf(folded),
  };
}

function push(folded: Folded, event: DeltaEvent): void {
  const { choice, current } = folded;
  if (event.type === 'text-delta' && event.block === folded.currentBlock && event.choice === choice && current) {
    append(current.text, event.text);
    return;
  }
  if ('choice' in event && event.choice !== choice) return;
  folded.current = undefined;
  switch (event.type) {
    case 'start':
      folded.start = event;
      return;
    case 'citation':
      folded.citations.push(event);
      return;
    case 'usage':
      folded.usage = event.usage;
      return;
    case 'step':
      marksOf(folded).begin(event.step, { parts: folded.parts.length, citations: folded.citations.length });
      return;
    case 'reset':
      rewind(folded, event.step);
      return;
    case 'finish':
      folded.finish = event;
      return;
    case 'text-delta':
      take(folded, event);
      folded.currentBlock = event.block;
      folded.current = folded.blocks.get(event.block);
      return;
    default:
      take(folded, event);
  }
}

function take(folded: Folded, event: DeltaEvent): void {
  const known = knownPart(folded, event);
  folded.answer = undefined;
  if (known && extendPart(known, event)) return;
  const part = openPart(event);
  if (!part) return;
  folded.parts.push(part);
  if ('block' in event) folded.blocks.set(event.block, part);
  else folded.answer = part;
}

function knownPart({ blocks, answer }: Folded, event: DeltaEvent): OpenPart | undefined {
  if (!('block' in event)) return undefined;
  return blocks.get(event.block) ?? (event.type === 'block-end' ? answer : undefined);
}

function marksOf(folded: Folded): NonNullable<Folded['marks']> {
  folded.marks ??= createStepMarks({ parts: 0, citations: 0 });
  return folded.marks;
}

function rewind(folded: Folded, step: number): void {
  const mark = marksOf(folded).rewind(step);
  if (!mark) return;
  if (step === 0) folded.start = undefined;
  folded.finish = undefined;
  folded.citations.length = mark.citations;
  const taken = new Set(folded.parts.splice(mark.parts));
  for (const [block, part] of folded.blocks) if (taken.has(part)) folded.blocks.delete(block);
}
