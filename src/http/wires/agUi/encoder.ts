import type {
  BlockEndEvent,
  DeltaEvent,
  ErrorInfo,
  FinishEvent,
  ResetEvent,
  StartEvent,
  StepEvent,
  UsageEvent,
} from '../../../events.js';
import { checkBytes, checkDepth } from '../bounds.js';
import { errorFrame } from '../fields/errorFrame.js';
import type { WireEncoder, WriteData } from '../wire.js';
import { createRunCalls } from './calls.js';
import { createRunIds } from './ids.js';
import { nativeNote, noteKey, sealNative } from './notes.js';
import type { Run } from './run.js';
import { runError, runFinished } from './runEnd.js';
import { isFromTanStack, type RunInput } from './runInput.js';
import { createShownMessages } from './shownMessages.js';
import { createRunTexts } from './texts.js';

/** Encodes the events of one run. Only choice 0 can be shown. */
export function createRunEncoder(input: RunInput): WireEncoder {
  const shown = createShownMessages(input.messages);
  const isTanStack = isFromTanStack(input);
  const run: Run = { ids: createRunIds(input), shown, isTanStack, parent: undefined, step: 0, origin, put, putText };
  const texts = createRunTexts(run);
  const calls = createRunCalls(run);
  /** The ids of the messages with the native forms of other blocks. */
  const opaque = new Map<number, string>();
  let write: WriteData;
  let begun = false;
  let ended = false;
  let start: StartEvent | undefined;
  let usage: UsageEvent | undefined;
  /** The message of the tool result that was the last part: it has no block, and the native form that follows belongs to it. */
  let latestResult: string | undefined;

  function origin(block: number): ReturnType<Run['origin']> {
    return { run: input.runId, step: run.step, block };
  }

  function put(frame: object): void {
    checkDepth(frame);
    putText(JSON.stringify(frame));
  }

  function putText(data: string): void {
    checkBytes(data);
    if (!begun) begin(undefined);
    write(data);
  }

  function begin(event: StartEvent | undefined): void {
    begun = true;
    const { threadId, runId, protocolVersion } = input;
    const version = protocolVersion === undefined ? undefined : '1.0';
    put({ type: 'RUN_STARTED', threadId, runId, protocolVersion: version, metadata: { [noteKey]: { start: event } } });
  }

  function putCustom({ type, ...value }: DeltaEvent): void {
    put({ type: 'CUSTOM', name: `${noteKey}.${type}`, value });
  }

  function encodeStart(event: StartEvent): void {
    start = event;
    if (begun) putCustom(event);
    else begin(event);
  }

  /** Takes back what the client shows: of the calls that are open, too. They must not end before, because clients run a tool when its call ends. */
  function putSnapshot(): void {
    texts.close();
    run.parent = undefined;
    put({ type: 'MESSAGES_SNAPSHOT', messages: shown.snapshot(), metadata: { [noteKey]: {} } });
  }

  /** A call that has not ended is none. */
  function endRound(): void {
    texts.close();
    if (calls.hasOpen()) putSnapshot();
    calls.drop();
  }

  function endBlock(event: BlockEndEvent, result: string | undefined): void {
    const { block, choice } = event;
    if (choice !== 0) return;
    const note = nativeNote(origin(block), event);
    const call = calls.at(block);
    if (call) return call.open ? putCustom(event) : seal('tool-call', call.id, sealNative(note));
    // Clients before 1.0, and TanStack's, take an encrypted value for that of reasoning.
    const isInText = input.protocolVersion === undefined;
    const id = texts.end(block, isInText ? note : undefined);
    if (id !== undefined && isInText && !texts.isReasoning(block)) return;
    const entity = id ?? opaque.get(block) ?? result;
    if (entity === undefined) seal('message', addOpaque(block), sealNative({ ...note, opaque: true }));
    else seal('message', entity, sealNative(opaque.has(block) ? { ...note, opaque: true } : note));
  }

  function addOpaque(block: number): string {
    const id = texts.addEmpty(block);
    opaque.set(block, id);
    return id;
  }

  function seal(subtype: 'message' | 'tool-call', entityId: string, encryptedValue: string): void {
    // The client of TanStack attaches it to its latest message.
    if (isTanStack && subtype === 'message') texts.close();
    shown.seal(entityId, encryptedValue);
    put({ type: 'REASONING_ENCRYPTED_VALUE', subtype, entityId, encryptedValue });
  }

  /** @param event Absent if a reset goes back to this step. */
  function goTo(step: number, event?: StepEvent): void {
    if (run.step > 0) put({ type: 'STEP_FINISHED', stepName: `step ${run.step}` });
    run.step = step;
    if (step > 0) put({ type: 'STEP_STARTED', stepName: `step ${step}`, metadata: { [noteKey]: { step: event } } });
  }

  function forgetBlocks(): void {
    texts.forget();
    calls.forget();
    opaque.clear();
    run.parent = undefined;
  }

  function encodeStep(event: StepEvent): void {
    endRound();
    goTo(event.step, event);
    forgetBlocks();
  }

  function encodeReset(event: ResetEvent): void {
    putCustom(event);
    // The step of a continuation has not begun: nothing is void.
    if (event.step > run.step) return;
    texts.close();
    const isShown = shown.discard(event.step);
    if (isShown || calls.hasOpen()) putSnapshot();
    calls.drop();
    calls.discard(event.step);
    if (event.step < run.step) goTo(event.step);
    forgetBlocks();
  }

  function encodeFinish(event: FinishEvent): void {
    endRound();
    if (run.step > 0) put({ type: 'STEP_FINISHED', stepName: `step ${run.step}` });
    put(runFinished(input, event, usage, start, calls.unanswered()));
    ended = true;
  }

  function encodeEvent(event: DeltaEvent): void {
    const result = latestResult;
    // What is no part of a message comes between no result and its native form.
    if (event.type !== 'ping' && event.type !== 'raw' && event.type !== 'logprobs') latestResult = undefined;
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
        return texts.delta(event);
      case 'tool-call-start':
        if (isTanStack) texts.close();
        return calls.start(event);
      case 'tool-call-delta':
        return calls.delta(event);
      case 'tool-call-end':
        return calls.end(event, putSnapshot);
      case 'tool-approval':
        calls.decide(event);
        return calls.isShown(event.callId) ? putCustom(event) : undefined;
      case 'tool-result':
        if (!calls.isShown(event.callId)) return;
        if (event.preliminary) putCustom(event);
        else latestResult = calls.answer(event);
        return;
      case 'block-end':
        return endBlock(event, result);
      case 'file':
      case 'citation':
      case 'logprobs':
        return event.choice === 0 ? putCustom(event) : undefined;
      case 'start':
        return encodeStart(event);
      case 'usage':
        checkDepth(event);
        usage = event;
        return;
      case 'step':
        return encodeStep(event);
      case 'reset':
        return encodeReset(event);
      case 'raw': {
        const { provider, name, data } = event;
        return put({ type: 'RAW', event: data, source: provider, metadata: { [noteKey]: { name } } });
      }
      case 'finish':
        return encodeFinish(event);
      case 'ping':
    }
  }

  function encodeFailure(error: ErrorInfo): void {
    try {
      endRound();
    } catch {
      // The snapshot is too large: the calls stay open, as the protocol allows before an error.
    }
    putText(errorFrame(error, (info) => JSON.stringify(runError(info, usage, start))));
  }

  return {
    encode(event, to) {
      if (ended) return;
      write = to;
      encodeEvent(event);
    },
    fail(error, to) {
      if (ended) return;
      ended = true;
      write = to;
      // A run that has not begun fails without a beginning.
      begun = true;
      encodeFailure(error);
    },
  };
}
