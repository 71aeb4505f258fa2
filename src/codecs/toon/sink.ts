/** A value that stands in a cell or after a key. */
export type ToonPrimitive = string | number | boolean | null;

/** A value that TOON carries. */
export type ToonValue = ToonPrimitive | ToonValue[] | ToonRowObject;

/** What a row of a table is. */
export interface ToonRowObject {
  [key: string]: ToonValue;
}

/**
 * What a decoder tells of a TOON document while it reads, with the lines where it stands: each key before its value. Its functions are
 * called without `this`.
 */
export interface ToonSink {
  /** The array, or with keyed entries the object, that starts next is a table of so many rows. */
  table?(rows: number): void;
  startObject(line: number): void;
  endObject(line: number): void;
  /** @param length As the header declares it. */
  startArray(length: number, line: number): void;
  endArray(line: number): void;
  key(key: string, line: number): void;
  primitive(value: ToonPrimitive, line: number): void;
  /** A row of a table, as a whole: so many levels deep. */
  row(value: ToonRowObject, line: number, levels: number): void;
}
