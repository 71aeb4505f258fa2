import { isStreamError, LimitError, TruncatedError } from '../../errors.js';
import { maxEventBytes } from './bounds.js';
import type { EmitEvent, WireDecoder } from './wire.js';

/**
 * The reading state of one response. `codecs/sse` reads the same format faster and more of it: what providers send. A page loads this, which is
 * a third of its size.
 */
export interface FrameReader {
  readonly decoder: WireDecoder;
  readonly emit: EmitEvent;
  readonly utf8: TextDecoder;
  /** The pieces of the unfinished line, and their size in UTF-16 code units. */
  pieces: string[];
  held: number;
  afterCarriageReturn: boolean;
  /** The fields of the unfinished frame; whether it has any. */
  data: string | undefined;
  name: string;
  id: string;
  inside: boolean;
  stopped: boolean;
  /** The id of the last frame that was read, of this response or an earlier one of the same stream; empty if none had one. */
  lastId: string;
  /** Whether a frame came that an earlier response did not have. */
  moved: boolean;
}

/**
 * @param decoder It goes on where an earlier response of the same stream was cut.
 * @param lastId The id of the last frame of that response.
 */
export function createFrameReader(decoder: WireDecoder, emit: EmitEvent, lastId = ''): FrameReader {
  return {
    decoder,
    emit,
    utf8: new TextDecoder(),
    pieces: [],
    held: 0,
    afterCarriageReturn: false,
    data: undefined,
    name: '',
    id: '',
    inside: false,
    stopped: false,
    lastId,
    moved: lastId === '',
  };
}

/** Reads the next bytes: emits their events. @throws StreamError of the decoder, LimitError for a frame that is too large. */
export function readBytes(reader: FrameReader, bytes: Uint8Array): void {
  readText(reader, reader.utf8.decode(bytes, { stream: true }));
}

/** The body ended. @throws TruncatedError if the stream did not, EmptyStreamError if nothing came. */
export function endBytes(reader: FrameReader): void {
  const { decoder, emit } = reader;
  readText(reader, reader.utf8.decode());
  const rest = reader.pieces.join('');
  if (rest !== '') readLine(reader, rest);
  if (reader.data !== undefined) endFrame(reader, false);
  if (decoder.finished) return;
  if (reader.inside) throw new TruncatedError(undefined, { partial: decoder.partial });
  decoder.end(emit);
}

/** Stops at once, also in the middle of a chunk: nothing is emitted any more. */
export function stopReading(reader: FrameReader): void {
  reader.stopped = true;
  reader.pieces = [];
}

/** Finds lines, which end at LF, CRLF or CR. */
function readText(reader: FrameReader, text: string): void {
  if (text === '') return;
  let from = reader.afterCarriageReturn && text.startsWith('\n') ? 1 : 0;
  reader.afterCarriageReturn = text.endsWith('\r');
  const whole = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  for (let end = whole.indexOf('\n', from); end >= 0 && !reader.stopped; end = whole.indexOf('\n', from)) {
    reader.pieces.push(whole.slice(from, end));
    const line = reader.pieces.join('');
    reader.pieces = [];
    reader.held = 0;
    from = end + 1;
    readLine(reader, line);
  }
  if (reader.stopped || from === whole.length) return;
  reader.pieces.push(whole.slice(from));
  reader.held += whole.length - from;
  checkHeld(reader.held);
}

function readLine(reader: FrameReader, line: string): void {
  if (line === '') return endFrame(reader, true);
  const colon = line.indexOf(':');
  if (colon === 0) {
    if (!reader.decoder.finished) reader.emit({ type: 'ping' });
    return;
  }
  reader.inside = true;
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
  if (field === 'data') {
    reader.data = reader.data === undefined ? value : `${reader.data}\n${value}`;
    checkHeld(reader.data.length);
  } else if (field === 'event') reader.name = value;
  else if (field === 'id' && !value.includes('\0')) reader.id = value;
}

function endFrame(reader: FrameReader, whole: boolean): void {
  const { decoder, emit, data, name, id, lastId } = reader;
  reader.data = undefined;
  reader.name = '';
  if (whole) reader.inside = false;
  // A server may begin again with what it has sent, and what is cut comes again where there are ids.
  if (data === undefined || (!reader.moved && isSeen(id, lastId)) || (!whole && (id || lastId) !== '')) return;
  reader.moved = true;
  try {
    decoder.decode(data, name, emit);
  } catch (error) {
    // The data of a cut frame is no evidence against the server. That of a whole one, without its blank line, is read.
    if (whole || !isStreamError(error, 'malformed-event')) throw error;
  }
  reader.lastId = id || lastId;
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
