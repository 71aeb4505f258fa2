import type { JsonValue } from '../../events.js';
import { append, createGrowingText, textSoFar } from '../text/growingText.js';
import type { JsonHandler } from './handler.js';
import type { JsonParser, JsonParserOptions } from './parser.js';
import { setOwn } from './setOwn.js';
import { createJsonText } from './text.js';

/** Creates a parser that emits one value, mutated in place, after every write that changed it. */
export function createLiveParser(options: JsonParserOptions = {}): JsonParser {
  const { onSnapshot } = options;
  let live = createJsonLive();
  const text = createJsonText({ begin, close: () => emit(true) }, options);

  function begin(): JsonLive {
    live = createJsonLive();
    return live;
  }

  function emit(complete: boolean): void {
    const changed = live.resetChanged();
    if (live.value !== undefined && (changed || complete)) onSnapshot?.(live.value, complete, changed);
  }

  return {
    get offset() {
      return text.offset;
    },
    get complete() {
      return text.complete;
    },
    write(piece) {
      text.write(piece);
      emit(false);
    },
    end: (ending) => text.end(ending),
    value: () => live.value,
    flush: () => undefined,
  };
}

/** Builds a value in place. */
interface JsonLive extends JsonHandler {
  /** The growing value, `undefined` before it begins. */
  readonly value: JsonValue | undefined;
  /** Returns whether the value changed since the last call. */
  resetChanged(): boolean;
}

type OpenObject = { [key: string]: JsonValue };

function createJsonLive(): JsonLive {
  const containers: (JsonValue[] | OpenObject)[] = [];
  /** The key of the current value, for each open container. */
  const keys: string[] = [];
  let root: JsonValue | undefined;
  let string = createGrowingText();
  let changed = false;

  /** @param grown Whether the value replaces a shorter version of itself. */
  function place(value: JsonValue, grown: boolean): void {
    changed = true;
    const parent = containers[containers.length - 1];
    if (!parent) root = value;
    else if (!Array.isArray(parent)) setOwn(parent, keys[keys.length - 1] ?? '', value);
    else if (grown) parent[parent.length - 1] = value;
    else parent.push(value);
  }

  function open(container: JsonValue[] | OpenObject): void {
    place(container, false);
    containers.push(container);
    keys.push('');
  }

  function close(): void {
    containers.pop();
    keys.pop();
  }

  return {
    get value() {
      return root;
    },
    resetChanged() {
      const grew = changed;
      changed = false;
      return grew;
    },
    startObject: () => open({}),
    endObject: close,
    startArray: () => open([]),
    endArray: close,
    key(key) {
      keys[keys.length - 1] = key;
    },
    startString() {
      string = createGrowingText();
      place('', false);
    },
    text(piece) {
      append(string, piece);
      place(textSoFar(string), true);
    },
    endString: () => undefined,
    scalar: (value) => place(value, false),
  };
}
