/** A value of a cell or after a key. */
export type ToonPrimitive = string | number | boolean | null;

/** Any value of a TOON document. */
export type ToonValue = ToonPrimitive | ToonValue[] | ToonRowObject;

/** A row of a table. */
export interface ToonRowObject {
  [key: string]: ToonValue;
}

/**
 * Receives the parts of a TOON document while a decoder reads it, with their line numbers: each key before its value. Its functions are called
 * without `this`.
 */
export interface ToonSink {
  /** The array that starts next, or the object if its entries are keyed, is a table with this declared number of rows. */
  table?(rows: number): void;
  startObject(line: number): void;
  endObject(line: number): void;
  /** @param length The length declared by the header. */
  startArray(length: number, line: number): void;
  endArray(line: number): void;
  key(key: string, line: number): void;
  primitive(value: ToonPrimitive, line: number): void;
  /** Receives a whole row of a table. @param levels Its levels of nested objects. */
  row(value: ToonRowObject, line: number, levels: number): void;
}
