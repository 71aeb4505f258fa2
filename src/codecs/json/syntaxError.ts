/** Thrown for text that is not JSON. The message names what was expected and quotes nothing of the text. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name: string = 'JsonSyntaxError';
  /** The position of the error, in UTF-16 code units from the beginning of the text. */
  readonly offset: number;
  /** The message without the offset. */
  readonly reason: string;
  constructor(reason: string, offset: number) {
    super(`${reason} (offset ${offset})`);
    this.offset = offset;
    this.reason = reason;
  }
}

/** The place of a value in a text. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

/** The most places that a message names. */
const named = 8;

/** Thrown for a text with several values of which none is better than the others. */
export class AmbiguousJsonError extends JsonSyntaxError {
  override readonly name = 'AmbiguousJsonError';
  readonly spans: readonly JsonSpan[];
  constructor(spans: readonly JsonSpan[]) {
    const places = spans.slice(0, named).map(({ start }) => start);
    super(`Expected one value, got ${spans.length} of the same kind, at the offsets ${places.join(', ')}`, spans[1]?.start ?? 0);
    this.spans = spans;
  }
}

/** Throws a JsonSyntaxError for an index of the current chunk. */
export type Fail = (message: string, index: number) => never;
