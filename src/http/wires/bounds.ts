import { LimitError } from '../../errors.js';

/** The largest data of a frame, in bytes: 16 MiB, as the sources of the providers have it. */
export const maxEventBytes: number = 16 * 1024 * 1024;

/** The deepest JSON that crosses a wire. Code that calls itself at each level can read it. */
export const maxDepth = 256;

/** Checks the data of a frame. @throws LimitError if it is larger than `maxEventBytes`. */
export function checkBytes(data: string): void {
  // A code unit has at most 3 bytes, so most data need not be measured.
  if (3 * data.length > maxEventBytes && new TextEncoder().encode(data).length > maxEventBytes) {
    throw new LimitError('maxEventBytes', maxEventBytes);
  }
}

/** Checks a value that a model or a stranger has made, level by level. @throws LimitError if it is deeper than `maxDepth`. */
export function checkDepth(value: unknown): void {
  let level = nested([value]);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === maxDepth) throw new LimitError('maxDepth', maxDepth);
    level = nested(level.flatMap((each) => Object.values(each)));
  }
}

function nested(values: readonly unknown[]): object[] {
  return values.filter((value): value is object => typeof value === 'object' && value !== null);
}
