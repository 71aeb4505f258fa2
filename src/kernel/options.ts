/**
 * Checks that options are an object with known keys.
 *
 * @throws TypeError that suggests the nearest known key.
 */
export function checkOptions(operator: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${operator}: options must be an object`);
  checkCalled(operator, options);
  for (const key of Object.keys(options)) checkName(`${operator}: unknown option`, key, known);
}

/** @throws TypeError for an operator that stands in a pipe without being called, so that it is given the source. */
export function checkCalled(operator: string, argument: unknown): void {
  const { subscribe } = Object(argument) as { readonly subscribe?: unknown };
  if (typeof subscribe === 'function') throw new TypeError(`${operator} must be called in a pipe: .pipe(${operator}(…))`);
}

/** @throws TypeError that starts with `complaint` and suggests the nearest known name. */
export function checkName(complaint: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const nearest = nearestName(name, known);
  throw new TypeError(`${complaint} "${name}"${nearest ? `, did you mean "${nearest}"?` : ''}`);
}

/** @throws TypeError if it is not a number, RangeError if it is not > 0. */
export function checkPositive(name: string, value: number | undefined): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
  if (!(value > 0)) throw new RangeError(`${name} must be > 0, got ${value}`);
}

/** @throws TypeError if it is not a number, RangeError if it is not ≥ 0. */
export function checkNotNegative(name: string, value: number | undefined): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
  if (!(value >= 0)) throw new RangeError(`${name} must be >= 0, got ${value}`);
}

/** @throws TypeError if it is not a number, RangeError if it is not a whole number ≥ 0. */
export function checkCount(name: string, value: number | undefined): void {
  checkNotNegative(name, value);
  if (value !== undefined && value !== Infinity && !Number.isInteger(value)) {
    throw new RangeError(`${name} must be a whole number, got ${value}`);
  }
}

/** @throws TypeError if it is not a number, RangeError if it is not a whole number > 0. */
export function checkPositiveCount(name: string, value: number | undefined): void {
  checkPositive(name, value);
  checkCount(name, value);
}

/** @throws TypeError if it is given and not a function. */
export function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new TypeError(`${name} must be a function`);
}

/** @throws TypeError if it is given and not one of these words. */
export function checkOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return;
  throw new TypeError(`${name} must be one of ${allowed.join(', ')}`);
}

/** The known name at the smallest edit distance, unless that is more than 2 and more than half of its length. */
function nearestName(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, edits: editDistance(name.toLowerCase(), candidate.toLowerCase()) }));
  scored.sort((a, b) => a.edits - b.edits);
  const [best] = scored;
  return best && best.edits <= Math.max(2, best.candidate.length / 2) ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
