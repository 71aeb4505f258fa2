import type { JsonValue } from '../../events.js';
import { append, createGrowingText, type GrowingText, textSoFar, wholeText } from '../text/growingText.js';
import type { JsonHandler } from './handler.js';
import { setOwn } from './setOwn.js';

/** Builds a value and gives immutable snapshots of it while it grows. */
export interface JsonTree extends JsonHandler {
  /** Whether the value differs from the last snapshot. */
  readonly changed: boolean;
  /** What a snapshot costs: the width of all open containers. */
  readonly weight: number;
  /** The value so far: the same reference when nothing changed, and `undefined` before there is one. */
  snapshot(): JsonValue | undefined;
}

type OpenObject = { [key: string]: JsonValue };

/** A container whose end has not come; `isObject` tells how to read `values`. */
interface Frame {
  readonly container: JsonValue[] | OpenObject;
  /** What the container counts for in the weight. */
  weight: number;
  /** Under which key the next value goes, in an object. */
  key: string;
  /** What the last snapshot has in its place, as long as it still says the same. */
  copy: JsonValue | undefined;
}

/** An object is far dearer to copy than an array, key by key, and a wide one is a hash table, which is dearer still. */
const elementWeight = 1;
const keyWeight = 8;
const wideKeyWeight = 48;
const wideWeight = 128 * keyWeight;

/**
 * The working tree holds what is certain: closed values only. A snapshot shares them as they are, and copies nothing but the open
 * containers, each with the next one in its place.
 */
export function createJsonTree(): JsonTree {
  const frames: Frame[] = [];
  let top: Frame | undefined;
  let root: JsonValue | undefined;
  let weight = 0;
  let changed = false;
  /** The open string, and whether the last snapshot has all of it. */
  let string: GrowingText | undefined;
  let stringShown = false;
  let last: JsonValue | undefined;

  /** A value begins: from now on a snapshot shows it. */
  function begin(): void {
    changed = true;
    if (!top) {
      root = undefined;
      return;
    }
    top.copy = undefined;
    const added = weightOfNext(top);
    top.weight += added;
    weight += added;
  }

  function open(container: JsonValue[] | OpenObject): void {
    begin();
    top = { container, weight: 0, key: '', copy: undefined };
    frames.push(top);
  }

  function close(): void {
    const frame = frames.pop();
    if (!frame) return;
    top = frames[frames.length - 1];
    weight -= frame.weight;
    if (frame.copy === undefined) place(frame.container, false);
    else place(frame.copy, true);
  }

  /** @param shown Whether the last snapshot has this very value. */
  function place(value: JsonValue, shown: boolean): void {
    if (!top) {
      root = value;
      return;
    }
    if (!shown) top.copy = undefined;
    if (Array.isArray(top.container)) top.container.push(value);
    else setOwn(top.container, top.key, value);
  }

  function copyOpen(): JsonValue | undefined {
    let child: JsonValue | undefined = string ? textSoFar(string) : root;
    for (let depth = frames.length - 1; depth >= 0; depth--) {
      const frame = frames[depth];
      if (!frame) break;
      child = copyWith(frame, child);
      frame.copy = child;
    }
    return child;
  }

  return {
    get changed() {
      return changed;
    },
    get weight() {
      return weight;
    },
    snapshot() {
      if (!changed) return last;
      last = copyOpen();
      changed = false;
      stringShown = true;
      return last;
    },
    startObject: () => open({}),
    endObject: close,
    startArray: () => open([]),
    endArray: close,
    key(key) {
      if (top) top.key = key;
    },
    startString() {
      begin();
      string = createGrowingText();
      stringShown = false;
    },
    text(piece) {
      if (string) append(string, piece);
      stringShown = false;
      changed = true;
    },
    endString() {
      const value = string ? wholeText(string) : '';
      string = undefined;
      place(value, stringShown);
    },
    scalar(value) {
      begin();
      place(value, false);
    },
  };
}

function weightOfNext({ container, weight }: Frame): number {
  if (Array.isArray(container)) return elementWeight;
  return weight < wideWeight ? keyWeight : wideKeyWeight;
}

function copyWith({ container, key }: Frame, child: JsonValue | undefined): JsonValue {
  if (Array.isArray(container)) {
    const copy = container.slice();
    if (child !== undefined) copy.push(child);
    return copy;
  }
  const copy = { ...container };
  if (child !== undefined) setOwn(copy, key, child);
  return copy;
}
