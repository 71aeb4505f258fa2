/** The longest id of a stream, in UTF-16 code units. */
const longestStreamId = 512;

/**
 * Checks the id of a stream. It may have any characters; each store keeps ids apart, whatever they contain.
 *
 * @throws TypeError if it is not a text or has half of a surrogate pair, RangeError if it is empty or longer than 512.
 */
export function checkStreamId(caller: string, id: string): void {
  if (typeof id !== 'string') throw new TypeError(`${caller}: id must be a text`);
  if (id.length === 0 || id.length > longestStreamId) {
    throw new RangeError(`${caller}: id must have 1 to ${longestStreamId} characters, got ${id.length}`);
  }
  if (!isWellFormed(id)) throw new TypeError(`${caller}: id has half of a surrogate pair`);
}

/** Two ids that differ in a lone surrogate would be the same as UTF-8. */
function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}
