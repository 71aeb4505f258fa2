import { type EntryPlace, readEntryId } from '../durable/entryId.js';
import type { StreamEntry, StreamTerminal } from '../durable/streamStore.js';
import { fromErrorInfo, GapError, MalformedEventError } from '../errors.js';
import type { DeltaEvent, ErrorInfo } from '../events.js';
import { eventFields } from '../http/wires/fields/eventFields.js';
import { isRecord, readFields } from '../http/wires/fields/readers.js';

/** An entry of a log: a claim has neither a value nor an end. */
export interface LogEntry {
  readonly id: string;
  readonly place: EntryPlace;
  /** What readers get. */
  readonly value: StreamEntry | undefined;
  readonly end: StreamTerminal | undefined;
  /** The last entry before a claim: empty text for none. */
  readonly prev: string | undefined;
}

export function encodeEvent(event: DeltaEvent): string {
  return JSON.stringify(event);
}

export function encodeTerminal(terminal: StreamTerminal): string {
  return JSON.stringify(terminal);
}

/** Reads the entries of a reply. @throws MalformedEventError for what this package has not written. */
export function readEntries(reply: unknown): readonly LogEntry[] {
  if (!Array.isArray(reply)) throw new MalformedEventError('The reply of Redis has no entries', { retryable: false });
  return reply.map(readEntry);
}

function readEntry(reply: unknown): LogEntry {
  const [id, fields] = (Array.isArray(reply) ? reply : []) as readonly unknown[];
  const [field, value, , prev] = (Array.isArray(fields) ? fields : []) as readonly unknown[];
  const place = readEntryId(id);
  if (typeof id !== 'string' || !place || typeof value !== 'string') throw foreign();
  if (field === 'event') return eventEntry(id, place, value);
  if (field === 'end') return { id, place, value: undefined, end: readTerminal(value), prev: undefined };
  if (field === 'claim') {
    return { id, place, value: undefined, end: undefined, prev: typeof prev === 'string' ? prev : '' };
  }
  throw foreign();
}

/** The entry of an event that is stored as this JSON. */
export function eventEntry(id: string, place: EntryPlace, json: string): LogEntry {
  return { id, place, value: { id, event: readEvent(json) }, end: undefined, prev: undefined };
}

/** JSON has no `undefined`: the fields that it left out are there again. What a later version has written passes as it is. */
function readEvent(json: string): DeltaEvent {
  const payload: unknown = JSON.parse(json);
  if (!isRecord(payload) || typeof payload.type !== 'string') throw foreign();
  const fields = Object.hasOwn(eventFields, payload.type) ? eventFields[payload.type as DeltaEvent['type']] : undefined;
  return (fields ? readFields(payload.type, fields, payload) : payload) as unknown as DeltaEvent;
}

function readTerminal(json: string): StreamTerminal {
  const terminal: unknown = JSON.parse(json);
  if (isRecord(terminal) && terminal.type === 'complete') return { type: 'complete' };
  if (isRecord(terminal) && terminal.type === 'error' && isRecord(terminal.error)) {
    return { type: 'error', error: terminal.error as unknown as ErrorInfo };
  }
  throw foreign();
}

function foreign(): MalformedEventError {
  return new MalformedEventError('The log in Redis has an entry that is none of ours', { retryable: false });
}

/** Whether an entry is the next one after `last`; a claim names the entry before it. */
export function follows(last: LogPlace | undefined, { place, prev }: LogEntry): boolean {
  if (prev !== undefined) return prev === (last?.id ?? '');
  return last !== undefined && place.epoch === last.place.epoch && place.seq === last.place.seq + 1;
}

/** Where a reader is in a log. */
export type LogPlace = Pick<LogEntry, 'id' | 'place'>;

export function lostEntries(): GapError {
  return new GapError('Entries of the stream were lost', { code: 'lost' });
}

/** The error of a terminal; `undefined` if the stream is complete. */
export function terminalError(terminal: StreamTerminal): Error | undefined {
  return terminal.type === 'error' ? fromErrorInfo(terminal.error) : undefined;
}
