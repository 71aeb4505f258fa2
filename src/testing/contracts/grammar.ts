import type { DeltaEvent, Usage } from '../../events.js';
import { check } from './check.js';

/**
 * Checks that events form a stream: only pings precede `start`, which occurs once in an attempt; `finish` is the last event; blocks and callIds
 * are unique within an attempt; a delta belongs to a call that has begun; and usage never falls.
 *
 * @param completed Whether the stream completed, so that it must end with `finish`.
 * @throws ContractError
 */
export function checkGrammar(events: readonly DeltaEvent[], completed: boolean): void {
  let started = false;
  let blocks = new Map<number, number>();
  let calls = new Map<string, boolean>();
  let used: Usage | undefined;
  for (const [index, event] of events.entries()) {
    const at = `event ${index}, ${event.type}:`;
    if (event.type === 'ping') continue;
    if (event.type === 'reset') {
      started = false;
      if (event.step === 0) [blocks, calls] = [new Map(), new Map()];
      continue;
    }
    if (event.type === 'start') {
      check(!started, `${at} a second start in one attempt`);
      started = true;
      continue;
    }
    check(started, `${at} before start`);
    if ('block' in event) {
      const known = blocks.get(event.choice) ?? 0;
      check(event.block <= known, `${at} block ${event.block}, and the next new one is ${known}`);
      blocks.set(event.choice, Math.max(known, event.block + 1));
    }
    if (event.type === 'finish') check(index === events.length - 1, `${at} it is not the last event`);
    if (event.type === 'tool-call-start') {
      check(!calls.has(event.callId), `${at} the callId ${event.callId} is taken`);
      calls.set(event.callId, false);
    }
    if (event.type === 'tool-call-delta' || event.type === 'tool-call-end') {
      check(calls.get(event.callId) === false, `${at} no open call has the callId ${event.callId}`);
      calls.set(event.callId, event.type === 'tool-call-end');
    }
    if (event.type === 'usage') {
      for (const figure of ['inputTokens', 'outputTokens'] as const) {
        check((event.usage[figure] ?? 0) >= (used?.[figure] ?? 0), `${at} ${figure} falls`);
      }
      used = event.usage;
    }
  }
  check(!completed || events.at(-1)?.type === 'finish', 'The stream completed without finish');
}
