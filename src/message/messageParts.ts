import { tryParseRawJson } from '../codecs/json/tryParseJson.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../codecs/text/growingText.js';
import type { DeltaEvent, JsonValue, MessagePart, ToolCall } from '../events.js';

type Mutable<T> = T extends unknown ? { -readonly [Key in keyof T]: T[Key] } : never;

/** A part of a message while events extend it. */
export interface GrowingPart {
  /** The part without the text that grows. */
  readonly part: Mutable<MessagePart>;
  /** The text of the part, or the argument text of a call. */
  readonly text: GrowingText;
  /** The number of its block; of a part without one, that of the part before it. */
  readonly block: number;
}

/**
 * @param step The step of the part.
 * @param latest The block of the latest part.
 * @returns A new part with the content of the event; `undefined` if no part can start with such an event.
 */
export function startPart(event: DeltaEvent, step: number, latest: number): GrowingPart | undefined {
  const part = firstPart(event, step);
  return (
    part && { part, text: createGrowingText('text' in part ? part.text : ''), block: 'block' in event ? event.block : latest }
  );
}

function firstPart(event: DeltaEvent, step: number): Mutable<MessagePart> | undefined {
  const origin = { step, native: undefined, nativeFormat: undefined };
  switch (event.type) {
    case 'text-delta':
      return { type: 'text', ...contentOf(event), ...origin };
    case 'reasoning-delta':
      return { type: 'reasoning', ...contentOf(event), ...origin };
    case 'refusal-delta':
      return { type: 'refusal', ...contentOf(event), ...origin };
    case 'tool-call-start':
      return { type: 'tool-call', ...contentOf(event), argumentsText: '', input: undefined, ended: false, ...origin };
    case 'tool-result':
      return event.preliminary ? undefined : { type: 'tool-result', ...contentOf(event), ...origin };
    case 'tool-approval':
      return { type: 'approval', ...contentOf(event), ...origin };
    case 'file':
      return { type: 'file', ...contentOf(event), ...origin };
    case 'block-end':
      return { type: 'other', kind: event.kind, step, native: event.native, nativeFormat: event.format };
    default:
      return undefined;
  }
}

/** The fields that only an event has. */
interface EventFields {
  readonly type: unknown;
  readonly block?: unknown;
  readonly choice?: unknown;
  readonly preliminary?: unknown;
  readonly final?: unknown;
}

function contentOf<E extends EventFields>(event: E): Omit<E, keyof EventFields> {
  const { type, block, choice, preliminary, final, ...content } = event;
  return content;
}

/**
 * Adds an event to the part of its block.
 * @returns False if the event is of another kind than the part, and starts a part of its own.
 */
export function extendPart({ part, text }: GrowingPart, event: DeltaEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      if (event.type !== `${part.type}-delta`) return false;
      append(text, event.text);
      return true;
    case 'tool-call-delta':
      if (part.type === 'tool-call') append(text, event.argumentsText);
      return true;
    case 'tool-call-end':
      if (part.type !== 'tool-call') return true;
      part.argumentsText = event.argumentsText;
      part.ended = true;
      return true;
    case 'file':
      if (part.type !== 'file') return false;
      part.data = event.final ? event.data || part.data : part.data + event.data;
      if (event.transcript !== undefined) part.transcript = (part.transcript ?? '') + event.transcript;
      return true;
    case 'tool-approval':
      if (part.type === 'approval') part.approved = event.approved;
      return true;
    case 'block-end':
      part.native = event.native;
      part.nativeFormat = event.format;
      return true;
    default:
      return false;
  }
}

/**
 * A snapshot of the part: later events do not change it.
 * @param read Reads its text. @defaultValue for an occasional reader
 */
export function toMessagePart({ part, text }: GrowingPart, read: (text: GrowingText) => string = wholeText): MessagePart {
  if ('text' in part) return { ...part, text: read(text) };
  if (part.type !== 'tool-call') return { ...part };
  const call = { ...part, argumentsText: part.ended ? part.argumentsText : read(text) };
  return { ...call, input: parseInput(call) };
}

export function toToolCall({
  type,
  step,
  native,
  nativeFormat,
  ...call
}: MessagePart & { readonly type: 'tool-call' }): ToolCall {
  return call;
}

function parseInput({ argumentsText, format, ended }: ToolCall): JsonValue | undefined {
  if (!ended || format === 'text') return undefined;
  return argumentsText.trim() === '' ? {} : tryParseRawJson(argumentsText);
}
