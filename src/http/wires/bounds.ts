import { LimitError } from '../../errors.js';

/** The largest data of a frame, in bytes: 16 MiB, as the sources of the providers have it. */
export const maxEventBytes: number = 16 * 1024 * 1024;

/** The deepest JSON that crosses a wire: code that calls itself at each level can read it. */
export const maxDepth = 256;

/** Checks the data of a frame. @throws LimitError if it is larger than `maxEventBytes`. */
export function checkBytes(data: string): void {
  // A code unit has at most 3 bytes, so most data need not be measured.
  if (3 * data.length > maxEventBytes && new TextEncoder().encode(data).length > maxEventBytes) {
    throw new LimitError('maxEventBytes', maxEventBytes);
  }
}

/** Checks a value that a model or a stranger has made. @throws LimitError if it is nested deeper than `maxDepth`. */
export function checkDepth(root: unknown): void {
  const values = [root];
  const depths = [0];
  while (values.length > 0) {
    const value = values.pop();
    const depth = depths.pop() ?? 0;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === maxDepth) throw new LimitError('maxDepth', maxDepth);
    for (const member of Object.values(value)) {
      if (typeof member !== 'object' || member === null) continue;
      values.push(member);
      depths.push(depth + 1);
    }
  }
}
