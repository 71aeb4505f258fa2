import type { JsonValue } from '../../events.js';
import { append, createGrowingText, type GrowingText, textSoFar, wholeText } from '../text/growingText.js';
import type { JsonHandler } from './handler.js';
import { setOwn } from './setOwn.js';

/** Builds a value and returns immutable snapshots of it while it grows. */
export interface JsonTree extends JsonHandler {
  /** Whether the value differs from the last snapshot. */
  readonly changed: boolean;
  /** The cost of a snapshot: the weighted width of all open containers. */
  readonly weight: number;
  /** Returns the value so far: the same reference if nothing changed, `undefined` before it begins. */
  snapshot(): JsonValue | undefined;
}

type OpenObject = { [key: string]: JsonValue };

/** An open container. */
interface Frame {
  readonly container: JsonValue[] | OpenObject;
  /** The container's share of the total weight. */
  weight: number;
  /** In an object, the key of the next value. */
  key: string;
  /** Its copy in the last snapshot, as long as that is up to date. */
  copy: JsonValue | undefined;
}

/** Copying an object key by key costs far more than copying an array. Wide objects are hash tables in V8, which cost even more. */
const elementWeight = 1;
const keyWeight = 8;
const wideKeyWeight = 48;
const wideWeight = 128 * keyWeight;

/**
 * The working tree contains closed values only, which never change again. A snapshot shares them and copies only the open containers, each
 * with the copy of its open child.
 */
export function createJsonTree(): JsonTree {
  const frames: Frame[] = [];
  let top: Frame | undefined;
  let root: JsonValue | undefined;
  let weight = 0;
  let changed = false;
  /** The open string, and whether the last snapshot contains all of it. */
  let string: GrowingText | undefined;
  let stringShown = false;
  let last: JsonValue | undefined;

  /** Notes that a value begins, which the next snapshot must show. */
  function startValue(): void {
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
    startValue();
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

  /** @param shown Whether the last snapshot contains this same value. */
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
      startValue();
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
      startValue();
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
