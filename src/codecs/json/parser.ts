import type { JsonValue } from '../../events.js';
import { createJsonText, type JsonTextOptions } from './text.js';
import { createJsonTree } from './tree.js';

export interface JsonParserOptions extends JsonTextOptions {
  /**
   * Takes each snapshot: after a write that changed the value enough, and when a value is whole.
   * @param changed Whether it is another value than the snapshot before.
   */
  readonly onSnapshot?: ((value: JsonValue, complete: boolean, changed: boolean) => void) | undefined;
}

/** An incremental parser: text goes in, in any pieces. */
export interface JsonParser {
  /** How many characters were written. */
  readonly offset: number;
  /** Whether a value is whole and none is open. */
  readonly complete: boolean;
  /**
   * Reads the next piece.
   * @throws JsonSyntaxError with its offset, LimitError past `maxDepth`.
   */
  write(text: string): void;
  /** The end of the text: closes a number or literal at the root, and tells whether the value is whole. */
  end(): boolean;
  /** The value so far, `undefined` before there is one. */
  value(): JsonValue | undefined;
  /** Gives what was not worth a snapshot yet, if there is any. */
  flush(): void;
}

/** How many characters must come for each unit of what a snapshot copies, so that all snapshots together cost linear time. */
const charactersPerWeight = 0.25;

/** Gives immutable snapshots, which share all that is closed. */
export function createJsonParser(options: JsonParserOptions = {}): JsonParser {
  const { onSnapshot } = options;
  const tree = createJsonTree();
  const text = createJsonText(tree, () => emit(true), options);
  /** Characters since the last snapshot. */
  let characters = 0;

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
    end: () => text.end(),
    value: () => tree.snapshot(),
    flush() {
      if (tree.changed) emit(false);
    },
  };
}
