/** A text is not TOON. Names what was expected, never what stood there. */
export class ToonSyntaxError extends SyntaxError {
  override readonly name = 'ToonSyntaxError';
  /** Where, counted from 1; `undefined` only while the error is on its way out of a part that does not know. */
  readonly line: number | undefined;
  /** The message without the line. */
  readonly reason: string;
  constructor(reason: string, line?: number) {
    super(line === undefined ? reason : `${reason} (line ${line})`);
    this.line = line;
    this.reason = reason;
  }

  /** The same error with its line, unless it has one. */
  at(line: number): ToonSyntaxError {
    return this.line === undefined ? new ToonSyntaxError(this.reason, line) : this;
  }
}
