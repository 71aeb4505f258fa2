import { describe, it } from '@jest/globals';
import type { OperatorFunction } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { operatorContract as defineContract, type OperatorContractOptions } from '../../src/testing/index.js';

export { observed, type Recorded, record, recordLive } from '../../src/testing/contracts/recordStream.js';

/** Defines the specs that every operator must pass. Call it first in the `describe` of the operator. */
export function operatorContract(
  create: () => OperatorFunction<DeltaEvent, unknown>,
  options: OperatorContractOptions = {},
): void {
  describe('the operator contract', () => defineContract(it, create, options));
}
