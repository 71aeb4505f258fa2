import type { MonoTypeOperatorFunction } from 'rxjs';
import { fromErrorInfo } from '../errors.js';
import { type DeltaEvent, isContent, type RequestUsage, type ResetEvent, type TextDeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import type { Delivered } from './deliveredBlocks.js';

/**
 * Makes a stream of its own the rest of another one: its blocks are counted on, its callIds are unique, and its first text goes on in the
 * text block that the other left open. Errors when it takes back content by a reset of its own, because no event can say so; the fault
 * that caused the reset is then the stream's.
 *
 * @param step The step that runs; the stream's own steps are counted on from it.
 */
export function followOn(delivered: Delivered, step: number): MonoTypeOperatorFunction<DeltaEvent> {
  return operate((destination) => {
    const renumber = createRenumbering(delivered);
    const rename = createRenaming(delivered);
    let spoken = false;

    /** A reset that takes nothing back names a step that has not begun. */
    function countOn(reset: ResetEvent): ResetEvent {
      if (reset.step === 0 && spoken) throw fromErrorInfo(reset.error);
      return { ...reset, step: step + Math.max(1, reset.step) };
    }

    function countStepOn(request: RequestUsage): RequestUsage {
      return { ...request, step: step + request.step };
    }

    return {
      next(event) {
        spoken ||= isContent(event);
        if (event.type === 'reset') destination.next(countOn(event));
        else if (event.type === 'step') destination.next({ ...event, step: step + event.step });
        else if (event.type === 'usage') destination.next({ ...event, requests: event.requests?.map(countStepOn) });
        else {
          const renumbered = 'block' in event ? renumber(event) : event;
          if (renumbered) destination.next('callId' in renumbered ? rename(renumbered) : renumbered);
        }
      },
    };
  });
}

type BlockEvent = Extract<DeltaEvent, { readonly block: number }>;
type CallEvent = Extract<DeltaEvent, { readonly callId: string }>;

function createRenumbering(delivered: Delivered): (event: BlockEvent) => BlockEvent | undefined {
  const lanes = new Map<number, Lane>();
  return (event) => {
    let lane = lanes.get(event.choice);
    if (!lane) {
      lane = createLane(delivered, event.choice);
      lanes.set(event.choice, lane);
    }
    const block = lane.place(event);
    // Its native form is only the rest of the block.
    if (event.type === 'block-end' && block === lane.joined) return undefined;
    return { ...event, block };
  };
}

interface Lane {
  /** The earlier block that text goes on in. */
  readonly joined: number | undefined;
  place(event: BlockEvent): number;
}

function createLane(delivered: Delivered, choice: number): Lane {
  const places = new Map<number, number>();
  let open = delivered.openText(choice);
  let blocks = delivered.blocks(choice);
  let joined: number | undefined;

  /** Only the first text can go on in the open block. */
  function placeText({ phase }: TextDeltaEvent): number {
    if (open?.phase === phase) joined = open.block;
    const place = open?.phase === phase ? open.block : blocks++;
    open = undefined;
    return place;
  }

  return {
    get joined() {
      return joined;
    },
    place(event) {
      const known = places.get(event.block);
      if (known !== undefined) return known;
      const place = event.type === 'text-delta' ? placeText(event) : blocks++;
      places.set(event.block, place);
      return place;
    },
  };
}

/** A callId that an earlier stream has used gets a number. */
function createRenaming(delivered: Delivered): (event: CallEvent) => CallEvent {
  const names = new Map<string, string>();
  return (event) => {
    if (event.type === 'tool-call-start' && delivered.hasCall(event.callId)) {
      let number = 2;
      while (delivered.hasCall(`${event.callId}-${number}`)) number++;
      names.set(event.callId, `${event.callId}-${number}`);
    }
    const callId = names.get(event.callId);
    return callId === undefined ? event : { ...event, callId };
  };
}
