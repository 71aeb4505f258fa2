import { createLineOwner, type LineOwner } from '../text/lines.js';
import { createTextDecoding, type TextDecoding } from '../text/textDecoding.js';

/** The object that carries the decoding state of one subscription. The state is plain data, so that all streams share one decoder. */
export interface SseOwner extends LineOwner {
  readonly sse: SseState;
}

/** The decoding state of one event stream. */
export interface SseState {
  readonly maxEventBytes: number;
  readonly decoding: TextDecoding;
  /** The last `id` of a complete event, empty if there was none. */
  lastEventId: string;
  /** The last valid `retry`, in milliseconds. */
  retryMs: number | undefined;
  /** The fields of the event that is being read. */
  data: string[];
  name: string;
  latestName: string;
  id: string;
  /** The size of the unfinished line, and of the first `measured` data lines, in bytes. */
  pieceBytes: number;
  dataBytes: number;
  measured: number;
  /** Whether lines of an event were read, but not its blank line. */
  inside: boolean;
  /** The text in front of the data that matched last (`event: name\ndata: `), and the event name in it. */
  prefix: string;
  prefixName: string;
  begun: boolean;
}

export interface SseOptions {
  /** Largest event to hold, in bytes of its data lines. @defaultValue 16 MiB */
  readonly maxEventBytes?: number | undefined;
  /** Decodes the bytes to text. @defaultValue the platform's fastest way */
  readonly decoding?: TextDecoding | undefined;
}

/** The default of `maxEventBytes`: 16 MiB. */
export const defaultMaxEventBytes: number = 16 * 1024 * 1024;

/** Creates the state that the decoder needs for one stream. */
export function createSseOwner({
  maxEventBytes = defaultMaxEventBytes,
  decoding = createTextDecoding(),
}: SseOptions = {}): SseOwner {
  const sse: SseState = {
    maxEventBytes,
    decoding,
    lastEventId: '',
    retryMs: undefined,
    data: [],
    name: '',
    latestName: '',
    id: '',
    pieceBytes: 0,
    dataBytes: 0,
    measured: 0,
    inside: false,
    prefix: '',
    prefixName: '',
    begun: false,
  };
  return { ...createLineOwner(), sse };
}
