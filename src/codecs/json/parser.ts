import type { JsonValue } from '../../events.js';
import type { JsonEnding } from './candidates.js';
import { createJsonTree, type JsonTree } from './snapshotValue.js';
import { createJsonText, type JsonTextOptions } from './text.js';

export interface JsonParserOptions extends JsonTextOptions {
  /**
   * Receives each snapshot: after a write that changed enough of the value, and when a value is whole.
   * @param changed Whether the value differs from the previous snapshot.
   */
  readonly onSnapshot?: ((value: JsonValue, complete: boolean, changed: boolean) => void) | undefined;
}

/** An incremental parser, which reads text in pieces of any size. */
export interface JsonParser {
  /** The number of characters written, in UTF-16 code units. */
  readonly offset: number;
  /** Whether a value is whole and none is open. */
  readonly complete: boolean;
  /**
   * Reads the next piece.
   * @throws JsonSyntaxError with its offset, LimitError past `maxDepth`.
   */
  write(text: string): void;
  /**
   * Ends the text: closes a number or literal at the root. Returns whether the value is whole.
   * @throws JsonSyntaxError as the reader of the text does.
   */
  end(ending?: JsonEnding): boolean;
  /** Returns the value so far, `undefined` before it begins. */
  value(): JsonValue | undefined;
  /** Emits a snapshot of changes that were too small for one, if there are any. */
  flush(): void;
}

/** The characters to read before the next snapshot, for each unit of weight that it copies: so all snapshots together take linear time. */
const charactersPerWeight = 0.25;

/** Creates a parser that emits immutable snapshots, which share their closed parts. */
export function createJsonParser(options: JsonParserOptions = {}): JsonParser {
  const { onSnapshot } = options;
  let tree = createJsonTree();
  const text = createJsonText({ begin, close: () => emit(true) }, options);
  /** The number of characters since the last snapshot. */
  let characters = 0;

  function begin(): JsonTree {
    tree = createJsonTree();
    return tree;
  }

  function emit(complete: boolean): void {
    const { changed } = tree;
    characters = 0;
    const value = tree.snapshot();
    if (value !== undefined) onSnapshot?.(value, complete, changed);
  }

  return {
    get offset() {
      return text.offset;
    },
    get complete() {
      return text.complete;
    },
    write(piece) {
      characters += piece.length;
      text.write(piece);
      if (tree.changed && characters >= charactersPerWeight * tree.weight) emit(false);
    },
    end: (ending) => text.end(ending),
    value: () => tree.snapshot(),
    flush() {
      if (tree.changed) emit(false);
    },
  };
}
