/** A value with JSON of about `size` characters. */
export interface JsonShape {
  readonly name: string;
  value(size: number): unknown;
}

const sentence = 'The quick brown fox jumps over the lazy dog, said "yes", and left at 5 °C.\n';

export const jsonShapes: readonly JsonShape[] = [
  { name: 'array of records', value: (size) => Array.from({ length: size / 100 }, (_, id) => record(id)) },
  // 5,000 keys at 1 MB.
  { name: 'object, long values', value: (size) => object(size / 200, 'description', sentence.repeat(2)) },
  // 5,000 keys at 100 KB: the most keys of an open object for its length.
  { name: 'object, short values', value: (size) => object(size / 20, 'key', 'four') },
  { name: 'one string', value: (size) => sentence.repeat(size / (sentence.length + 3)) },
];

function record(id: number): object {
  return { id, name: `Product number ${id}`, price: id * 1.25, stock: id % 2 === 0, tags: ['new', 'garden'], note: null };
}

function object(keys: number, name: string, value: string): object {
  return Object.fromEntries(Array.from({ length: keys }, (_, id) => [`${name}${id}`, value]));
}
