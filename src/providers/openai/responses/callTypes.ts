import { isObject, objectOf } from '../../../codecs/json/jsonFields.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import type { ArgumentsFormat, Executor, JsonObject, JsonValue } from '../../../events.js';
import { argumentsOf } from './argumentsText.js';
import { patchArguments, patchClosing, shellArguments, shellClosing } from './writtenJson.js';

/** How an output item of one type becomes a tool call. */
export interface CallType {
  /** Undefined if the item has it. */
  readonly name: string | undefined;
  readonly format: ArgumentsFormat;
  executor(item: JsonObject): Executor;
  /** The field that is the argument text; undefined if `argumentsText` builds it from other fields. */
  readonly field: 'arguments' | 'input' | 'code' | undefined;
  /** The argument text of a whole item. */
  argumentsText(item: JsonObject): string;
  /** The end of an argument text that was built from deltas and that the whole item contradicts. */
  readonly closing: string;
  /** The result of the tool, if the item contains it. */
  result(item: JsonObject): CallResult | undefined;
  /** Whether only the whole item identifies the call. */
  readonly late: boolean;
}

export interface CallResult {
  readonly output: JsonValue;
  readonly isError: boolean;
}

const isClient = (): Executor => 'client';
const isProvider = (): Executor => 'provider';

const plain: Omit<CallType, 'argumentsText'> = {
  name: undefined,
  format: 'json',
  executor: isClient,
  field: undefined,
  closing: '',
  result: () => undefined,
  late: false,
};

/** A call with its argument text in a field, which is streamed. */
function streamed(field: 'arguments' | 'input' | 'code', more: Partial<CallType> = {}): CallType {
  const format = field === 'arguments' ? 'json' : 'text';
  const argumentsText = (item: JsonObject): string => argumentsOf(item[field]);
  return { ...plain, format, field, argumentsText, ...more };
}

/** A call with its arguments in other fields, which we write as JSON. */
function written(name: string, argumentsText: CallType['argumentsText'], more: Partial<CallType> = {}): CallType {
  return { ...plain, name, argumentsText, ...more };
}

/** Writes some fields of an item as JSON. */
function fields(...names: readonly string[]): CallType['argumentsText'] {
  return (item) => writeJson(Object.fromEntries(names.flatMap((name) => (name in item ? [[name, item[name] ?? null]] : []))));
}

/** The result of a tool, which the item contains only if the request asked for it. A failure is a result too. */
function resultOf(output: JsonValue | undefined, item: JsonObject): CallResult | undefined {
  const isError = item['status'] === 'failed';
  return (output === undefined || output === null) && !isError ? undefined : { output: output ?? null, isError };
}

/**
 * The call types, by the type of their item. The provider runs its own tools; the caller runs the others.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/object
 */
export const callTypes: ReadonlyMap<string, CallType> = new Map<string, CallType>([
  ['function_call', streamed('arguments')],
  ['custom_tool_call', streamed('input')],
  ['local_shell_call', written('local_shell', ({ action }) => writeJson(action ?? {}))],
  ['computer_call', written('computer', fields('action', 'actions', 'pending_safety_checks'))],
  ['shell_call', written('shell', shellArguments, { executor: shellExecutor, closing: shellClosing })],
  ['apply_patch_call', written('apply_patch', patchArguments, { closing: patchClosing })],
  [
    'tool_search_call',
    written('tool_search', (item) => writeJson(item['arguments'] ?? {}), {
      executor: ({ execution }) => (execution === 'client' ? 'client' : 'provider'),
      // Its call_id may change until the item is done.
      late: true,
    }),
  ],
  ['mcp_call', streamed('arguments', { executor: isProvider, result: mcpResult })],
  ['program', streamed('code', { name: 'program', executor: isProvider })],
  [
    'code_interpreter_call',
    streamed('code', { name: 'code_interpreter', executor: isProvider, result: (item) => resultOf(item['outputs'], item) }),
  ],
  [
    'file_search_call',
    written('file_search', fields('queries'), {
      executor: isProvider,
      result: (item) => resultOf(item['results'], item),
    }),
  ],
  [
    'web_search_call',
    written('web_search', searchArguments, {
      executor: isProvider,
      result: (item) => resultOf(objectOf(item['action'])['sources'], item),
    }),
  ],
  [
    'image_generation_call',
    written('image_generation', fields('action', 'background', 'output_format', 'quality', 'revised_prompt', 'size'), {
      executor: isProvider,
      // The image itself is emitted as a `file`.
      result: (item) => resultOf(item['error'], item),
    }),
  ],
]);

/** The provider runs shell commands only in its own containers. */
function shellExecutor({ environment }: JsonObject): Executor {
  return objectOf(environment)['type'] === 'container_reference' ? 'provider' : 'client';
}

/** The search, without its results. */
function searchArguments({ action }: JsonObject): string {
  if (!isObject(action)) return '{}';
  const { sources: _sources, ...query } = action;
  return writeJson(query);
}

function mcpResult(item: JsonObject): CallResult | undefined {
  const { error, output } = item;
  return error === undefined || error === null ? resultOf(output, item) : { output: error, isError: true };
}
