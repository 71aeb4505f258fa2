import type { JsonHandler, JsonPath } from './handler.js';
import type { JsonParser } from './parser.js';
import { createJsonText, type JsonTextOptions } from './text.js';

/** What is read of a JSON text, in order. */
export type JsonEvent =
  /** A container begins. */
  | { readonly type: 'start'; readonly container: 'object' | 'array'; readonly path: JsonPath }
  /** More of an open string. */
  | { readonly type: 'text'; readonly text: string; readonly path: JsonPath }
  /** A string, number, boolean or null is whole. */
  | { readonly type: 'value'; readonly value: string | number | boolean | null; readonly path: JsonPath }
  /** A container is whole. */
  | { readonly type: 'end'; readonly container: 'object' | 'array'; readonly path: JsonPath }
  /** What came before is void: the text begins again. */
  | { readonly type: 'reset' };

/** Gives events and holds no value. */
export function createEventParser(emit: (event: JsonEvent) => void, options: JsonTextOptions = {}): JsonParser {
  const text = createJsonText(createJsonEvents(emit), () => undefined, options);
  return {
    get offset() {
      return text.offset;
    },
    get complete() {
      return text.complete;
    },
    write: (piece) => text.write(piece),
    end: () => text.end(),
    value: () => undefined,
    flush: () => undefined,
  };
}

interface Level {
  readonly path: JsonPath;
  /** The index of the value to come in an array, its key in an object. */
  next: number | string;
}

/** Turns what a scanner tells into events that know where they are. */
function createJsonEvents(emit: (event: JsonEvent) => void): JsonHandler {
  const levels: Level[] = [];
  let path: JsonPath = [];
  let string = '';

  /** A value begins. */
  function enter(): void {
    const level = levels[levels.length - 1];
    path = level ? [...level.path, level.next] : [];
    if (typeof level?.next === 'number') level.next++;
  }

  function open(container: 'object' | 'array'): void {
    enter();
    levels.push({ path, next: container === 'array' ? 0 : '' });
    emit({ type: 'start', container, path });
  }

  function close(container: 'object' | 'array'): void {
    const level = levels.pop();
    emit({ type: 'end', container, path: level?.path ?? [] });
  }

  return {
    startObject: () => open('object'),
    endObject: () => close('object'),
    startArray: () => open('array'),
    endArray: () => close('array'),
    key(key) {
      const level = levels[levels.length - 1];
      if (level) level.next = key;
    },
    startString() {
      enter();
      string = '';
    },
    text(piece) {
      string += piece;
      emit({ type: 'text', text: piece, path });
    },
    endString: () => emit({ type: 'value', value: string, path }),
    scalar(value) {
      enter();
      emit({ type: 'value', value, path });
    },
  };
}
