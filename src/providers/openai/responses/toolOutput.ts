import type { OpenAI } from 'openai';
import type { JsonValue } from '../../../events.js';

type Item = OpenAI.Responses.ResponseInputItem;
type Content = OpenAI.Responses.ResponseInputText | OpenAI.Responses.ResponseInputImage | OpenAI.Responses.ResponseInputFile;

/**
 * The result of a call as the item that the API expects for a call of that type.
 *
 * @param callType The type of the item of the call; `undefined` or empty if it was made elsewhere, and is sent as a function call.
 * @param shown The result as text or a list of contents; tools of OpenAI with a result of their own form take it from `result.output`.
 */
export function toolOutput(
  callType: string | undefined,
  call_id: string,
  shown: string | Content[],
  result: { readonly output: JsonValue; readonly isError: boolean },
): Item {
  const { output, isError } = result;
  const text = typeof shown === 'string' ? shown : JSON.stringify(output);
  switch (callType) {
    case 'custom_tool_call':
      return { type: 'custom_tool_call_output', call_id, output: shown };
    case 'local_shell_call':
      return { type: 'local_shell_call_output', id: call_id, output: text };
    case 'apply_patch_call':
      return { type: 'apply_patch_call_output', call_id, status: isError ? 'failed' : 'completed', output: text };
    case 'shell_call':
      return { type: 'shell_call_output', call_id, output: [{ stdout: text, stderr: '', outcome: exit(isError) }] };
    case 'computer_call':
      return ownForm({ type: 'computer_call_output', call_id, output });
    case 'tool_search_call':
      return ownForm({ type: 'tool_search_output', call_id, execution: 'client', tools: output });
    default:
      return { type: 'function_call_output', call_id, output: shown };
  }
}

function exit(isError: boolean): { type: 'exit'; exit_code: number } {
  return { type: 'exit', exit_code: isError ? 1 : 0 };
}

/** A screenshot or a list of tools, which the caller's tool gives in the form of the API. */
function ownForm(item: object): Item {
  return item as Item;
}
