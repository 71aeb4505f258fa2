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

/** How each option is checked, by its name; `undefined` accepts any value. */
export type OptionChecks<Options> = { readonly [Name in keyof Options]-?: OptionCheck | undefined };

/** @throws TypeError or RangeError that names the option. */
type OptionCheck = (name: string, value: never) => void;

/** Checks that options are an object with known keys, and then each of them. */
export function checkEach<Options extends object>(operator: string, options: Options, checks: OptionChecks<Options>): void {
  checkOptions(operator, options, Object.keys(checks));
  const values = options as Readonly<Record<string, never>>;
  for (const [name, check] of Object.entries<OptionCheck | undefined>(checks)) check?.(name, values[name] as never);
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
  checkNumber(name, value, '> 0', (number) => number > 0);
}

/** @throws TypeError if it is not a number, RangeError if it is not ≥ 0. */
export function checkNotNegative(name: string, value: number | undefined): void {
  checkNumber(name, value, '>= 0', (number) => number >= 0);
}

/** @throws TypeError if it is not a number, RangeError if it is not a whole number ≥ 0. */
export function checkCount(name: string, value: number | undefined): void {
  checkNotNegative(name, value);
  checkNumber(name, value, 'a whole number', (number) => number === Infinity || number % 1 === 0);
}

function checkNumber(name: string, value: number | undefined, bound: string, isWithin: (value: number) => boolean): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
  if (!isWithin(value)) throw new RangeError(`${name} must be ${bound}, got ${value}`);
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
  const edits = known.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()));
  const fewest = Math.min(...edits);
  const nearest = known[edits.indexOf(fewest)];
  return nearest && fewest <= Math.max(2, nearest.length / 2) ? nearest : undefined;
}

/** Levenshtein's distance. Each row has the distances of one more beginning of `a` from every beginning of `b`. */
function editDistance(a: string, b: string): number {
  let length = 0;
  let row = [...b].map((_, column) => column + 1);
  for (const unit of a) {
    let diagonal = length++;
    let left = length;
    row = row.map((above, column) => {
      left = Math.min(above + 1, left + 1, diagonal + Number(unit !== b[column]));
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? length;
}
