import { LimitError } from '../errors.js';
import { flat } from './flat.js';
import { createLineReader } from './lines.js';
import { createTextDecoding, type TextDecoding } from './textDecoding.js';

export interface SseHandlers {
  /**
   * An event.
   * @param name Its `event` field, empty if none was sent.
   * @param whole False for a last event that lacks its blank line: its data may be cut.
   */
  message(data: string, name: string, whole: boolean): void;
  comment(): void;
  /**
   * Where data ends that begins at a place of the text, if it is of one line and known by its form; else negative. Whatever is not taken as
   * `known` comes as a `message`. @defaultValue none is known
   * @param head What must stand before it: the place is where that begins.
   */
  endOfKnown?(text: string, from: number, head: string): number;
  /** An event whose data `endOfKnown` was asked about last, in that text. */
  known?(text: string, name: string): void;
}

export interface SseOptions {
  /** Largest event to hold, in bytes of its data lines. @defaultValue 16 MiB */
  readonly maxEventBytes?: number | undefined;
  /** How bytes become text. @defaultValue the platform's fastest */
  readonly decoding?: TextDecoding | undefined;
}

export interface SseDecoder {
  /** The last `id` that an event had, empty if none. */
  readonly lastEventId: string;
  /** The last valid `retry`, in milliseconds. */
  readonly retryMs: number | undefined;
  /** @throws LimitError past `maxEventBytes`, and whatever a handler throws. */
  write(chunk: Uint8Array): void;
  /** The end of the bytes: delivers an unfinished last event. @returns whether they end inside an event. */
  end(): boolean;
  /** Stops at once, also in the middle of a chunk: no handler is called any more. */
  stop(): void;
}

/** The cap on an event that nobody set. */
export const defaultMaxEventBytes: number = 16 * 1024 * 1024;

const lineFeed = 10;
const space = 32;
const colon = 58;
const letterD = 100;
const letterE = 101;

/**
 * Decodes an event stream as https://html.spec.whatwg.org/multipage/server-sent-events.html says, pushing each event as soon as its blank
 * line is there. It differs in one thing: an event that the end of the stream cuts is delivered, marked as not whole.
 */
export function createSseDecoder(handlers: SseHandlers, options: SseOptions = {}): SseDecoder {
  const { maxEventBytes = defaultMaxEventBytes, decoding = createTextDecoding() } = options;
  /** The event so far. */
  let data: string[] = [];
  let name = '';
  let latestName = '';
  let id = '';
  /** How many bytes the line has whose end has not come, and the first `measured` data lines. */
  let pieceBytes = 0;
  let dataBytes = 0;
  let measured = 0;

  /** Whether a line of an event came whose blank line has not. */
  let inside = false;
  /** What stood before the data that was known last, and the name it gave the event. */
  let head = '';
  let headName = '';
  let begun = false;
  let stopped = false;
  let lastEventId = '';
  let retryMs: number | undefined;

  const lines = createLineReader({
    piece(text) {
      pieceBytes += byteLength(text);
      checkSize(pieceBytes);
    },
    line(text, from, end) {
      pieceBytes = 0;
      if (from === end) return dispatch(true);
      // A code unit has at most 3 bytes, so that a small line needs no counting.
      if (data.length > 0 || 3 * (end - from) > maxEventBytes) checkSize(byteLength(text.slice(from, end)));
      const first = text.charCodeAt(from);
      if (first === colon) return handlers.comment();
      inside = true;
      if (first === letterD && text.startsWith('data:', from)) readData(text, valueStart(text, from + 5, end), end);
      else if (first === letterE && text.startsWith('event:', from))
        name = knownName(text.slice(valueStart(text, from + 6, end), end));
      else readField(text.slice(from, end));
    },
    skip(text, from) {
      const isSmall = 3 * text.length <= maxEventBytes;
      return inside || head === '' || !isSmall ? from : readKnown(text, from);
    },
  });

  /**
   * Reads events that begin like the one before and have known data, each in one go, and tells where the next one begins. Their names are
   * all that they may have beside the data, so that nothing else is to be kept.
   */
  function readKnown(text: string, start: number): number {
    let from = start;
    while (!stopped) {
      const end = handlers.endOfKnown?.(text, from, head) ?? -1;
      if (end < 0 || !endsAt(text, end)) break;
      from = end + 2;
      handlers.known?.(text, headName);
    }
    return from;
  }

  /** Most events have the name of the one before: the same string then, which keeps no chunk alive and is quickly compared. */
  function knownName(value: string): string {
    if (value !== latestName) latestName = flat(value);
    return latestName;
  }

  function readData(text: string, from: number, end: number): void {
    const isWhole = data.length === 0 && endsAt(text, end);
    if (!isWhole || handlers.endOfKnown?.(text, from, '') !== end) return void data.push(text.slice(from, end));
    if (head === '' || headName !== name) learnHead();
    lastEventId = id;
    handlers.known?.(text, name);
  }

  function learnHead(): void {
    headName = name;
    head = name === '' ? 'data: ' : flat(`event: ${name}\ndata: `);
  }

  function readField(line: string): void {
    const separator = line.indexOf(':');
    const field = separator < 0 ? line : line.slice(0, separator);
    const value = separator < 0 ? '' : line.slice(valueStart(line, separator + 1, line.length));
    if (field === 'data') data.push(value);
    else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^[0-9]+$/.test(value)) retryMs = Number(value);
  }

  function dispatch(whole: boolean): void {
    const values = data;
    const event = name;
    if (whole) inside = false;
    if (whole) lastEventId = id;
    name = '';
    if (values.length === 0) return;
    data = [];
    dataBytes = 0;
    measured = 0;
    handlers.message(values.length === 1 ? (values[0] ?? '') : values.join('\n'), event, whole);
  }

  function checkSize(lineBytes: number): void {
    for (; measured < data.length; measured++) dataBytes += byteLength(data[measured] ?? '') + 1;
    if (dataBytes + lineBytes > maxEventBytes) throw new LimitError('maxEventBytes', maxEventBytes);
  }

  /** A byte order mark may stand at the beginning, and only there. */
  function read(text: string): void {
    lines.write(!begun && text.startsWith('\ufeff') ? text.slice(1) : text);
    begun ||= text !== '';
  }

  return {
    get lastEventId() {
      return lastEventId;
    },
    get retryMs() {
      return retryMs;
    },
    write(chunk) {
      if (!stopped) read(decoding.decode(chunk));
    },
    end() {
      if (stopped) return false;
      read(decoding.end());
      lines.end();
      if (!stopped) dispatch(false);
      stopped = true;
      return inside;
    },
    stop() {
      stopped = true;
      data = [];
      lines.stop();
    },
  };
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
