import type { DeltaEvent } from '../events.js';
import type { Estimate } from './usageArithmetic.js';

/** One way to count the tokens of an attempt. */
export interface Tally {
  push(event: DeltaEvent): void;
  read(): Estimate;
}

/** Gives the texts of the prompt; `undefined` if it is not known. */
export type PromptTexts = () => readonly string[] | undefined;
