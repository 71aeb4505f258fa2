import type { MonoTypeOperatorFunction } from 'rxjs';
import { fromFault } from '../errors.js';
import { type DeltaEvent, isContent, type RequestUsage, type ResetEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { uniqueCallId } from '../message/callIds.js';
import type { DeliveredBlocks, OpenText } from './deliveredBlocks.js';

/**
 * Makes a stream the continuation of another one: its block numbers follow on, its callIds are unique, and its first text extends the text
 * block that is still open. Errors if a `reset` of its own voids content, because no event can void a part of an attempt; the error is then
 * the one that caused the `reset`.
 *
 * @param step The step that runs; the steps of the continuation are counted from it.
 */
export function renumberContinuation(delivered: DeliveredBlocks, step: number): MonoTypeOperatorFunction<DeltaEvent> {
  return operate((destination) => {
    const renumberBlock = createBlockNumbering(delivered);
    const renameCall = createCallNaming(delivered);
    let hasContent = false;

    /** A reset that voids nothing names a step that has not begun. */
    function renumberReset(reset: ResetEvent): ResetEvent {
      if (reset.step === 0 && hasContent) throw fromFault(reset.error);
      return { ...reset, step: step + Math.max(1, reset.step) };
    }

    function renumberRequest(request: RequestUsage): RequestUsage {
      return { ...request, step: step + request.step };
    }

    return {
      next(event) {
        hasContent ||= isContent(event);
        if (event.type === 'reset') destination.next(renumberReset(event));
        else if (event.type === 'step') destination.next({ ...event, step: step + event.step });
        else if (event.type === 'usage') destination.next({ ...event, requests: event.requests?.map(renumberRequest) });
        else {
          const renumbered = 'block' in event ? renumberBlock(event) : event;
          if (renumbered) destination.next('callId' in renumbered ? renameCall(renumbered) : renumbered);
        }
      },
    };
  });
}

type BlockEvent = Extract<DeltaEvent, { readonly block: number }>;
type CallEvent = Extract<DeltaEvent, { readonly callId: string }>;

function createBlockNumbering(delivered: DeliveredBlocks): (event: BlockEvent) => BlockEvent | undefined {
  const choices = new Map<number, ChoiceNumbering>();
  return (event) => {
    const numbering = choices.get(event.choice) ?? startNumbering(delivered, event.choice);
    choices.set(event.choice, numbering);
    const block = numbering.numbers.get(event.block) ?? nextBlock(numbering, event);
    numbering.numbers.set(event.block, block);
    // The native form of the extended block is only that of its rest.
    return event.type === 'block-end' && block === numbering.extended ? undefined : { ...event, block };
  };
}

interface ChoiceNumbering {
  readonly numbers: Map<number, number>;
  /** The number of the next new block. */
  count: number;
  /** The earlier block that the first text may extend. */
  open: OpenText | undefined;
  /** The earlier block that it extends. */
  extended: number | undefined;
}

function startNumbering(delivered: DeliveredBlocks, choice: number): ChoiceNumbering {
  return { numbers: new Map(), count: delivered.count(choice), open: delivered.openText(choice), extended: undefined };
}

function nextBlock(numbering: ChoiceNumbering, event: BlockEvent): number {
  const { open } = numbering;
  if (event.type !== 'text-delta') return numbering.count++;
  numbering.open = undefined;
  if (open?.phase !== event.phase) return numbering.count++;
  numbering.extended = open.block;
  return open.block;
}

/** Renames calls with a callId that was emitted before. */
function createCallNaming({ callIds }: DeliveredBlocks): (event: CallEvent) => CallEvent {
  const names = new Map<string, string>();
  return (event) => {
    if (event.type === 'tool-call-start' && callIds.has(event.callId)) {
      names.set(event.callId, uniqueCallId(callIds, event.callId));
    }
    const callId = names.get(event.callId);
    return callId === undefined ? event : { ...event, callId };
  };
}
