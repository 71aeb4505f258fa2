import type { DeltaEvent, Phase } from '../events.js';

/** Where a choice's text can go on: its last block, which is text and has not ended. */
export interface OpenText {
  readonly block: number;
  readonly phase: Phase;
}

/** The block numbers and callIds that a stream has used, so that what follows in the same attempt uses others. */
export interface Delivered {
  /** Takes every event that leaves. */
  note(event: DeltaEvent): void;
  blocks(choice: number): number;
  openText(choice: number): OpenText | undefined;
  hasCall(callId: string): boolean;
}

interface Lane {
  blocks: number;
  openText: OpenText | undefined;
}

export function createDelivered(): Delivered {
  const lanes = new Map<number, Lane>();
  const callIds = new Set<string>();

  function laneOf(choice: number): Lane {
    const known = lanes.get(choice);
    if (known) return known;
    const lane: Lane = { blocks: 0, openText: undefined };
    lanes.set(choice, lane);
    return lane;
  }

  return {
    note(event) {
      if (event.type === 'reset' && event.step === 0) {
        lanes.clear();
        callIds.clear();
      }
      if (event.type === 'tool-call-start') callIds.add(event.callId);
      if (!('block' in event)) return;
      const { block, choice } = event;
      const lane = laneOf(choice);
      lane.blocks = Math.max(lane.blocks, block + 1);
      const open = lane.openText?.block === block;
      if (event.type === 'text-delta') {
        if (!open) lane.openText = { block, phase: event.phase };
      } else if (!open || event.type === 'block-end') lane.openText = undefined;
    },
    blocks: (choice) => lanes.get(choice)?.blocks ?? 0,
    openText: (choice) => lanes.get(choice)?.openText,
    hasCall: (callId) => callIds.has(callId),
  };
}
