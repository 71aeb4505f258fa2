import { entryId, readEntryId } from '../../durable/entryId.js';
import type { StreamEntry } from '../../durable/streamStore.js';
import type { DeltaEvent, ErrorInfo } from '../../events.js';
import type { Wire, WireEncoder } from '../wires/wire.js';
import { createEncoder } from './createEncoder.js';
import { publicEvent } from './publicError.js';

/** Writes a frame: its data, and the id by which a client resumes after it. */
export type WriteFrame = (data: string, id?: string) => void;

/** Makes frames of what a stream emits. */
export interface Framing<T> extends Pick<WireEncoder, 'ended' | 'fail'> {
  /** @returns The type of the event; `ping` for one that is not a reason to begin the response. */
  encode(item: T, write: WriteFrame): DeltaEvent['type'];
}

export function frameEvents(wire: Wire): Framing<DeltaEvent> {
  const encoder = createEncoder(wire);
  return {
    get ended() {
      return encoder.ended ?? false;
    },
    encode(event, write) {
      encoder.encode(publicEvent(event), write);
      return event.type;
    },
    fail: (error, write) => encoder.fail(error, write),
  };
}

/** An entry of a log, as it is sent. */
export interface SentEntry extends StreamEntry {
  /** How many of its frames the client has: `Infinity` for all, of an entry that only brings the encoder up to date. */
  readonly seen: number;
  /** Whether the response begins with it, though nothing of it may be sent. */
  readonly opens?: boolean | undefined;
}

/** Where a client goes on: after a frame of an entry. */
export interface FramePlace {
  readonly id: string;
  /** How many frames of the entry it has; `Infinity` for all. */
  readonly frames: number;
}

/**
 * Reads the id of a frame: `<epoch>-<seq>` is the last frame of that entry, `<epoch>-<seq>.<n>` the n-th, which is not the last.
 *
 * @returns The text as it is, for the store to judge, if it is no such id.
 */
export function readFrameId(text: string): FramePlace {
  const dot = text.lastIndexOf('.');
  const place = readEntryId(text.slice(0, Math.max(dot, 0)));
  const frames = Number(text.slice(dot + 1));
  if (!place || !Number.isSafeInteger(frames) || frames < 1 || `${entryId(place.epoch, place.seq)}.${frames}` !== text) {
    return { id: text, frames: Infinity };
  }
  return { id: entryId(place.epoch, place.seq), frames };
}

/** The frames have ids, of which each is another one. */
export function frameEntries(wire: Wire): Framing<SentEntry> {
  const encoder = createEncoder(wire);

  function encode({ id, event, seen, opens = false }: SentEntry, write: WriteFrame): DeltaEvent['type'] {
    let count = 0;
    let last: string | undefined;
    // A frame is written when the next one is known, because the last one has the id of the entry.
    encoder.encode(publicEvent(event), (data) => {
      if (last !== undefined && count > seen) write(last, `${id}.${count}`);
      last = data;
      count++;
    });
    if (last !== undefined && count > seen) write(last, id);
    if (event.type === 'finish') return event.type;
    if (opens) return 'start';
    return seen < Infinity ? event.type : 'ping';
  }

  return {
    get ended() {
      return encoder.ended ?? false;
    },
    encode,
    fail: (error: ErrorInfo, write) => encoder.fail(error, write),
  };
}
