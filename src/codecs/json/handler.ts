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
