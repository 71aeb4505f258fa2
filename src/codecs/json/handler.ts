/** What a scanner tells of a JSON text while it reads: the values in order, each key before its value. */
export interface JsonHandler {
  startObject(): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  /** A whole key. */
  key(key: string): void;
  startString(): void;
  /** More of the open string, never empty and never ending inside a character. */
  text(piece: string): void;
  endString(): void;
  scalar(value: number | boolean | null): void;
}

/** Where a value stands: the keys and indices that lead to it from the root. */
export type JsonPath = readonly (string | number)[];
