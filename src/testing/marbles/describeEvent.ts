import { isStreamError } from '../../errors.js';
import { type DeltaEvent, isDeltaEvent, type Usage } from '../../events.js';

/** Describes a value in a few words, for the message of a failed test or for a picture. */
export function describeValue(value: unknown): string {
  if (isDeltaEvent(value)) return describeEvent(value);
  if (value instanceof Error) return describeError(value);
  return shorten(toText(value), 100);
}

function describeEvent(event: DeltaEvent): string {
  try {
    const details = detailsOf(event);
    return shorten(details === '' ? event.type : `${event.type} ${details}`, 100);
  } catch {
    // A value with the type of an event but without its fields.
    return shorten(toText(event), 100);
  }
}

function detailsOf(event: DeltaEvent): string {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return quote(event.text);
    case 'tool-call-start':
      return `${event.callId} ${event.name}`;
    case 'tool-call-delta':
      return `${event.callId} ${quote(event.argumentsText)}`;
    case 'tool-call-end':
      return `${event.callId} ${event.name}(${event.argumentsText})`;
    case 'tool-result':
      return `${event.callId} ${event.preliminary ? 'progress ' : ''}${toText(event.output)}`;
    case 'tool-approval':
      return `${event.callId} ${event.approved === undefined ? 'waits' : event.approved ? 'approved' : 'denied'}`;
    case 'usage':
      return describeUsage(event.usage);
    case 'finish':
      return event.reason;
    case 'reset':
      return `attempt ${event.attempt} after ${event.error.kind}`;
    case 'step':
      return String(event.step);
    case 'citation':
      return event.url ?? '';
    case 'file':
      return event.mediaType;
    case 'block-end':
      return event.kind;
    case 'raw':
      return event.name;
    default:
      return '';
  }
}

function describeUsage({ inputTokens, outputTokens, cost }: Usage): string {
  const price = cost === undefined ? '' : `, ${cost.total} ${cost.currency}`;
  return `${inputTokens ?? '?'} + ${outputTokens ?? '?'} tokens${price}`;
}

/** Describes an error by its class, its kind and its partial text. */
export function describeError(error: unknown): string {
  if (isStreamError(error)) {
    const partial = error.partial === undefined ? '' : `, partial ${quote(error.partial.text)}`;
    return `${error.name} (${error.kind}${partial})`;
  }
  if (error instanceof Error) return `${error.name} ${quote(error.message)}`;
  return shorten(toText(error), 100);
}

/** A value as JSON; a value that JSON cannot represent, as `String` writes it. */
export function toText(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (typeof value === 'object' && value !== null && 'asymmetricMatch' in value) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

function quote(text: string): string {
  return shorten(JSON.stringify(text), 60);
}

/** The first characters of a text; a surrogate pair is never split. */
export function shorten(text: string, length: number): string {
  const beginning = [...text.slice(0, 2 * length)];
  return beginning.length <= length && text.length <= 2 * length ? text : `${beginning.slice(0, length - 1).join('')}…`;
}

/** Shortens two texts to the part in which they differ. */
export function contrast(one: string, other: string, length: number): readonly [string, string] {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  const from = same < length / 2 ? 0 : same - 20;
  const part = (text: string): string => shorten(from === 0 ? text : `…${text.slice(from)}`, length);
  return [part(one), part(other)];
}
