import type { FinishEvent } from '../events.js';

/** The `finish` of a stream that we end ourselves, because the provider will not. */
export function localFinish(reason: 'aborted' | 'budget'): FinishEvent {
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
