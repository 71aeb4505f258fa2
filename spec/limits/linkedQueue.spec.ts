import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createWaitingLine } from '../../src/limits/linkedQueue.js';

describe('createWaitingLine', () => {
  it('keeps the order in which values joined, whoever leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant('join'), fc.nat(30)), { maxLength: 80 }), (acts) => {
        const line = createWaitingLine<number>();
        const model: { readonly value: number; readonly leave: () => void }[] = [];
        for (const [value, act] of acts.entries()) {
          if (typeof act === 'string') model.push({ value, leave: line.join(value) });
          else {
            const [left] = model.splice(act % Math.max(1, model.length), 1);
            left?.leave();
            left?.leave();
          }
          expect([line.length, line.first]).toEqual([model.length, model[0]?.value]);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
