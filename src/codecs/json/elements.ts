import type { JsonValue } from '../../events.js';
import type { JsonHandler, JsonPath } from './handler.js';
import { createJsonTree } from './snapshotValue.js';

/** Reads the elements of one array and ignores the rest of the text. */
export interface JsonElementReader extends JsonHandler {
  /** Whether the array was found. */
  readonly found: boolean;
}

/**
 * @param path The path of the array. @defaultValue the root, or else the first array that is a property of the root
 * @param emit Receives each element as soon as it is whole.
 * @param repeated Called when a duplicate key gives the array's path another value, because emitted elements cannot be taken back.
 */
export function createJsonElements(
  path: JsonPath | undefined,
  emit: (value: JsonValue) => void,
  repeated: () => void,
): JsonElementReader {
  const tree = createJsonTree();
  /** Outside the array: the key or index of the next value, for each open container. */
  const position: (string | number)[] = [];
  let target = path;
  let found = false;
  /** Inside the array: the number of open containers in the element. `undefined` outside. */
  let depth: number | undefined;

  function isAt(wanted: JsonPath): boolean {
    return position.length === wanted.length && wanted.every((part, level) => String(part) === String(position[level]));
  }

  function isTarget(): boolean {
    if (found) return false;
    if (target) return isAt(target);
    return position.length === 0 || (position.length === 1 && typeof position[0] === 'string');
  }

  function checkRepeated(): void {
    if (found && target && isAt(target)) repeated();
  }

  /** Moves on to the next index of an open array. */
  function advance(): void {
    const index = position[position.length - 1];
    if (typeof index === 'number') position[position.length - 1] = index + 1;
  }

  function open(isArray: boolean): void {
    if (depth !== undefined) {
      depth++;
      if (isArray) tree.startArray();
      else tree.startObject();
      return;
    }
    checkRepeated();
    if (!isArray || !isTarget()) position.push(isArray ? 0 : '');
    else {
      found = true;
      target = [...position];
      depth = 0;
    }
  }

  function close(isArray: boolean): void {
    if (depth === 0) depth = undefined;
    else if (depth === undefined) position.pop();
    else {
      depth--;
      if (isArray) tree.endArray();
      else tree.endObject();
      return emitElement();
    }
    advance();
  }

  /** Called when a value inside the array ends: emits it if it is an element. */
  function emitElement(): void {
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
      if (depth === undefined) position[position.length - 1] = key;
      else tree.key(key);
    },
    startString() {
      if (depth === undefined) checkRepeated();
      else tree.startString();
    },
    text(piece) {
      if (depth !== undefined) tree.text(piece);
    },
    endString() {
      if (depth === undefined) return advance();
      tree.endString();
      emitElement();
    },
    scalar(value) {
      if (depth === undefined) {
        checkRepeated();
        return advance();
      }
      tree.scalar(value);
      emitElement();
    },
  };
}
