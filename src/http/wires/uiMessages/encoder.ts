import type {
  BlockEndEvent,
  DeltaEvent,
  ErrorInfo,
  FinishEvent,
  FinishReason,
  ResetEvent,
  StepEvent,
  UsageEvent,
} from '../../../events.js';
import { checkDepth } from '../bounds.js';
import { errorFrame } from '../fields/errorFrame.js';
import type { WireEncoder } from '../wire.js';
import { endCall, endCalls, growCall, startCall, writeApproval, writeResult } from './callParts.js';
import { toData } from './chunks.js';
import { addPart, begin, clearBlocks, type EncoderState, put, restart } from './encoderState.js';
import { endFile, endFiles, holdFile, writeCitation } from './fileParts.js';
import { toNativeNote } from './notes.js';
import { endText, endTexts, openEarly, writeText } from './textParts.js';

/** Encodes choice 0 as the chunks of one message. Where it has `ended` before its `finish`, the host unsubscribes. */
export function createUiEncoder(state: EncoderState): WireEncoder {
  return {
    get ended() {
      return state.ended;
    },
    encode(event, write) {
      if (state.ended) return;
      state.write = write;
      if (!('choice' in event) || event.choice === 0) encodeEvent(state, event);
      else if (event.type === 'tool-call-start') state.otherCalls.add(event.callId);
    },
    fail(error, write) {
      if (state.ended) return;
      state.write = write;
      endWithError(state, error);
    },
  };
}

function encodeEvent(state: EncoderState, event: DeltaEvent): void {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
      return writeText(state, event);
    case 'tool-call-delta':
      return growCall(state, event);
    case 'file':
      return holdFile(state, event);
    default:
      checkDepth(event);
      return encodeOther(state, event);
  }
}

function encodeOther(state: EncoderState, event: DeltaEvent): void {
  switch (event.type) {
    case 'start':
      return restart(state, event);
    case 'tool-call-start':
      return startCall(state, event);
    case 'tool-call-end':
      return endCall(state, event);
    case 'tool-result':
      return writeResult(state, event);
    case 'tool-approval':
      return writeApproval(state, event);
    case 'citation':
      return writeCitation(state, event);
    case 'block-end':
      return endBlock(state, event);
    case 'logprobs':
      return openEarly(state, event);
    case 'usage':
      return writeUsage(state, event);
    case 'step':
      return writeStep(state, event);
    case 'reset':
      return writeReset(state, event);
    case 'finish':
      return writeFinish(state, event);
    default:
      // A ping and a raw event have no equivalent.
      return;
  }
}

/** Writes a native form at the end of its part, else as a part of its own that no interface shows. */
function endBlock(state: EncoderState, event: BlockEndEvent): void {
  const { block } = event;
  const result = state.blocks.has(block) ? undefined : state.lastResult;
  state.lastResult = undefined;
  if (endText(state, block, event) || endFile(state, block, event)) return;
  if (result === undefined) addPart(state, block);
  put(state, { type: 'data-rxllm', data: { block, ...toNativeNote(event), ...(result !== undefined && { result }) } });
}

function writeUsage(state: EncoderState, { usage, requests }: UsageEvent): void {
  begin(state);
  put(state, { type: 'message-metadata', messageMetadata: { usage, rxllm: { requests } } });
}

/** Ends what is open in this step: a part that is not ended is shown as one that still grows. */
function endParts(state: EncoderState): void {
  endTexts(state);
  endCalls(state);
  endFiles(state);
}

function writeStep(state: EncoderState, { type: _type, ...rxllm }: StepEvent): void {
  begin(state);
  endParts(state);
  put(state, { type: 'finish-step' });
  put(state, { type: 'start-step', rxllm });
  state.step = rxllm.step;
  state.latestBefore = state.latest;
  clearBlocks(state);
}

/** Their client can void only the step that it is in, and only since version 7. */
function writeReset(state: EncoderState, event: ResetEvent): void {
  const { step } = event;
  const voided = [...state.shown].filter((shown) => shown >= step);
  if (voided.length === 0) {
    state.pendingReset = event;
    state.step = Math.min(state.step, step);
  } else if (state.version >= 7 && voided.every((shown) => shown === state.step)) {
    voidStep(state, event);
  } else {
    endWithError(state, event.error);
  }
}

function voidStep(state: EncoderState, { type: _type, ...rxllm }: ResetEvent): void {
  for (const [callId, call] of state.calls) {
    if (call.step !== state.step) continue;
    state.calls.delete(callId);
    state.requested.delete(callId);
  }
  state.texts.clear();
  state.files.clear();
  state.held = 0;
  state.shown.delete(state.step);
  state.pendingReset = undefined;
  state.latest = state.latestBefore;
  clearBlocks(state);
  state.step = rxllm.step;
  put(state, { type: 'reset-step', rxllm });
}

const finishReasons: Partial<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'content-filter': 'content-filter',
  refusal: 'content-filter',
  'tool-calls': 'tool-calls',
};

function writeFinish(state: EncoderState, { reason, rawReason, choices, metadata, timing }: FinishEvent): void {
  begin(state);
  endParts(state);
  if (reason === 'aborted') put(state, { type: 'abort' });
  put(state, { type: 'finish-step' });
  const messageMetadata = { finishReason: reason, timing, rxllm: { rawReason, choices, metadata } };
  put(state, { type: 'finish', finishReason: finishReasons[reason] ?? 'other', messageMetadata });
  end(state);
}

function endWithError(state: EncoderState, error: ErrorInfo): void {
  endTexts(state);
  endCalls(state);
  const toFrame = (info: ErrorInfo): string => toData({ type: 'error', errorText: info.message, rxllm: { error: info } });
  state.write(errorFrame(error, toFrame));
  end(state);
}

function end(state: EncoderState): void {
  state.ended = true;
  state.write('[DONE]');
}
