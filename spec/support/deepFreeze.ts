/** Freezes a value and all that it holds, so that a spec fails where something is changed in place. */
export function deepFreeze<T>(value: T): T {
  const open: unknown[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    open.push(...Object.values(next).filter((each) => each !== undefined));
  }
  return value;
}
