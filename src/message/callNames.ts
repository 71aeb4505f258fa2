import type { NativeFormat } from '../events.js';
import { createCallIds, uniqueCallId } from './callIds.js';
import { type CallPart, nativeOf } from './turnContent.js';

/** The ids by which one request names the calls of a conversation. */
export interface CallNames {
  /** The id of a call; of two calls with the same id the later one gets another. */
  call(part: CallPart): string;
  /** The id of the latest call with that callId. */
  result(callId: string): string;
  /** Whether the provider ran the latest call with that callId, so that its result is no reply of ours. */
  isProvided(callId: string): boolean;
}

/**
 * @param format An id in a native form of this API is kept, because some servers keep data in it.
 * @param toValid Makes an id from elsewhere one that the API accepts.
 */
export function createCallNames(format: NativeFormat, toValid: (callId: string) => string): CallNames {
  const used = createCallIds();
  const names = new Map<string, string>();
  const provided = new Set<string>();
  return {
    call(part) {
      const { callId, executor } = part;
      const name = uniqueCallId(used, nativeOf(part, format) ? callId : toValid(callId));
      names.set(callId, name);
      if (executor === 'provider') provided.add(callId);
      else provided.delete(callId);
      return name;
    },
    result: (callId) => names.get(callId) ?? toValid(callId),
    isProvided: (callId) => provided.has(callId),
  };
}
