import type { MessagePart, Turn } from '../events.js';
import { type CallIds, uniqueCallId } from '../message/callIds.js';
import { messageTurns } from '../message/turns.js';

/**
 * The turns of a round, as the next request sends them. Its calls have the provider's own ids, unless two of them are the same.
 *
 * @param callIds The ids in use, which it adds to.
 */
export function roundTurns(parts: readonly MessagePart[], step: number, callIds: CallIds): readonly Turn[] {
  const names = new Map<string, string>();
  const named = parts.map((part): MessagePart => {
    const placed = { ...part, step: step + part.step };
    if (placed.type === 'tool-call') names.set(placed.callId, uniqueCallId(callIds, placed.callId));
    return 'callId' in placed ? { ...placed, callId: names.get(placed.callId) ?? placed.callId } : placed;
  });
  return messageTurns({ parts: named });
}
