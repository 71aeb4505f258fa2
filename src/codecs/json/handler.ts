/** Receives the parts of a JSON text while a scanner reads it: values in order, each key before its value. */
export interface JsonHandler {
  startObject(): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  /** Receives a whole key. */
  key(key: string): void;
  startString(): void;
  /** Receives a piece of the open string. It is not empty and never ends between the halves of a surrogate pair. */
  text(piece: string): void;
  endString(): void;
  scalar(value: number | boolean | null): void;
}

/** The path of a value: the keys and indices that lead to it from the root. */
export type JsonPath = readonly (string | number)[];

function ignore(): void {}

/** Receives a value that is not read yet. */
export const ignoreJson: JsonHandler = {
  startObject: ignore,
  endObject: ignore,
  startArray: ignore,
  endArray: ignore,
  key: ignore,
  startString: ignore,
  text: ignore,
  endString: ignore,
  scalar: ignore,
};

/** Receives the values of a text: each candidate has a handler of its own. */
export interface JsonReceiver {
  /**
   * A value begins.
   *
   * @param instead Whether it takes the place of the one before it, which has given way.
   */
  begin(instead: boolean): JsonHandler;
  /** The value is whole. */
  close(): void;
  /** The value that was begun is no value after all. */
  giveWay?(reason: () => Error): void;
}
