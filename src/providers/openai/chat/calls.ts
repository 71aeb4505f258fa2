import { isObject, nonEmptyText } from '../../../codecs/json/jsonFields.js';
import { writeJson } from '../../../codecs/json/writeJson.js';
import { createGrowingText, wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { Emit } from '../../wire/wireFormat.js';
import { type CallBlock, createCallBlock, isCall } from './blocks.js';
import { extendCall, isWhole, opensObject } from './call.js';
import { type ChatChoice, type ChatState, openBlock, touch } from './state.js';

const callFields: ReadonlySet<string> = new Set(['index', 'id', 'type', 'function', 'custom']);
const functionFields: ReadonlySet<string> = new Set(['name', 'arguments', 'input', 'parameters']);
const flatFields: ReadonlySet<string> = new Set([...callFields, ...functionFields]);

/** A piece of a call, in one form for all servers. */
interface CallPiece {
  readonly index: number | string | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly argumentsText: string;
  readonly position: number;
  /** Whether it is the only piece of its payload. */
  readonly alone: boolean;
}

export function readToolCalls(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const given = delta['tool_calls'];
  const pieces = isObject(given) ? [given] : given;
  if (!Array.isArray(pieces)) return;
  for (let position = 0; position < pieces.length; position++) {
    const piece = pieces[position];
    if (isObject(piece)) readPiece(state, choice, piece, position, pieces.length === 1, emit);
  }
}

/** Reads `function_call`, the older form of a single tool call. Some servers send a call in both forms. */
export function readFunctionCall(state: ChatState, choice: ChatChoice, delta: JsonObject, emit: Emit): void {
  const piece = delta['function_call'];
  const inBoth = Array.isArray(delta['tool_calls']) && delta['tool_calls'].length > 0;
  if (!isObject(piece) || inBoth) return;
  const call =
    choice.calls?.get('function_call') ??
    openCall(choice, 'function_call', createCallBlock(choice.blocks.length, 'function_call', 'json'));
  keepUnknown(call.functionExtras, piece, functionFields);
  extendCall(state, choice, call, nonEmptyText(piece['name']), argumentsOf(piece['arguments']), emit);
}

function readPiece(state: ChatState, choice: ChatChoice, native: JsonObject, position: number, alone: boolean, emit: Emit): void {
  const { custom, function: called } = native;
  const format = isObject(custom) || native['type'] === 'custom' ? 'text' : 'json';
  const nested = isObject(custom) ? custom : isObject(called) ? called : undefined;
  const content = nested ?? native;
  const id = idOf(native['id']) ?? idOf(content['id']) ?? idOf(native['call_id']);
  const name = nonEmptyText(content['name']);
  const argumentsText = argumentsOf(content['arguments'] ?? content['input'] ?? content['parameters']);
  const piece = { index: keyOf(native['index']), id, name, argumentsText, position, alone };
  const known = findCall(choice, piece);
  if (known && repeats(known, piece)) return touch(choice);
  const isAnother = known === undefined || opensAnother(known, piece);
  const call = isAnother
    ? openCall(choice, piece.index ?? id ?? position, createCallBlock(choice.blocks.length, 'tool_call', format, position))
    : known;
  call.id ??= id;
  keepUnknown(call.extras, native, nested ? callFields : flatFields);
  if (nested) keepUnknown(call.functionExtras, nested, functionFields);
  extendCall(state, choice, call, name ?? (isAnother ? known?.name : undefined), argumentsText, emit);
}

/** The call that has the index of a piece, else its id, else its position, else the latest one. */
function findCall(choice: ChatChoice, piece: CallPiece): CallBlock | undefined {
  const { calls } = choice;
  const { index, id, name, position, alone } = piece;
  if (index !== undefined) return calls?.get(index) ?? strayCall(choice, index, piece);
  if (id !== undefined) return calls?.get(id) ?? openCalls(choice, (call) => call.id === id);
  return alone && name === undefined ? choice.latestCall : openCalls(choice, (call) => call.position === position);
}

/**
 * The latest call, where a piece has another index and belongs to it nevertheless: it has neither id nor name, or has them both again, and the
 * call has no arguments yet, or the same ones.
 */
function strayCall({ calls, latestCall: call }: ChatChoice, index: number | string, piece: CallPiece): CallBlock | undefined {
  const { id, name, argumentsText } = piece;
  if (!call || call.name === '' || argumentsText === '') return undefined;
  const isUnnamed = id === undefined && name === undefined;
  const isSame = id !== undefined && id === call.id && (name ?? call.name) === call.name;
  if (!isUnnamed && !isSame) return undefined;
  const isEmpty = call.argumentsText.length === 0;
  if (!isEmpty && !(isSame && repeats(call, piece))) return undefined;
  calls?.set(index, call);
  return call;
}

/** The latest open call that a test accepts. */
function openCalls(choice: ChatChoice, accepts: (call: CallBlock) => boolean): CallBlock | undefined {
  for (let at = choice.blocks.length - 1; at >= choice.endedBlocks; at--) {
    const block = choice.blocks[at];
    if (block && isCall(block) && accepts(block)) return block;
  }
  return undefined;
}

/** Whether a piece brings the whole arguments of its call once more: some servers flush them at the end. */
function repeats(call: CallBlock, { id, name, argumentsText }: CallPiece): boolean {
  const isSame = id === undefined ? name === undefined : id === call.id;
  if (!isSame || !opensObject(argumentsText) || argumentsText.length !== call.argumentsText.length) return false;
  return argumentsText === wholeText(call.argumentsText) && isWhole(call);
}

/**
 * Whether a piece opens another call under the same index, id or position: some servers give all calls the same one. It does not if it only
 * repeats the id and the name, or has another id in every piece.
 */
function opensAnother(call: CallBlock, { index, id, name, argumentsText }: CallPiece): boolean {
  if (call.name === '') return false;
  const hasOtherId = id !== undefined && id !== call.id && call.id !== undefined;
  const isRepeatedId = index !== undefined && id !== undefined && id === call.id;
  if (name !== undefined && name !== call.name) return !isRepeatedId || (opensObject(argumentsText) && isWhole(call));
  if (name !== undefined && (hasOtherId || (index === undefined && !opensNothing(argumentsText)))) return isWhole(call);
  if (!opensObject(argumentsText) || !isWhole(call)) return false;
  if (name !== undefined || wholeText(call.argumentsText).trim() !== '{}') return true;
  // The empty object stood for arguments that follow.
  call.argumentsText = createGrowingText();
  return false;
}

/** Text that neither begins arguments nor leaves them to the next piece. */
function opensNothing(argumentsText: string): boolean {
  return argumentsText !== '' && !opensObject(argumentsText);
}

function openCall(choice: ChatChoice, key: number | string, call: CallBlock): CallBlock {
  choice.calls ??= new Map();
  choice.calls.set(key, call);
  return openBlock(choice, call);
}

function keyOf(index: JsonValue | undefined): number | string | undefined {
  return typeof index === 'number' || typeof index === 'string' ? index : undefined;
}

function idOf(id: JsonValue | undefined): string | undefined {
  return typeof id === 'number' ? String(id) : id === 'null' ? undefined : nonEmptyText(id);
}

/** Arguments that a server sends as an object become its JSON. */
function argumentsOf(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : writeJson(value);
}

/** Keeps unknown fields, for instance a thought signature, because they must go back to the server. */
function keepUnknown(extras: Map<string, JsonValue>, piece: JsonObject, known: ReadonlySet<string>): void {
  for (const [field, value] of Object.entries(piece)) {
    if (!known.has(field) && value !== undefined && value !== null) extras.set(field, value);
  }
}
