import { createLineOwner, type LineOwner } from '../text/lines.js';
import { createTextDecoding, type TextDecoding } from '../text/textDecoding.js';

/** Whose bytes are decoded: where decoding stands is kept there, as plain data, so that a thousand streams share one decoder. */
export interface SseOwner extends LineOwner {
  readonly sse: SseState;
}

/** Where the decoding of an event stream stands. */
export interface SseState {
  readonly maxEventBytes: number;
  readonly decoding: TextDecoding;
  /** The last `id` that an event had, empty if none. */
  lastEventId: string;
  /** The last valid `retry`, in milliseconds. */
  retryMs: number | undefined;
  /** The event so far. */
  data: string[];
  name: string;
  latestName: string;
  id: string;
  /** How many bytes the line has whose end has not come, and the first `measured` data lines. */
  pieceBytes: number;
  dataBytes: number;
  measured: number;
  /** Whether a line of an event came whose blank line has not. */
  inside: boolean;
  /** What stood before the data that was known last, and the name it gave the event. */
  head: string;
  headName: string;
  begun: boolean;
}

export interface SseOptions {
  /** Largest event to hold, in bytes of its data lines. @defaultValue 16 MiB */
  readonly maxEventBytes?: number | undefined;
  /** How bytes become text. @defaultValue the platform's fastest */
  readonly decoding?: TextDecoding | undefined;
}

/** The cap on an event that nobody set. */
export const defaultMaxEventBytes: number = 16 * 1024 * 1024;

/** What the owner of an event stream needs. */
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
    head: '',
    headName: '',
    begun: false,
  };
  return { ...createLineOwner(), sse };
}
