/** A text is not JSON. Names what was expected, never what stood there. */
export class JsonSyntaxError extends SyntaxError {
  override readonly name = 'JsonSyntaxError';
  /** Where, in UTF-16 code units from the beginning of the text. */
  readonly offset: number;
  /** The message without the offset. */
  readonly reason: string;
  constructor(reason: string, offset: number) {
    super(`${reason} (offset ${offset})`);
    this.offset = offset;
    this.reason = reason;
  }
}

/** Ends the reading at an index of the chunk that is being read. */
export type Fail = (message: string, index: number) => never;
