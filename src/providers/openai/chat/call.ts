import { append, wholeText } from '../../../codecs/text/growingText.js';
import type { Emit } from '../../wire/wireFormat.js';
import type { CallBlock } from './blocks.js';
import type { ChatChoice, ChatState } from './state.js';
import { uniqueCallId } from './uniqueCallId.js';

/** Announces a call as soon as it has a name; what came of its arguments before is held until then. */
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
  announce(state, choice, call, emit);
}

function announce(state: ChatState, choice: ChatChoice, call: CallBlock, emit: Emit): void {
  const { id, name, number, format } = call;
  call.callId = uniqueCallId(state, choice, id, number);
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

/** @param cut Whether the model was stopped in the middle of this call, perhaps: then it ends only if its arguments are whole. */
export function endCall(state: ChatState, choice: ChatChoice, call: CallBlock, cut: boolean, emit: Emit): void {
  if (cut && (call.format === 'text' || !isJson(wholeText(call.argumentsText)))) return;
  if (call.callId === '') announce(state, choice, call, emit);
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

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
