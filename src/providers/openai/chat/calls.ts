import { isObject, nonEmptyText, objectOf } from '../../../codecs/json/jsonFields.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { type CallBlock, createCallBlock } from './blocks.js';
import { extendCall, isJson } from './call.js';
import { type ChatChoice, type ChatState, openBlock } from './state.js';

const callFields: ReadonlySet<string> = new Set(['index', 'id', 'type', 'function', 'custom']);
const functionFields: ReadonlySet<string> = new Set(['name', 'arguments', 'input']);

export function readToolCalls(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const pieces = delta['tool_calls'];
  if (!Array.isArray(pieces)) return;
  for (let position = 0; position < pieces.length; position++) {
    readPiece(state, choice, objectOf(pieces[position]), position, emit);
  }
}

/** Reads `function_call`, the older form of a single tool call. */
export function readFunctionCall(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const piece = delta['function_call'];
  if (!isObject(piece)) return;
  const call =
    choice.calls?.get('function_call') ??
    openCall(choice, 'function_call', createCallBlock(choice.blocks.length, 'function_call', 'json'));
  keepUnknown(call.functionExtras, piece, functionFields);
  extendCall(state, choice, call, nonEmptyText(piece['name']), argumentsOf(piece['arguments']), emit);
}

function readPiece(state: ChatState, choice: ChatChoice, piece: JsonObject, position: number, emit: Emit): void {
  const custom = isObject(piece['custom']);
  const content = objectOf(custom ? piece['custom'] : piece['function']);
  const name = nonEmptyText(content['name']);
  const id = nonEmptyText(piece['id']);
  const key = keyOf(piece['index']) ?? id ?? position;
  const known = findCall(choice, key, piece, id, name);
  const format = custom || piece['type'] === 'custom' ? 'text' : 'json';
  const call = known ?? openCall(choice, key, createCallBlock(choice.blocks.length, 'tool_call', format));
  call.id ??= id;
  keepUnknown(call.extras, piece, callFields);
  keepUnknown(call.functionExtras, content, functionFields);
  extendCall(state, choice, call, name, argumentsOf(content[call.format === 'text' ? 'input' : 'arguments']), emit);
}

function keyOf(index: JsonValue | undefined): number | string | undefined {
  return typeof index === 'number' || typeof index === 'string' ? index : undefined;
}

/** The call that a piece extends; `undefined` if it is the first piece of a call. */
function findCall(
  choice: ChatChoice,
  key: number | string,
  piece: JsonObject,
  id: string | undefined,
  name: string | undefined,
): CallBlock | undefined {
  const indexed = keyOf(piece['index']) !== undefined;
  if (!indexed && id === undefined && name === undefined) return choice.latestCall;
  const call = choice.calls?.get(key);
  if (call === undefined || name === undefined || call.name === '') return call;
  // Some servers repeat the id and the name in every piece; others give all calls the same index or id.
  const isSame = indexed && (id === undefined || id === call.id);
  const isAnother = !isSame && (name !== call.name || isJson(call.argumentsText));
  return isAnother ? undefined : call;
}

function openCall(choice: ChatChoice, key: number | string, call: CallBlock): CallBlock {
  choice.calls ??= new Map();
  choice.calls.set(key, call);
  return openBlock(choice, call);
}

/** Arguments that a server sends as an object become its JSON. */
function argumentsOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Keeps unknown fields, for instance a thought signature, because they must go back to the server. */
function keepUnknown(extras: Map<string, JsonValue>, piece: JsonObject, known: ReadonlySet<string>): void {
  for (const [field, value] of Object.entries(piece)) {
    if (!known.has(field) && value !== undefined && value !== null) extras.set(field, value);
  }
}
