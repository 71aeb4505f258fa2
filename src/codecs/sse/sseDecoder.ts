import { LimitError } from '../../errors.js';
import { createLineReader } from '../text/lines.js';
import { flatCopy } from '../text/textDecoding.js';
import type { SseOwner, SseState } from './sseState.js';

export interface SseHandlers<Owner> {
  /**
   * Receives an event.
   * @param name Its `event` field, empty if none was sent.
   * @param whole False for a last event without its blank line: its data may be cut.
   */
  message(owner: Owner, data: string, name: string, whole: boolean): void;
  comment(owner: Owner): void;
  /** Receives a line that is no field and no comment. @defaultValue such a line is ignored, as the specification has it */
  stray?(owner: Owner, line: string): void;
  /**
   * Recognizes one line of data in place, without a copy. Returns the index at which the data ends, or a negative number if it is not
   * recognized: such data goes to `message`. @defaultValue no data is recognized
   * @param from Where the prefix begins, or the data if the prefix is empty.
   * @param prefix Text that must precede the data.
   */
  matchData?(owner: Owner, text: string, from: number, prefix: string): number;
  /** Receives the event with the data that `matchData` recognized last, in the same text. */
  matched?(owner: Owner, text: string, name: string): void;
}

export interface SseDecoder<Owner> {
  /** Decodes the next bytes. @throws LimitError past `maxEventBytes`, and errors thrown by a handler. */
  write(owner: Owner, chunk: Uint8Array): void;
  /** Ends the bytes: emits an unfinished last event. @returns Whether the bytes end inside an event. */
  end(owner: Owner): boolean;
  /** Stops at once, also in the middle of a chunk: no handler is called any more. */
  stop(owner: Owner): void;
}

const lineFeed = 10;
const space = 32;
const colon = 58;
const letterD = 100;
const letterE = 101;

/**
 * Decodes event streams as specified in https://html.spec.whatwg.org/multipage/server-sent-events.html, and emits each event as soon as its
 * blank line is read. One difference: an event that is cut by the end of the stream is emitted, marked as not whole.
 */
export function createSseDecoder<Owner extends SseOwner>(handlers: SseHandlers<Owner>): SseDecoder<Owner> {
  const lines = createLineReader<Owner>({
    piece({ sse }, text) {
      sse.pieceBytes += byteLength(text);
      checkSize(sse, sse.pieceBytes);
    },
    line(owner, text, from, end) {
      const { sse } = owner;
      sse.pieceBytes = 0;
      if (from === end) return dispatch(owner, true);
      // A code unit has at most 3 bytes, so a small line need not be measured.
      if (sse.data.length > 0 || 3 * (end - from) > sse.maxEventBytes) checkSize(sse, byteLength(text.slice(from, end)));
      const first = text.charCodeAt(from);
      if (first === colon) return handlers.comment(owner);
      sse.inside = true;
      if (first === letterD && text.startsWith('data:', from)) readData(owner, text, valueStart(text, from + 5, end), end);
      else if (first === letterE && text.startsWith('event:', from))
        sse.name = sharedName(sse, text.slice(valueStart(text, from + 6, end), end));
      else if (!readField(sse, text.slice(from, end))) handlers.stray?.(owner, text.slice(from, end));
    },
    readAhead(owner, text, from) {
      const { inside, prefix, maxEventBytes } = owner.sse;
      const isSmall = 3 * text.length <= maxEventBytes;
      return inside || prefix === '' || !isSmall ? from : readMatchingEvents(owner, text, from);
    },
  });

  /**
   * Reads each event with the same prefix as the last one and recognized data in one step, and returns the index of the next event. Such
   * events have no fields but a name and data, so no other state changes.
   */
  function readMatchingEvents(owner: Owner, text: string, start: number): number {
    const { lines, sse } = owner;
    let from = start;
    while (!lines.stopped) {
      const end = handlers.matchData?.(owner, text, from, sse.prefix) ?? -1;
      if (end < 0 || !endsAt(text, end)) break;
      from = end + 2;
      handlers.matched?.(owner, text, sse.prefixName);
    }
    return from;
  }

  function readData(owner: Owner, text: string, from: number, end: number): void {
    const { sse } = owner;
    const isWhole = sse.data.length === 0 && endsAt(text, end);
    if (!isWhole || handlers.matchData?.(owner, text, from, '') !== end) return void sse.data.push(text.slice(from, end));
    if (sse.prefix === '' || sse.prefixName !== sse.name) setPrefix(sse);
    sse.lastEventId = sse.id;
    handlers.matched?.(owner, text, sse.name);
  }

  function dispatch(owner: Owner, whole: boolean): void {
    const { sse } = owner;
    const { data, name } = sse;
    if (whole) sse.inside = false;
    if (whole) sse.lastEventId = sse.id;
    sse.name = '';
    if (data.length === 0) return;
    sse.data = [];
    sse.dataBytes = 0;
    sse.measured = 0;
    handlers.message(owner, data.length === 1 ? (data[0] ?? '') : data.join('\n'), name, whole);
  }

  /** Drops a byte order mark, at the beginning of the stream only. */
  function read(owner: Owner, text: string): void {
    lines.write(owner, !owner.sse.begun && text.startsWith('\ufeff') ? text.slice(1) : text);
    owner.sse.begun ||= text !== '';
  }

  return {
    write(owner, chunk) {
      if (!owner.lines.stopped) read(owner, owner.sse.decoding.decode(chunk));
    },
    end(owner) {
      if (owner.lines.stopped) return false;
      read(owner, owner.sse.decoding.end());
      lines.end(owner);
      if (!owner.lines.stopped) dispatch(owner, false);
      lines.stop(owner);
      return owner.sse.inside;
    },
    stop(owner) {
      owner.sse.data = [];
      lines.stop(owner);
    },
  };
}

/** Most events have the same name as the one before. They share one string, which does not keep a chunk alive and compares fast. */
function sharedName(sse: SseState, value: string): string {
  if (value !== sse.latestName) sse.latestName = flatCopy(value);
  return sse.latestName;
}

function setPrefix(sse: SseState): void {
  sse.prefixName = sse.name;
  sse.prefix = sse.name === '' ? 'data: ' : flatCopy(`event: ${sse.name}\ndata: `);
}

/** @returns Whether the line is a field. One is added to those of the specification: servers send `error: {…}`, an event of that name. */
function readField(sse: SseState, line: string): boolean {
  const separator = line.indexOf(':');
  const field = separator < 0 ? line : line.slice(0, separator);
  const value = separator < 0 ? '' : line.slice(valueStart(line, separator + 1, line.length));
  if (field === 'data') sse.data.push(value);
  else if (field === 'event') sse.name = value;
  else if (field === 'id') sse.id = value.includes('\0') ? sse.id : value;
  else if (field === 'retry') sse.retryMs = /^[0-9]+$/.test(value) ? Number(value) : sse.retryMs;
  else if (field === 'error' && value.startsWith('{')) {
    sse.name = field;
    sse.data.push(value);
  } else return false;
  return true;
}

function checkSize(sse: SseState, lineBytes: number): void {
  const { data, maxEventBytes } = sse;
  for (; sse.measured < data.length; sse.measured++) sse.dataBytes += byteLength(data[sse.measured] ?? '') + 1;
  if (sse.dataBytes + lineBytes > maxEventBytes) throw new LimitError('maxEventBytes', maxEventBytes);
}

/** Whether a line and its event end at this index. */
function endsAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === lineFeed && text.charCodeAt(at + 1) === lineFeed;
}

/** One space after the colon is not part of the value. */
function valueStart(text: string, from: number, end: number): number {
  return from < end && text.charCodeAt(from) === space ? from + 1 : from;
}

/** A TextEncoder is created where it is used: Jest's jsdom has none, and must still be able to load this module. */
function byteLength(text: string): number {
  return typeof globalThis.Buffer === 'function' ? globalThis.Buffer.byteLength(text) : new TextEncoder().encode(text).length;
}
