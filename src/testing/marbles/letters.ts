import type { DeltaEvent } from '../../events.js';
import { finish, ping, reset, start, text, usage } from './events.js';

/** What each letter of a marble means: an event. */
export type EventLetters = Readonly<Record<string, DeltaEvent>>;

/**
 * What each letter of a stream means: `s` start, `a`–`e` text of that letter, `p` ping, `u` usage of 10 and 5 tokens, `R` reset,
 * `f` finish. A test adds its own letters, or replaces these.
 */
export const letters: EventLetters = {
  s: start(),
  a: text('a'),
  b: text('b'),
  c: text('c'),
  d: text('d'),
  e: text('e'),
  p: ping(),
  u: usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
  R: reset(),
  f: finish(),
};
