/** What the playground plays, as it is written: plain data. */
export interface Scene {
  /** A script, see `readScript`. */
  readonly script: string;
  /** Names that the operators use, in order. An Observable called `other` has a lane of its own, and so has a Subject. */
  readonly given: readonly Given[];
  /** The code of each operator, in order. */
  readonly operators: readonly string[];
  /** How many milliseconds one millisecond of the run takes; 0 takes none. */
  readonly pace: number;
}

export interface Given {
  readonly name: string;
  readonly code: string;
}

/** The paces that the page offers. */
export const paces: readonly number[] = [0, 1, 10, 100];

export interface SceneLimits {
  readonly given: number;
  readonly operators: number;
  readonly code: number;
  readonly script: number;
}

export const limits: SceneLimits = { given: 20, operators: 20, code: 4_000, script: 200_000 };
