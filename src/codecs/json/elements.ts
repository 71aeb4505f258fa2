import type { JsonValue } from '../../events.js';
import type { JsonHandler, JsonPath } from './handler.js';
import { createJsonTree } from './tree.js';

/** Reads the elements of one array and nothing else. */
export interface JsonElementReader extends JsonHandler {
  /** Whether the array was there. */
  readonly found: boolean;
}

/**
 * @param path Where the array is; without it, the root, else the first array that is a property of the root.
 * @param emit Takes each element when it is whole.
 * @param repeated Called when the array's place is given a second time: elements cannot be taken back.
 */
export function createJsonElements(
  path: JsonPath | undefined,
  emit: (value: JsonValue) => void,
  repeated: () => void,
): JsonElementReader {
  const tree = createJsonTree();
  /** Around the array: the key or index of the value to come, for each open container. */
  const place: (string | number)[] = [];
  let target = path;
  let found = false;
  /** Inside the array: how many containers of the element are open. */
  let depth: number | undefined;

  function isAt(wanted: JsonPath): boolean {
    return place.length === wanted.length && wanted.every((part, level) => String(part) === String(place[level]));
  }

  function isTarget(): boolean {
    if (found) return false;
    if (target) return isAt(target);
    return place.length === 0 || (place.length === 1 && typeof place[0] === 'string');
  }

  function enter(): void {
    if (found && target && isAt(target)) repeated();
  }

  function leave(): void {
    const index = place[place.length - 1];
    if (typeof index === 'number') place[place.length - 1] = index + 1;
  }

  function open(isArray: boolean): void {
    if (depth !== undefined) {
      depth++;
      if (isArray) tree.startArray();
      else tree.startObject();
      return;
    }
    enter();
    if (!isArray || !isTarget()) place.push(isArray ? 0 : '');
    else {
      found = true;
      target = [...place];
      depth = 0;
    }
  }

  function close(isArray: boolean): void {
    if (depth === 0) depth = undefined;
    else if (depth === undefined) place.pop();
    else {
      depth--;
      if (isArray) tree.endArray();
      else tree.endObject();
      return take();
    }
    leave();
  }

  /** A value in the array has ended: is it an element? */
  function take(): void {
    const value = depth === 0 ? tree.snapshot() : undefined;
    if (value !== undefined) emit(value);
  }

  return {
    get found() {
      return found;
    },
    startObject: () => open(false),
    endObject: () => close(false),
    startArray: () => open(true),
    endArray: () => close(true),
    key(key) {
      if (depth === undefined) place[place.length - 1] = key;
      else tree.key(key);
    },
    startString() {
      if (depth === undefined) enter();
      else tree.startString();
    },
    text(piece) {
      if (depth !== undefined) tree.text(piece);
    },
    endString() {
      if (depth === undefined) return leave();
      tree.endString();
      take();
    },
    scalar(value) {
      if (depth === undefined) {
        enter();
        return leave();
      }
      tree.scalar(value);
      take();
    },
  };
}
