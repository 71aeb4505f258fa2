/** Thrown for text that is not TOON. The message names what was expected and quotes nothing of the text. */
export class ToonSyntaxError extends SyntaxError {
  override readonly name = 'ToonSyntaxError';
  /** The line number, counted from 1; `undefined` only until a caller that knows the line adds it. */
  readonly line: number | undefined;
  /** The message without the line. */
  readonly reason: string;
  constructor(reason: string, line?: number) {
    super(line === undefined ? reason : `${reason} (line ${line})`);
    this.line = line;
    this.reason = reason;
  }

  /** Returns the same error with a line number, unless it already has one. */
  at(line: number): ToonSyntaxError {
    return this.line === undefined ? new ToonSyntaxError(this.reason, line) : this;
  }
}
