import { append, createGrowingText, type GrowingText, wholeText } from '../codecs/text/growingText.js';
import type { DeltaEvent, JsonValue, MessagePart, ToolCall } from '../events.js';

type Mutable<T> = T extends unknown ? { -readonly [Key in keyof T]: T[Key] } : never;

/** A part of a message that more events may add to. */
export interface OpenPart {
  /** The part, without what grows. */
  readonly part: Mutable<MessagePart>;
  /** Its text, or a call's argument text. */
  readonly text: GrowingText;
}

/** The part that an event begins; `undefined` for an event that begins none. */
export function openPart(event: DeltaEvent): OpenPart | undefined {
  const part = partOf(event);
  return part && { part, text: createGrowingText('text' in part ? part.text : '') };
}

function partOf(event: DeltaEvent): Mutable<MessagePart> | undefined {
  switch (event.type) {
    case 'text-delta':
      return { type: 'text', text: event.text, phase: event.phase, native: undefined };
    case 'reasoning-delta':
      return { type: 'reasoning', text: event.text, native: undefined };
    case 'refusal-delta':
      return { type: 'refusal', text: event.text, native: undefined };
    case 'tool-call-start': {
      const { callId, name, executor, format } = event;
      const call = { callId, name, argumentsText: '', input: undefined, executor, format, ended: false };
      return { type: 'tool-call', ...call, native: undefined };
    }
    case 'tool-result': {
      const { callId, name, output, isError } = event;
      return { type: 'tool-result', callId, name, output, isError, native: undefined };
    }
    case 'file': {
      const { mediaType, data, transcript } = event;
      return { type: 'file', mediaType, data, transcript, native: undefined };
    }
    case 'block-end':
      return { type: 'other', kind: event.kind, native: event.native };
    default:
      return undefined;
  }
}

/** Adds an event to the part of its block, and tells whether it belongs there. */
export function extendPart({ part, text }: OpenPart, event: DeltaEvent): boolean {
  switch (event.type) {
    case 'text-delta':
      return part.type === 'text' && added(text, event.text);
    case 'reasoning-delta':
      return part.type === 'reasoning' && added(text, event.text);
    case 'refusal-delta':
      return part.type === 'refusal' && added(text, event.text);
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
    case 'block-end':
      part.native = event.native;
      return true;
    default:
      return false;
  }
}

/** The part as it is now, for whoever asked: later events leave it alone. */
export function closePart({ part, text }: OpenPart): MessagePart {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return { ...part, text: wholeText(text) };
    case 'tool-call': {
      const argumentsText = part.ended ? part.argumentsText : wholeText(text);
      return { ...part, argumentsText, input: parseInput({ ...part, argumentsText }) };
    }
    default:
      return { ...part };
  }
}

function added(text: GrowingText, piece: string): true {
  append(text, piece);
  return true;
}

function parseInput({ argumentsText, format, ended }: ToolCall): JsonValue | undefined {
  if (!ended || format === 'text') return undefined;
  if (argumentsText.trim() === '') return {};
  try {
    return JSON.parse(argumentsText) as JsonValue;
  } catch {
    return undefined;
  }
}
