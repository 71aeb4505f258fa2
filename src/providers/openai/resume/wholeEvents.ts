import { beginningOfId, endOfEvents, endsResponse, eventsAfter, payloadsOf, responseIdOf, sequenceOf } from './payloads.js';

/**
 * Passes the whole events of a body, and holds back the beginning of the next one: what is cut off there comes again, whole, when the response is
 * read again. Events are looked into only where the response begins, where a body is cut, and where one begins again.
 */
export interface WholeEvents {
  /** The id of the response; undefined until an event with it has passed, or the first one is there up to its id. */
  readonly id: string | undefined;
  /** Whether no event with data has passed: the response is then read from its beginning. */
  readonly nothingPassed: boolean;
  /** Reads a chunk. @returns The events that are whole by then; no bytes if there are none. */
  push(chunk: Uint8Array): Uint8Array;
  /** Ends a body. @returns The last event, if only the blank line after it is missing; else no bytes. */
  end(): Uint8Array;
  /** Returns what is held back, as it is. */
  release(): Uint8Array;
  /** The number of the last event that has passed; undefined if it has none. */
  sequence(): number | undefined;
  /** Whether the response has ended, so that nothing is to be read again. */
  hasEnded(): boolean;
  /** Takes the next body, of which events that have passed are dropped. */
  restart(): void;
}

const none: Uint8Array = new Uint8Array(0);
const blankLine: Uint8Array = new Uint8Array([10, 10]);
const colon = 58;

/** @param maxEventBytes More than this is not held back: the decoder refuses it. */
export function createWholeEvents(maxEventBytes: number): WholeEvents {
  let id: string | undefined;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  /** The latest events that have passed, but for comments. */
  let latest = none;
  /** The number up to which events of another body have passed. */
  let passed: number | undefined;

  function hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    held.push(bytes);
    heldBytes += bytes.length;
  }

  function release(): Uint8Array {
    const bytes = joined(held);
    held = [];
    heldBytes = 0;
    return bytes;
  }

  function pass(bytes: Uint8Array): Uint8Array {
    const events = passed === undefined ? bytes : eventsAfter(bytes, passed);
    if (events.length === 0 || (events[0] === colon && payloadsOf(events).length === 0)) return events;
    latest = events;
    passed = undefined;
    id ??= payloadsOf(events).map(responseIdOf).find(Boolean);
    return events;
  }

  function sequence(): number | undefined {
    return payloadsOf(latest).reduce<number | undefined>((number, payload) => sequenceOf(payload) ?? number, undefined);
  }

  return {
    get id() {
      return id ?? (latest.length === 0 ? beginningOfId(joined(held)) : undefined);
    },
    get nothingPassed() {
      return latest.length === 0;
    },
    push(chunk) {
      const end = endOfEvents(chunk, joined(held.slice(-3)));
      hold(chunk.subarray(0, end));
      const events = end === 0 ? none : pass(release());
      hold(chunk.subarray(end));
      return events.length === 0 && heldBytes > maxEventBytes ? release() : events;
    },
    end() {
      const bytes = joined([...held, blankLine]);
      if (payloadsOf(bytes).length === 0) return none;
      release();
      return pass(bytes);
    },
    release,
    sequence,
    hasEnded: () => payloadsOf(latest).some(endsResponse),
    restart() {
      release();
      passed = sequence();
    },
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0] ?? none;
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
