import { createGrowingText, type GrowingText } from '../../../codecs/text/growingText.js';
import type { ArgumentsFormat, JsonObject, JsonValue } from '../../../events.js';

/** The content of a choice, split where its kind changes. */
export type ChatBlock = TextBlock | ReasoningBlock | RefusalBlock | CallBlock | AudioBlock | OpaqueBlock;

export interface TextBlock {
  readonly kind: 'text';
  readonly number: number;
  /** The text so far; if content comes as a list, the text after the last of `parts`. */
  text: GrowingText;
  /** The parts before `text`, if content comes as a list. */
  parts: JsonValue[] | undefined;
  annotations: JsonValue[] | undefined;
  /** An opaque field that must go back to the server, for instance a thought signature. */
  extraContent: JsonValue | undefined;
}

export interface ReasoningBlock {
  readonly kind: 'reasoning';
  readonly number: number;
  /** The text so far, for each field that held it: servers use different fields, and some use two. */
  readonly reasoningContent: GrowingText;
  readonly reasoning: GrowingText;
  readonly reasoningText: GrowingText;
  /** The text of `thinking` parts, if content comes as a list. */
  readonly thinking: GrowingText;
  /** Structured pieces that must go back unchanged, by field. */
  details: Map<string, JsonObject[]> | undefined;
}

export interface RefusalBlock {
  readonly kind: 'refusal';
  readonly number: number;
  readonly text: GrowingText;
}

export interface CallBlock {
  readonly kind: 'tool_call' | 'function_call';
  readonly number: number;
  readonly format: ArgumentsFormat;
  /** The provider's own id. */
  id: string | undefined;
  /** Empty until `tool-call-start` is emitted, when the name is known. */
  callId: string;
  name: string;
  readonly argumentsText: GrowingText;
  /** Unknown fields of the call and of its function. */
  readonly extras: Map<string, JsonValue>;
  readonly functionExtras: Map<string, JsonValue>;
}

export interface AudioBlock {
  readonly kind: 'audio';
  readonly number: number;
  id: string | undefined;
}

/** Content that arrives whole. */
interface OpaqueBlock {
  readonly kind: 'image' | 'other';
  readonly number: number;
  /** The provider's own name for it. */
  readonly type: string;
  readonly native: JsonObject;
}

export function createTextBlock(number: number): TextBlock {
  return { kind: 'text', number, text: createGrowingText(), parts: undefined, annotations: undefined, extraContent: undefined };
}

export function createReasoningBlock(number: number): ReasoningBlock {
  return {
    kind: 'reasoning',
    number,
    reasoningContent: createGrowingText(),
    reasoning: createGrowingText(),
    reasoningText: createGrowingText(),
    thinking: createGrowingText(),
    details: undefined,
  };
}

export function createCallBlock(number: number, kind: CallBlock['kind'], format: ArgumentsFormat): CallBlock {
  const identity = { id: undefined, callId: '', name: '', argumentsText: createGrowingText() };
  return { kind, number, format, ...identity, extras: new Map(), functionExtras: new Map() };
}

export function isCall(block: ChatBlock): block is CallBlock {
  return block.kind === 'tool_call' || block.kind === 'function_call';
}
