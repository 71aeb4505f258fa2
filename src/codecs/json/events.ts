import type { JsonHandler, JsonPath } from './handler.js';
import type { JsonParser } from './parser.js';
import { createJsonText, type JsonTextOptions } from './text.js';

/** A part of a JSON text, in the order of the text. */
export type JsonEvent =
  /** An object or array begins. */
  | { readonly type: 'start'; readonly container: 'object' | 'array'; readonly path: JsonPath }
  /** A piece of an open string. */
  | { readonly type: 'text'; readonly text: string; readonly path: JsonPath }
  /** A string, number, boolean or null is whole. */
  | { readonly type: 'value'; readonly value: string | number | boolean | null; readonly path: JsonPath }
  /** An object or array is whole. */
  | { readonly type: 'end'; readonly container: 'object' | 'array'; readonly path: JsonPath }
  /** All events before are void: the text begins again. */
  | { readonly type: 'reset' };

/** Creates a parser that emits events and builds no value. */
export function createEventParser(emit: (event: JsonEvent) => void, options: JsonTextOptions = {}): JsonParser {
  const text = createJsonText({ begin, close: () => undefined }, options);

  function begin(instead: boolean): JsonHandler {
    if (instead) emit({ type: 'reset' });
    return createJsonEvents(emit);
  }

  return {
    get offset() {
      return text.offset;
    },
    get complete() {
      return text.complete;
    },
    write: (piece) => text.write(piece),
    end: (ending) => text.end(ending),
    value: () => undefined,
    flush: () => undefined,
  };
}

interface Level {
  readonly path: JsonPath;
  /** The index of the next value in an array, or its key in an object. */
  next: number | string;
}

/** Turns the calls of a scanner into events with paths. */
function createJsonEvents(emit: (event: JsonEvent) => void): JsonHandler {
  const levels: Level[] = [];
  let path: JsonPath = [];
  let string = '';

  /** Sets the path of the value that begins. */
  function startValue(): void {
    const level = levels[levels.length - 1];
    path = level ? [...level.path, level.next] : [];
    if (typeof level?.next === 'number') level.next++;
  }

  function open(container: 'object' | 'array'): void {
    startValue();
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
      startValue();
      string = '';
    },
    text(piece) {
      string += piece;
      emit({ type: 'text', text: piece, path });
    },
    endString: () => emit({ type: 'value', value: string, path }),
    scalar(value) {
      startValue();
      emit({ type: 'value', value, path });
    },
  };
}
