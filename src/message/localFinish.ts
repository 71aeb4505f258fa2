import type { FinishEvent } from '../events.js';

/** The `finish` event of a stream that an operator ends, because the provider's own `finish` will not arrive. */
export function localFinish(reason: 'aborted' | 'budget' | 'tool-calls'): FinishEvent {
  return {
    type: 'finish',
    reason,
    rawReason: undefined,
    choices: [{ choice: 0, reason, rawReason: undefined }],
    metadata: {
      stopSequence: undefined,
      stopDetails: undefined,
      container: undefined,
      serviceTier: undefined,
      systemFingerprint: undefined,
    },
    timing: undefined,
  };
}
