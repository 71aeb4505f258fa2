import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { memoryStore } from 'rxllm/durable';
import { storeContract, virtualTime } from 'rxllm/testing';

describe('memoryStore', () => {
  describe('in virtual time', () => {
    storeContract(
      (name, run) =>
        it(
          name,
          virtualTime(async () => run()),
        ),
      memoryStore,
      {
        leaseMs: 3_000,
        property: (holds) =>
          fc.assert(fc.asyncProperty(fc.array(fc.nat({ max: 100_000 }), { maxLength: 80 }), holds), { numRuns: 200 }),
      },
    );
  });

  describe('in real time', () => {
    storeContract(it, memoryStore, { leaseMs: 60, histories: 25 });
  });
});
