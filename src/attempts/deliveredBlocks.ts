import type { DeltaEvent, Phase } from '../events.js';
import { type CallIds, createCallIds, uniqueCallId } from '../message/callIds.js';

/** The block that further text of a choice can extend: its last one, if that is text and has not ended. */
export interface OpenText {
  readonly block: number;
  readonly phase: Phase;
}

/** The block numbers and callIds that an attempt has emitted, so that its continuation uses others. */
export interface DeliveredBlocks {
  readonly callIds: CallIds;
  /** Takes every event that is emitted. */
  push(event: DeltaEvent): void;
  /** The number of blocks of a choice. */
  count(choice: number): number;
  openText(choice: number): OpenText | undefined;
}

interface ChoiceBlocks {
  count: number;
  openText: OpenText | undefined;
}

export function createDeliveredBlocks(): DeliveredBlocks {
  const choices = new Map<number, ChoiceBlocks>();
  const callIds = createCallIds();

  return {
    callIds,
    push(event) {
      if (event.type === 'reset' && event.step === 0) {
        choices.clear();
        callIds.clear();
      }
      if (event.type === 'tool-call-start' && !callIds.has(event.callId)) uniqueCallId(callIds, event.callId);
      if (!('block' in event)) return;
      const { block, choice } = event;
      const blocks = choices.get(choice) ?? { count: 0, openText: undefined };
      choices.set(choice, blocks);
      blocks.count = Math.max(blocks.count, block + 1);
      const open = blocks.openText?.block === block;
      if (event.type === 'text-delta') {
        if (!open) blocks.openText = { block, phase: event.phase };
      } else if (!open || event.type === 'block-end') blocks.openText = undefined;
    },
    count: (choice) => choices.get(choice)?.count ?? 0,
    openText: (choice) => choices.get(choice)?.openText,
  };
}
