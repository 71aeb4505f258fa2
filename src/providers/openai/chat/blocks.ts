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
  /** The text so far, by the field that held it: servers use different fields, and some use two. */
  readonly texts: Map<string, GrowingText>;
  /** Lists of structured pieces, by field: among them the parts of `content`. */
  details: Map<string, JsonObject[]> | undefined;
  /** Signatures, and reasoning in the form of an object, by field. */
  opaque: Map<string, JsonValue> | undefined;
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
  argumentsText: GrowingText;
  /** Its place in the list that opened it. */
  readonly position: number;
  /** How often it was checked whether the arguments are whole: bounded, so that the work stays linear. */
  checks: number;
  /** Unknown fields of the call and of its function. */
  readonly extras: Map<string, JsonValue>;
  readonly functionExtras: Map<string, JsonValue>;
}

export interface AudioBlock {
  readonly kind: 'audio';
  readonly number: number;
  id: string | undefined;
}

/** Content that arrives whole, and ends at once. */
export interface OpaqueBlock {
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
  return { kind: 'reasoning', number, texts: new Map(), details: undefined, opaque: undefined };
}

export function createCallBlock(number: number, kind: CallBlock['kind'], format: ArgumentsFormat, position = 0): CallBlock {
  const identity = { id: undefined, callId: '', name: '', argumentsText: createGrowingText(), position, checks: 0 };
  return { kind, number, format, ...identity, extras: new Map(), functionExtras: new Map() };
}

export function isCall(block: ChatBlock): block is CallBlock {
  return block.kind === 'tool_call' || block.kind === 'function_call';
}
