import { writeJson } from '../../codecs/json/writeJson.js';
import type { JsonValue } from '../../events.js';

/** A text or a file that a user or a tool shows to the model. */
export type ResponsesContent =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string; detail: 'auto' }
  | { type: 'input_file'; filename: string; file_data: string }
  | { type: 'input_file'; file_url: string };

/** An item of the input of a response. Items of an answer are there too, as the provider sent them. */
export type ResponsesItem =
  | { role: 'system' | 'user'; content: string | ResponsesContent[] }
  | { role: 'assistant'; content: string; phase?: 'commentary' }
  | { type: 'function_call'; call_id: string; name: string; arguments: string }
  | { type: 'custom_tool_call'; call_id: string; name: string; input: string }
  | { type: 'mcp_approval_response'; approval_request_id: string; approve: boolean }
  | ToolOutput;

type ToolOutput =
  | { type: 'function_call_output' | 'custom_tool_call_output'; call_id: string; output: string | ResponsesContent[] }
  | { type: 'local_shell_call_output'; id: string; output: string }
  | { type: 'apply_patch_call_output'; call_id: string; status: 'completed' | 'failed'; output: string }
  | { type: 'shell_call_output'; call_id: string; output: { stdout: string; stderr: string; outcome: ShellOutcome }[] };

interface ShellOutcome {
  type: 'exit';
  exit_code: number;
}

/**
 * The result of a call as the item that the API expects for a call of that type.
 *
 * @param callType The type of the item of the call; `undefined` or empty if it was made elsewhere, and is sent as a function call.
 * @param shown The result as text or a list of contents; tools of OpenAI with a result of their own form take it from `result.output`.
 */
export function toolOutput(
  callType: string | undefined,
  call_id: string,
  shown: string | ResponsesContent[],
  result: { readonly output: JsonValue; readonly isError: boolean },
): ToolOutput {
  const { output, isError } = result;
  const text = typeof shown === 'string' ? shown : writeJson(output);
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

function exit(isError: boolean): ShellOutcome {
  return { type: 'exit', exit_code: isError ? 1 : 0 };
}

/** A screenshot or a list of tools, which the caller's tool gives in the form of the API. */
function ownForm(item: object): ToolOutput {
  return item as ToolOutput;
}
