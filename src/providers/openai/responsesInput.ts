import { textOf } from '../../codecs/json/jsonFields.js';
import type { FileReference, Turn, TurnPart } from '../../events.js';
import type { CallNames } from '../../message/callNames.js';
import {
  isShown,
  nativeOf,
  type ResultPart,
  resultContents,
  resultText,
  type Shown,
  toShown,
} from '../../message/turnContent.js';
import { responsesCallNames, responsesTurn } from './responses/turn.js';
import { type ResponsesContent, type ResponsesItem, toolOutput } from './toolOutput.js';

export type { ResponsesContent, ResponsesItem } from './toolOutput.js';

/** One conversion: the names of its calls, their types, and the ids of the provider's requests for approval. */
interface Conversion {
  readonly names: CallNames;
  readonly callTypes: Map<string, string>;
  readonly approvalRequests: Set<string>;
}

/**
 * Converts turns to the input of a response, whatever API they come from. An answer of the responses API goes back losslessly; of the answer
 * of another API the text, the refusal as text, the calls of the caller's own tools and their results go back. What is lost then: reasoning
 * with its signatures and encrypted forms, tools that the provider ran with their results, citations, and files that the model made (of
 * audio, the transcript is kept). Ids of calls that come from elsewhere are cut to the 40 characters that OpenAI accepts.
 *
 * A decision on a request of an MCP tool of the provider is sent (the callId of the approval is the id of the request); other approvals are not.
 * That a result is an error is in its text only.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create
 * @example fromResponses(client, { model, input: responsesInput([...turns, ...messageTurns(message)]) })
 */
export function responsesInput(turns: readonly Turn[]): ResponsesItem[] {
  const conversion: Conversion = { names: responsesCallNames(), callTypes: new Map(), approvalRequests: new Set() };
  return turns.flatMap((turn) => [
    ...ownItems(turn, conversion),
    ...turn.parts.flatMap((part) => toReply(part, turn, conversion)),
  ]);
}

/** The items of the turn itself, without the results of tools. */
function ownItems(turn: Turn, { names, callTypes, approvalRequests }: Conversion): readonly ResponsesItem[] {
  if (turn.role === 'assistant') {
    for (const part of turn.parts) {
      const native = nativeOf(part, 'responses');
      const type = textOf(native?.['type']);
      if (part.type === 'tool-call') callTypes.set(part.callId, type || (part.format === 'text' ? 'custom_tool_call' : ''));
      if (type === 'mcp_approval_request') approvalRequests.add(textOf(native?.['id']));
    }
    // Items of the provider are among them, as it sent them.
    return responsesTurn(turn, names) as ResponsesItem[];
  }
  const shown = turn.parts.filter(isShown).map(toShown);
  if (shown.length === 0 || turn.role === 'tool') return [];
  const [only] = shown;
  const content = shown.length === 1 && only?.type === 'text' ? only.text : shown.map(toContent);
  return [{ role: turn.role, content }];
}

function toReply(part: TurnPart, { role }: Turn, { names, callTypes, approvalRequests }: Conversion): readonly ResponsesItem[] {
  if (part.type === 'approval') {
    const isRequest = part.approved !== undefined && approvalRequests.has(part.callId);
    return isRequest
      ? [{ type: 'mcp_approval_response', approval_request_id: part.callId, approve: part.approved === true }]
      : [];
  }
  if (part.type !== 'tool-result' || names.isProvided(part.callId)) return [];
  // In the assistant's turn it has been sent already, as an item of the provider.
  const native = nativeOf(part, 'responses');
  if (native) return role === 'assistant' ? [] : [native as unknown as ResponsesItem];
  return [toolOutput(callTypes.get(part.callId), names.result(part.callId), toOutput(part), part)];
}

function toOutput({ output }: ResultPart): string | ResponsesContent[] {
  const contents = resultContents(output);
  return resultText(contents) ?? contents.map(toContent);
}

function toContent(content: Shown): ResponsesContent {
  return content.type === 'text' ? { type: 'input_text', text: content.text } : toFile(content);
}

function toFile({ mediaType, url, filename = 'file' }: FileReference): ResponsesContent {
  if (mediaType.startsWith('image/')) return { type: 'input_image', image_url: url, detail: 'auto' };
  return url.startsWith('data:') ? { type: 'input_file', filename, file_data: url } : { type: 'input_file', file_url: url };
}
