/**
 * Has the stacks of an error and of its causes written. Until somebody reads it, a stack of V8 holds all that its frames refer to: with the
 * error of a fetch, and so with whoever keeps that error, lives the whole response.
 */
export function writeStacks(error: unknown, depth = 0): void {
  if (typeof error !== 'object' || error === null || depth > 5) return;
  const { stack, cause } = error as Partial<Error>;
  if (typeof stack === 'string') writeStacks(cause, depth + 1);
}
