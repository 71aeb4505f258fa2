/**
 * A value of which any part may still be missing: properties are optional, arrays may be shorter, and a string may be a prefix of the final
 * one. Dates and functions, which only a schema can make of a complete value, are missing or final.
 */
export type DeepPartial<T> = T extends Date | ((...parameters: never[]) => unknown)
  ? T
  : T extends readonly unknown[]
    ? number extends T['length']
      ? readonly DeepPartial<T[number]>[]
      : { readonly [Index in keyof T]?: DeepPartial<T[Index]> }
    : T extends object
      ? { readonly [Key in keyof T]?: DeepPartial<T[Key]> }
      : T;
