import { LimitError } from '../../errors.js';
import { flat } from '../text/flat.js';
import { createLineReader } from '../text/lines.js';
import type { SseOwner, SseState } from './sseState.js';

export interface SseHandlers<Owner> {
  /**
   * An event.
   * @param name Its `event` field, empty if none was sent.
   * @param whole False for a last event that lacks its blank line: its data may be cut.
   */
  message(owner: Owner, data: string, name: string, whole: boolean): void;
  comment(owner: Owner): void;
  /**
   * Where data ends that begins at a place of the text, if it is of one line and known by its form; else negative. Whatever is not taken as
   * `known` comes as a `message`. @defaultValue none is known
   * @param head What must stand before it: the place is where that begins.
   */
  endOfKnown?(owner: Owner, text: string, from: number, head: string): number;
  /** An event whose data `endOfKnown` was asked about last, in that text. */
  known?(owner: Owner, text: string, name: string): void;
}

export interface SseDecoder<Owner> {
  /** @throws LimitError past `maxEventBytes`, and whatever a handler throws. */
  write(owner: Owner, chunk: Uint8Array): void;
  /** The end of the bytes: delivers an unfinished last event. @returns whether they end inside an event. */
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
 * Decodes event streams as https://html.spec.whatwg.org/multipage/server-sent-events.html says, pushing each event as soon as its blank
 * line is there. It differs in one thing: an event that the end of the stream cuts is delivered, marked as not whole.
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
      // A code unit has at most 3 bytes, so that a small line needs no counting.
      if (sse.data.length > 0 || 3 * (end - from) > sse.maxEventBytes) checkSize(sse, byteLength(text.slice(from, end)));
      const first = text.charCodeAt(from);
      if (first === colon) return handlers.comment(owner);
      sse.inside = true;
      if (first === letterD && text.startsWith('data:', from)) readData(owner, text, valueStart(text, from + 5, end), end);
      else if (first === letterE && text.startsWith('event:', from))
        sse.name = knownName(sse, text.slice(valueStart(text, from + 6, end), end));
      else readField(sse, text.slice(from, end));
    },
    skip(owner, text, from) {
      const { inside, head, maxEventBytes } = owner.sse;
      const isSmall = 3 * text.length <= maxEventBytes;
      return inside || head === '' || !isSmall ? from : readKnown(owner, text, from);
    },
  });

  /**
   * Reads events that begin like the one before and have known data, each in one go, and tells where the next one begins. Their names are
   * all that they may have beside the data, so that nothing else is to be kept.
   */
  function readKnown(owner: Owner, text: string, start: number): number {
    const { lines, sse } = owner;
    let from = start;
    while (!lines.stopped) {
      const end = handlers.endOfKnown?.(owner, text, from, sse.head) ?? -1;
      if (end < 0 || !endsAt(text, end)) break;
      from = end + 2;
      handlers.known?.(owner, text, sse.headName);
    }
    return from;
  }

  function readData(owner: Owner, text: string, from: number, end: number): void {
    const { sse } = owner;
    const isWhole = sse.data.length === 0 && endsAt(text, end);
    if (!isWhole || handlers.endOfKnown?.(owner, text, from, '') !== end) return void sse.data.push(text.slice(from, end));
    if (sse.head === '' || sse.headName !== sse.name) learnHead(sse);
    sse.lastEventId = sse.id;
    handlers.known?.(owner, text, sse.name);
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

  /** A byte order mark may stand at the beginning, and only there. */
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

/** Most events have the name of the one before: the same string then, which keeps no chunk alive and is quickly compared. */
function knownName(sse: SseState, value: string): string {
  if (value !== sse.latestName) sse.latestName = flat(value);
  return sse.latestName;
}

function learnHead(sse: SseState): void {
  sse.headName = sse.name;
  sse.head = sse.name === '' ? 'data: ' : flat(`event: ${sse.name}\ndata: `);
}

function readField(sse: SseState, line: string): void {
  const separator = line.indexOf(':');
  const field = separator < 0 ? line : line.slice(0, separator);
  const value = separator < 0 ? '' : line.slice(valueStart(line, separator + 1, line.length));
  if (field === 'data') sse.data.push(value);
  else if (field === 'event') sse.name = value;
  else if (field === 'id' && !value.includes('\0')) sse.id = value;
  else if (field === 'retry' && /^[0-9]+$/.test(value)) sse.retryMs = Number(value);
}

function checkSize(sse: SseState, lineBytes: number): void {
  const { data, maxEventBytes } = sse;
  for (; sse.measured < data.length; sse.measured++) sse.dataBytes += byteLength(data[sse.measured] ?? '') + 1;
  if (sse.dataBytes + lineBytes > maxEventBytes) throw new LimitError('maxEventBytes', maxEventBytes);
}

/** Whether a line ends here, and with it an event. */
function endsAt(text: string, at: number): boolean {
  return text.charCodeAt(at) === lineFeed && text.charCodeAt(at + 1) === lineFeed;
}

/** One space after the colon is not part of the value. */
function valueStart(text: string, from: number, end: number): number {
  return from < end && text.charCodeAt(from) === space ? from + 1 : from;
}

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return typeof globalThis.Buffer === 'function' ? globalThis.Buffer.byteLength(text) : encoder.encode(text).length;
}
