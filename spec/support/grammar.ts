import { expect } from '@jest/globals';
import type { DeltaEvent, Usage } from '../../src/events.js';

/**
 * Checks that a whole stream keeps the grammar of docs/architecture.md (Grammar of a stream):
 *
 *     stream  := attempt (reset attempt)* (finish complete | error)
 *     attempt := ping* (start (content | usage | ping | raw | step)*)?
 *
 * and that attempt numbers of resets start at 2 and only grow, block numbers count from 0 in order of first appearance, callIds are unique
 * within an attempt, and usage never decreases.
 */
export function expectGrammar(events: readonly DeltaEvent[], completed: boolean): void {
  let attempt = 1;
  let started = false;
  let blocks = new Map<number, number>();
  const callIds = new Map<string, number>();
  let step = 0;
  let used: Usage | undefined;
  for (const [index, event] of events.entries()) {
    if ('block' in event) {
      const known = blocks.get(event.choice) ?? 0;
      expect(event.block).toBeLessThanOrEqual(known);
      blocks.set(event.choice, Math.max(known, event.block + 1));
    }
    switch (event.type) {
      case 'ping':
        break;
      case 'start':
        expect(started).toBe(false);
        started = true;
        break;
      case 'reset':
        expect(event.attempt).toBeGreaterThan(attempt);
        attempt = event.attempt;
        started = false;
        step = Math.min(step, event.step);
        if (event.step === 0) blocks = new Map();
        // A call of a round that is void is none.
        for (const [callId, round] of callIds) if (round >= event.step) callIds.delete(callId);
        break;
      case 'step':
        expect(started).toBe(true);
        step = event.step;
        break;
      case 'finish':
        expect(index).toBe(events.length - 1);
        break;
      case 'usage':
        expect(started).toBe(true);
        expect(event.usage.inputTokens ?? 0).toBeGreaterThanOrEqual(used?.inputTokens ?? 0);
        expect(event.usage.outputTokens ?? 0).toBeGreaterThanOrEqual(used?.outputTokens ?? 0);
        used = event.usage;
        break;
      case 'tool-call-start':
        expect([...callIds.keys()]).not.toContain(event.callId);
        callIds.set(event.callId, step);
        expect(started).toBe(true);
        break;
      default:
        expect(started).toBe(true);
    }
  }
  if (completed) expect(events.at(-1)?.type).toBe('finish');
}
