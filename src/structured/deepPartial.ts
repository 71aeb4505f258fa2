/**
 * A value of which any part may still be missing: properties are optional, arrays are shorter, and a string may be a beginning of itself.
 * What a schema makes of a whole value (a Date, a function) is there or not.
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
