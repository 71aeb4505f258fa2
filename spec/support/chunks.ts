import fc from 'fast-check';

/** Cuts bytes or text into consecutive pieces, as a network does. The sizes repeat; without any, the whole is one piece. */
export function cut<T extends string | Uint8Array>(whole: T, sizes: readonly number[]): T[] {
  const pieces: T[] = [];
  let offset = 0;
  for (let index = 0; offset < whole.length; index++) {
    const size = sizes.length === 0 ? whole.length : Math.max(1, sizes[index % sizes.length] ?? 1);
    pieces.push(whole.slice(offset, offset + size) as T);
    offset += size;
  }
  return pieces;
}

/** Generates chunk sizes for `cut`, small ones most often. */
export const anyChunking: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 64 })),
  {
    minLength: 1,
    maxLength: 12,
  },
);

/** Generates text that contains newlines, quotes, emoji and lone surrogates. */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc.oneof(
    { weight: 4, arbitrary: fc.string({ minLength: 1, maxLength: 1 }) },
    fc.constantFrom('\n', '\r', '"', '\\', 'é', '漢', '😀', '\ud83d', ',', ':'),
  ),
  maxLength: 60,
});
