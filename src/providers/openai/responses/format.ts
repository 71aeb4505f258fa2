import { objectOf, textOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../../events.js';
import { isHeartbeat } from '../../wire/heartbeats.js';
import type { Emit, WireFormat } from '../../wire/wireFormat.js';
import { callDelta, callDone, commandDelta, decodeDiffDelta } from './callEvents.js';
import { responseEnd, throwReported } from './end.js';
import { decodeAudio, decodePartialImage, decodeTranscript } from './files.js';
import { decodeItemAdded, decodeItemDone } from './itemEvents.js';
import { emitRaw, ensureStarted, noteResponse, provider } from './start.js';
import { createResponsesState, type DecodeEvent, type ResponsesState } from './state.js';
import { decodeAnnotation, partAdded, partDone, textDelta, textDone } from './textEvents.js';

/** Emits nothing, because the end of the item has the same content. */
const silent: DecodeEvent = () => undefined;

const eventTypes: ReadonlyMap<string, DecodeEvent> = new Map<string, DecodeEvent>([
  ['response.output_text.delta', textDelta('text', 'content_index')],
  ['response.output_text.done', textDone('text', 'content_index', 'text')],
  ['response.output_text.annotation.added', decodeAnnotation],
  ['response.output_text_annotation.added', decodeAnnotation],
  ['response.refusal.delta', textDelta('refusal', 'content_index')],
  ['response.refusal.done', textDone('refusal', 'content_index', 'refusal')],
  ['response.reasoning_text.delta', textDelta('reasoning', 'content_index')],
  ['response.reasoning_text.done', textDone('reasoning', 'content_index', 'text')],
  ['response.reasoning_summary_text.delta', textDelta('summary', 'summary_index')],
  ['response.reasoning_summary_text.done', textDone('summary', 'summary_index', 'text')],
  ['response.reasoning_summary_part.added', partAdded('summary_index')],
  ['response.reasoning_summary_part.done', partDone('summary_index')],
  // Older names.
  ['response.reasoning.delta', textDelta('reasoning', 'content_index')],
  ['response.reasoning.done', textDone('reasoning', 'content_index', 'text')],
  ['response.reasoning_summary.delta', textDelta('summary', 'summary_index')],
  ['response.reasoning_summary.done', textDone('summary', 'summary_index', 'text')],
  ['response.content_part.added', partAdded('content_index')],
  ['response.content_part.done', partDone('content_index')],

  ['response.function_call_arguments.delta', callDelta('function_call')],
  ['response.function_call_arguments.done', callDone('function_call', 'arguments')],
  ['response.custom_tool_call_input.delta', callDelta('custom_tool_call')],
  ['response.custom_tool_call_input.done', callDone('custom_tool_call', 'input')],
  ['response.mcp_call_arguments.delta', callDelta('mcp_call')],
  ['response.mcp_call_arguments.done', callDone('mcp_call', 'arguments')],
  ['response.code_interpreter_call_code.delta', callDelta('code_interpreter_call')],
  ['response.code_interpreter_call_code.done', callDone('code_interpreter_call', 'code')],
  ['response.shell_call_command.added', commandDelta('command')],
  ['response.shell_call_command.delta', commandDelta('delta')],
  ['response.shell_call_command.done', silent],
  ['response.apply_patch_call_operation_diff.delta', decodeDiffDelta],
  ['response.apply_patch_call_operation_diff.done', silent],

  ['response.image_generation_call.partial_image', decodePartialImage],
  ['response.audio.delta', decodeAudio],
  ['response.audio.done', silent],
  ['response.audio.transcript.delta', decodeTranscript],
  ['response.audio.transcript.done', silent],

  ['response.output_item.added', decodeItemAdded],
  ['response.output_item.done', decodeItemDone],

  ['response.created', decodeCreated],
  ['response.queued', decodeAlive],
  ['response.in_progress', decodeAlive],
  ['response.completed', responseEnd('completed')],
  ['response.done', responseEnd('completed')],
  ['response.incomplete', responseEnd('incomplete')],
  ['response.failed', responseEnd('failed')],
  ['response.cancelled', responseEnd('cancelled')],
  ['response.canceled', responseEnd('cancelled')],
  ['error', throwReported],
  ['response.error', throwReported],
]);

/**
 * The stream format of OpenAI's responses.
 *
 * @see https://platform.openai.com/docs/api-reference/responses-streaming
 */
export const responsesFormat: WireFormat<ResponsesState> = {
  provider,
  variables: { text: [['delta']], padding: [['obfuscation'], ['sequence_number']] },
  createState: createResponsesState,
  knows: ({ type }, name) => eventTypes.has(textOf(type) || name),
  decode(state, payload, name, emit) {
    const type = textOf(payload['type']) || name;
    const decode = eventTypes.get(type);
    if (decode) decode(state, payload, emit);
    else if (isError(payload, type, name)) throwReported(state, payload, emit);
    else if (isHeartbeat(payload, name)) emit({ type: 'ping' });
    else emitRaw(state, type || 'response', payload, emit);
  },
  // Only the events that end the response are terminal evidence: a [DONE] marker is not.
  end({ failure }) {
    if (failure) throw failure;
  },
};

function decodeCreated(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  noteResponse(state, objectOf(payload['response']));
  ensureStarted(state, emit);
}

function decodeAlive(state: ResponsesState, payload: JsonObject, emit: Emit): void {
  noteResponse(state, objectOf(payload['response']));
  emit({ type: 'ping' });
}

/**
 * Some gateways drop the type, or give the error a type of their own: then an event named `error`, or a payload with an `error`, is an error. The
 * events of items may have one too.
 */
function isError({ error }: JsonObject, type: string, name: string): boolean {
  return name === 'error' || (!type.startsWith('response.') && error !== undefined && error !== null && error !== false);
}
