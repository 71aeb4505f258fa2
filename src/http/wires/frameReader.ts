import { isStreamError, LimitError, TruncatedError } from '../../errors.js';
import { maxEventBytes } from './bounds.js';
import type { EmitEvent, WireDecoder } from './wire.js';

/**
 * Reads the frames of one response. `codecs/sse` reads the same format faster and more of it: what providers send. A page loads this, which is a
 * fifth of its size.
 */
export interface FrameReader {
  /** The id of the last frame that was read, of this response or an earlier one of the same stream; empty if none had one. */
  readonly lastId: string;
  /** Whether a frame came that an earlier response did not have. */
  readonly moved: boolean;
  /** Reads the next bytes: emits their events. @throws StreamError of the decoder, LimitError for a frame that is too large. */
  read(bytes: Uint8Array): void;
  /** The body ended. @throws TruncatedError if the stream did not, EmptyStreamError if nothing came. */
  end(): void;
  /** Stops at once, also in the middle of a chunk: nothing is emitted any more. */
  stop(): void;
}

/**
 * @param decoder It goes on where an earlier response of the same stream was cut.
 * @param lastId The id of the last frame of that response.
 */
export function createFrameReader(decoder: WireDecoder, emit: EmitEvent, lastId = ''): FrameReader {
  const utf8 = new TextDecoder();
  /** The pieces of the unfinished line, and their size in UTF-16 code units. */
  let pieces: string[] = [];
  let held = 0;
  let afterCarriageReturn = false;
  /** The fields of the unfinished frame; whether it has any. */
  let data: string | undefined;
  let name = '';
  let id = '';
  let inside = false;
  let stopped = false;
  let last = lastId;
  let moved = lastId === '';

  /** Finds lines, which end at LF, CRLF or CR. */
  function readText(text: string): void {
    if (text === '') return;
    let from = afterCarriageReturn && text.startsWith('\n') ? 1 : 0;
    afterCarriageReturn = text.endsWith('\r');
    const whole = text.replace(/\r\n?/g, '\n');
    for (let end = whole.indexOf('\n', from); end >= 0 && !stopped; end = whole.indexOf('\n', from)) {
      const line = pieces.join('') + whole.slice(from, end);
      pieces = [];
      held = 0;
      from = end + 1;
      readLine(line);
    }
    if (stopped || from === whole.length) return;
    pieces.push(whole.slice(from));
    held += whole.length - from;
    checkHeld(held);
  }

  function readLine(line: string): void {
    if (line === '') return endFrame(true);
    const colon = line.indexOf(':');
    if (colon === 0) {
      if (!decoder.finished) emit({ type: 'ping' });
      return;
    }
    inside = true;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') {
      data = data === undefined ? value : `${data}\n${value}`;
      checkHeld(data.length);
    } else if (field === 'event') name = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  function endFrame(whole: boolean): void {
    const frame = data;
    const event = name;
    data = undefined;
    name = '';
    if (whole) inside = false;
    // A server may begin again with what it has sent, and what is cut comes again where there are ids.
    if (frame === undefined || (!moved && isSeen(id, last)) || (!whole && (id || last) !== '')) return;
    moved = true;
    try {
      decoder.decode(frame, event, emit);
    } catch (error) {
      // The data of a cut frame is no evidence against the server. That of a whole one, without its blank line, is read.
      if (whole || !isStreamError(error, 'malformed-event')) throw error;
    }
    last = id || last;
  }

  return {
    get lastId() {
      return last;
    },
    get moved() {
      return moved;
    },
    read: (bytes) => readText(utf8.decode(bytes, { stream: true })),
    end() {
      readText(utf8.decode());
      const rest = pieces.join('');
      if (rest !== '') readLine(rest);
      endFrame(false);
      if (decoder.finished) return;
      if (inside) throw new TruncatedError(undefined, { partial: decoder.partial });
      decoder.end(emit);
    },
    stop() {
      stopped = true;
      pieces = [];
    },
  };
}

/** Bytes are at least as many, and are counted where the frame is decoded. */
function checkHeld(units: number): void {
  if (units > maxEventBytes) throw new LimitError('maxEventBytes', maxEventBytes);
}

/** Whether a frame came before the last one that was read, or is that one: `epoch-7` comes before `epoch-12`. */
function isSeen(id: string, lastId: string): boolean {
  const [from, last] = [id, lastId].map((each) => each.search(/\d{1,15}$/));
  return id === lastId || (id.slice(0, from) === lastId.slice(0, last) && Number(id.slice(from)) <= Number(lastId.slice(last)));
}
