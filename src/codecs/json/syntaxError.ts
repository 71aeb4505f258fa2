/** Thrown for text that is not JSON. The message names what was expected and quotes nothing of the text. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
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

/** Throws a JsonSyntaxError for an index of the current chunk. */
export type Fail = (message: string, index: number) => never;
