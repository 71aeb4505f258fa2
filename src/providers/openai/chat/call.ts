import { tryParseJson } from '../../../codecs/json/tryParseJson.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../../../codecs/text/growingText.js';
import { createCallIds, uniqueCallId } from '../../../message/callIds.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { CallBlock } from './blocks.js';
import type { ChatChoice, ChatState } from './state.js';

/** Adds to a call. Its `tool-call-start` is emitted as soon as it has a name; arguments before that are held back. */
export function extendCall(
  state: ChatState,
  choice: ChatChoice,
  call: CallBlock,
  name: string | undefined,
  argumentsText: string,
  emit: Emit,
): void {
  choice.latestCall = call;
  append(call.argumentsText, argumentsText);
  choice.growing = call.argumentsText;
  if (call.callId !== '') return emitArguments(choice, call, argumentsText, emit);
  if (name === undefined) return;
  call.name = name;
  emitStart(state, choice, call, emit);
}

/**
 * Ends a call.
 *
 * @param cut Whether the model may have been stopped inside this call: then it ends only if its arguments are whole JSON.
 */
export function endCall(state: ChatState, choice: ChatChoice, call: CallBlock, cut: boolean, emit: Emit): void {
  if (call.format === 'json') restoreArguments(call);
  if (cut && (call.format === 'text' || !isJson(call.argumentsText))) return;
  if (call.callId === '') emitStart(state, choice, call, emit);
  const { callId, name, argumentsText, number, format } = call;
  choice.calledClient = true;
  emit({
    type: 'tool-call-end',
    callId,
    name,
    argumentsText: wholeText(argumentsText),
    block: number,
    choice: choice.index,
    executor: 'client',
    format,
  });
}

const openingBrace = 123;
const mostChecks = 16;

/** Whether a piece begins an object: after whole arguments it cannot extend them. */
export function opensObject(text: string): boolean {
  return text.charCodeAt(0) === openingBrace;
}

/** Whether the arguments of a call are whole, so that nothing can follow. After some checks in vain they count as growing. */
export function isWhole(call: CallBlock): boolean {
  const { joined, latest } = call.argumentsText;
  const end = latest === '' ? joined : latest;
  if (!end.trimEnd().endsWith('}') || call.checks === mostChecks) return false;
  call.checks++;
  return isJson(call.argumentsText);
}

const headLength = 3;

/**
 * Some servers send the arguments so far in every piece, or all of them once more before they were whole: then the last ones stand, if they
 * are JSON and each piece before is a beginning of them.
 */
function restoreArguments(call: CallBlock): void {
  const text = wholeText(call.argumentsText);
  const head = text.slice(0, headLength);
  const from = text.lastIndexOf(head);
  if (from <= 0 || !opensObject(text) || isJson(call.argumentsText)) return;
  const last = text.slice(from);
  for (let at = 0; at < from; ) {
    const next = text.indexOf(head, at + headLength);
    if (!last.startsWith(text.slice(at, next).trimEnd())) return;
    at = next;
  }
  if (tryParseJson(last) !== undefined) call.argumentsText = createGrowingText(last);
}

function isJson(text: GrowingText): boolean {
  return tryParseJson(wholeText(text)) !== undefined;
}

function emitStart(state: ChatState, choice: ChatChoice, call: CallBlock, emit: Emit): void {
  const { id, name, number, format } = call;
  state.callIds ??= createCallIds();
  call.callId = uniqueCallId(state.callIds, id, state.id);
  emit({
    type: 'tool-call-start',
    callId: call.callId,
    name,
    block: number,
    choice: choice.index,
    executor: 'client',
    format,
  });
  emitArguments(choice, call, wholeText(call.argumentsText), emit);
}

function emitArguments(choice: ChatChoice, { callId, number }: CallBlock, argumentsText: string, emit: Emit): void {
  if (argumentsText === '') return;
  emit({ type: 'tool-call-delta', callId, argumentsText, block: number, choice: choice.index });
}
