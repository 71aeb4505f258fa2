import { defer } from 'rxjs';
import type { CountTokens } from './tokenCounter.js';

/** Has a counter load what it needs. One that cannot is never ready, which is no fault of the stream. */
export function loadCounter(countTokens: CountTokens): void {
  if (typeof countTokens === 'object') defer(() => countTokens.load()).subscribe({ error: () => undefined });
}
