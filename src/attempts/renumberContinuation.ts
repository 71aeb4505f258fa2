import type { MonoTypeOperatorFunction } from 'rxjs';
import { fromFault } from '../errors.js';
import { type DeltaEvent, isContent, type RequestUsage, type ResetEvent, type TextDeltaEvent } from '../events.js';
import { operate } from '../kernel/operate.js';
import { uniqueCallId } from '../message/callIds.js';
import type { DeliveredBlocks } from './deliveredBlocks.js';

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
    let numbering = choices.get(event.choice);
    if (!numbering) {
      numbering = createChoiceNumbering(delivered, event.choice);
      choices.set(event.choice, numbering);
    }
    const block = numbering.blockOf(event);
    // The native form of the extended block is only that of its rest.
    if (event.type === 'block-end' && block === numbering.extended) return undefined;
    return { ...event, block };
  };
}

interface ChoiceNumbering {
  /** The earlier block that the continuation's text extends. */
  readonly extended: number | undefined;
  blockOf(event: BlockEvent): number;
}

function createChoiceNumbering(delivered: DeliveredBlocks, choice: number): ChoiceNumbering {
  const numbers = new Map<number, number>();
  let open = delivered.openText(choice);
  let count = delivered.count(choice);
  let extended: number | undefined;

  /** Only the first text can extend the open block. */
  function textBlock({ phase }: TextDeltaEvent): number {
    if (open?.phase === phase) extended = open.block;
    const block = open?.phase === phase ? open.block : count++;
    open = undefined;
    return block;
  }

  return {
    get extended() {
      return extended;
    },
    blockOf(event) {
      const known = numbers.get(event.block);
      if (known !== undefined) return known;
      const block = event.type === 'text-delta' ? textBlock(event) : count++;
      numbers.set(event.block, block);
      return block;
    },
  };
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
