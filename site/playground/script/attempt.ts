import type { StreamErrorKind } from 'rxllm';

/** One request of a script, and what it answers. */
export interface Attempt {
  /** What is emitted: events of rxllm, or any other JSON. */
  readonly values: readonly unknown[];
  /** The pause before each value and before the end, in milliseconds. */
  readonly pausesMs: readonly number[];
  readonly end: 'complete' | 'open' | ScriptError;
  /** The marble that is all of it, and how it is read. */
  readonly marble: { readonly kind: 'answer' | 'stream'; readonly text: string } | undefined;
}

/** An error by its kind. */
export interface ScriptError {
  readonly kind: StreamErrorKind;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly status?: number;
}

/** What a source does, request by request. */
export interface Script {
  /** The marble of the animation frames. */
  readonly frames: string | undefined;
  /** One attempt answers every request; of several, each answers one. */
  readonly attempts: readonly Attempt[];
}

/** A script that cannot be read. */
export class ScriptSyntaxError extends Error {
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.name = 'ScriptSyntaxError';
    this.line = line;
  }
}
