import { createGrowingText, type GrowingText } from '../../codecs/text/growingText.js';
import type { ArgumentsFormat, Executor, FinishReason, Usage } from '../../events.js';
import type { CallIds } from '../../message/callIds.js';
import type { WireState } from '../wire/wireFormat.js';

/** A block that has begun. */
export interface OpenBlock {
  readonly number: number;
  readonly kind: string;
  readonly text: GrowingText;
}

export interface Choice {
  readonly index: number;
  /** The number of its blocks. */
  count: number;
  /** The block that was extended last. */
  current: OpenBlock | undefined;
  /** By the provider's index or id, the latest one. */
  readonly byKey: Map<string | number, OpenBlock>;
  /** The kinds of content that it has: they decide what a vague reason means. */
  readonly has: Set<'text' | 'reasoning' | 'refusal' | 'call'>;
  end: { readonly word: string | undefined; readonly meaning: FinishReason; readonly isGiven: boolean } | undefined;
}

interface OpenCall {
  readonly block: OpenBlock;
  readonly choice: Choice;
  readonly name: string;
  readonly executor: Executor;
  readonly format: ArgumentsFormat;
  ended: boolean;
}

/** What the pull loop reads of a writer. */
export interface WriterState extends WireState {
  /** How often the payload that is being decoded has written something. */
  touches: number;
}

/** What a writer knows of its answer. */
export interface AnswerState {
  readonly writer: WriterState;
  id: string | undefined;
  model: string | undefined;
  readonly choices: Map<number, Choice>;
  /** By callId. */
  readonly calls: Map<string, OpenCall>;
  callIds: CallIds | undefined;
  /** Whether a call waits for a decision. */
  waits: boolean;
  usage: Usage | undefined;
  usageText: string;
}

export function createWriterState(): WriterState {
  return { started: false, finished: false, settled: false, growing: undefined, touches: 0 };
}

export function createAnswerState(writer: WriterState): AnswerState {
  return {
    writer,
    id: undefined,
    model: undefined,
    choices: new Map(),
    calls: new Map(),
    callIds: undefined,
    waits: false,
    usage: undefined,
    usageText: '',
  };
}

export function choiceOf({ choices, writer }: AnswerState, index = 0): Choice {
  const known = choices.get(index);
  if (known) return known;
  const choice: Choice = { index, count: 0, current: undefined, byKey: new Map(), has: new Set(), end: undefined };
  choices.set(index, choice);
  writer.settled = false;
  return choice;
}

/** The block that a piece extends. */
export function blockOf(choice: Choice, kind: string, key: string | number | undefined): OpenBlock {
  const known = key === undefined ? choice.current : choice.byKey.get(key);
  if (known?.kind !== kind) return openBlock(choice, kind, key);
  choice.current = known;
  return known;
}

export function openBlock(choice: Choice, kind: string, key: string | number | undefined): OpenBlock {
  const block: OpenBlock = { number: choice.count++, kind, text: createGrowingText() };
  choice.current = block;
  if (key !== undefined) choice.byKey.set(key, block);
  return block;
}

/**
 * Notes that the payload that is being decoded has extended a text, or has written something else. Only where the text is all, may another
 * payload of its form be read without being decoded.
 */
export function touch({ writer }: AnswerState, text?: GrowingText): void {
  writer.growing = writer.touches++ === 0 ? text : undefined;
}
