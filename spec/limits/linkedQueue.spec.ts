import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLinkedQueue } from '../../src/limits/linkedQueue.js';

describe('createLinkedQueue', () => {
  it('keeps the order of its entries when any of them is removed', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('append'), fc.nat(30)), { maxLength: 80 }), (actions) => {
        const queue = createLinkedQueue<number>();
        const model: { readonly value: number; readonly remove: () => void }[] = [];
        for (const [value, action] of actions.entries()) {
          if (typeof action === 'string') model.push({ value, remove: queue.append(value) });
          else {
            const [removed] = model.splice(action % Math.max(1, model.length), 1);
            removed?.remove();
            removed?.remove();
          }
          expect([queue.length, queue.first]).toEqual([model.length, model[0]?.value]);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
