import { isObject } from '../../../codecs/json/jsonFields.js';
import { tryParseRawJson } from '../../../codecs/json/tryParseJson.js';
import type { JsonValue, PartOrigin, Turn, TurnPart } from '../../../events.js';
import type { ResultPart } from '../../../message/turnContent.js';
import { isRecord } from '../fields/readers.js';
import { contentOutput } from './contents.js';
import { countOf, type Note, nativeOf, noteIn, openNative, tanStackNoteIn } from './notes.js';
import type { RunMessage, RunToolCall } from './runInput.js';
import { isTooDeep, parseShallow } from './shallowJson.js';

/** A part, and where our encoder noted that it comes from. */
interface Placed {
  readonly part: TurnPart;
  readonly round: RoundKey | undefined;
  readonly block: number | undefined;
}

/** The run and its step. */
interface RoundKey {
  readonly run: string;
  readonly step: number;
}

/** A round of the answer: what the model said, and the results of its calls. */
interface Round {
  key: RoundKey | undefined;
  readonly said: Placed[];
  readonly replies: TurnPart[];
}

/** The answer so far. */
interface Answer {
  readonly rounds: Round[];
  readonly calls: Map<string, { readonly name: string; readonly isProvided: boolean; readonly round: Round }>;
}

/**
 * The turns of the messages between two messages of the user. Clients divide a round into messages as they please; our notes have the order of
 * its blocks.
 */
export function readAnswer(messages: readonly RunMessage[]): readonly Turn[] {
  const answer: Answer = { rounds: [], calls: new Map() };
  for (const message of messages) {
    if (message.role === 'tool') reply(answer, message, message.toolCallId ?? '');
    else
      for (const placed of message.role === 'reasoning' ? reasoningParts(message) : assistantParts(message)) say(answer, placed);
  }
  return answer.rounds.flatMap(({ said, replies }): readonly Turn[] => [
    ...(said.length === 0 ? [] : [{ role: 'assistant', parts: inOrder(said) } as const]),
    ...(replies.length === 0 ? [] : [{ role: 'tool', parts: replies } as const]),
  ]);
}

/** Without a note, what follows the result of a tool is another round. */
function roundFor({ rounds }: Answer, key: RoundKey | undefined): Round {
  const known = key && rounds.findLast((round) => round.key?.run === key.run && round.key.step === key.step);
  if (known) return known;
  const latest = rounds.at(-1);
  if (latest?.replies.length === 0 && (key === undefined || latest.key === undefined)) {
    latest.key ??= key;
    return latest;
  }
  const round: Round = { key, said: [], replies: [] };
  // The client of TanStack shows the beginning of a round with the one before.
  const later = rounds.findIndex((other) => key && other.key && other.key.run === key.run && other.key.step > key.step);
  rounds.splice(later < 0 ? rounds.length : later, 0, round);
  return round;
}

function say(answer: Answer, placed: Placed): void {
  const { part, round: key, block } = placed;
  const round = roundFor(answer, key);
  if (part.type === 'tool-call') {
    answer.calls.set(part.callId, { name: part.name, isProvided: part.executor === 'provider', round });
  }
  const at = block === undefined ? -1 : round.said.findIndex((other) => other.block === block && other.part.type === part.type);
  const other = round.said[at]?.part;
  // A text that went on in another message.
  if (other && 'text' in other && 'text' in part) {
    round.said[at] = { ...placed, part: { ...other, ...definedNative(part), text: other.text + part.text } };
  } else round.said.push(placed);
}

function definedNative({ native, nativeFormat }: Partial<PartOrigin>): object {
  return native === undefined ? {} : { native, nativeFormat };
}

function reply(answer: Answer, message: RunMessage, callId: string): void {
  const call = answer.calls.get(callId);
  const round = call?.round ?? answer.rounds.at(-1) ?? roundFor(answer, undefined);
  const decision = tanStackDecision(message);
  if (decision !== undefined) {
    return void round.said.push({ part: { type: 'approval', callId, approved: decision }, round: undefined, block: undefined });
  }
  const note = noteIn(message.metadata);
  const sealed = openNative(message.encryptedValue);
  const part = resultPart(message, callId, call?.name ?? '', note);
  if (!call?.isProvided) return void round.replies.push({ ...part, ...nativeParts(sealed) });
  round.said.push({ part: { ...part, ...nativeParts(sealed) }, round: round.key, block: blockIn(sealed ?? note) });
}

function resultPart({ content, error }: RunMessage, callId: string, called: string, note: Note | undefined): ResultPart {
  const name = typeof note?.['name'] === 'string' ? note['name'] : called;
  const isError = note?.['isError'] === true || (typeof error === 'string' && error !== '');
  const shown = contentOutput(content);
  const value = note?.['json'] === true && typeof content === 'string' ? parseShallow(content) : undefined;
  const output = value ?? (shown === '' && typeof error === 'string' ? error : shown);
  return { type: 'tool-result', callId, name, output, isError };
}

/** TanStack's client writes a decision of the user as the result of the call. */
function tanStackDecision({ content }: RunMessage): boolean | undefined {
  if (typeof content !== 'string' || !content.startsWith('{"approved":')) return undefined;
  const value = parseShallow(content);
  if (!isObject(value)) return undefined;
  if (value['approved'] === true && value['pendingExecution'] === true) return true;
  return value['approved'] === false && value['message'] === 'User denied this action' ? false : undefined;
}

function reasoningParts({ content, encryptedValue, metadata }: RunMessage): readonly Placed[] {
  const sealed = openNative(encryptedValue);
  const text = typeof content === 'string' ? content : '';
  const isOpaque = sealed !== undefined && (text === '' || sealed['opaque'] === true);
  const note = noteIn(metadata) ?? (isOpaque ? undefined : sealed);
  const reasoning = { type: 'reasoning', text, ...(isOpaque ? {} : nativeParts(sealed)) } as const;
  return [
    ...(text === '' ? [] : [place(reasoning, note)]),
    ...(isOpaque && typeof sealed['kind'] === 'string' ? [place(otherPart(sealed['kind'], sealed), sealed)] : []),
  ];
}

function otherPart(kind: string, note: Note): TurnPart {
  return { type: 'other', kind, ...nativeParts(note) };
}

function assistantParts({ content, encryptedValue, metadata, toolCalls }: RunMessage): readonly Placed[] {
  const note = noteIn(metadata);
  const calls = (toolCalls ?? []).map((call) => callPart(call, noteIn(call.metadata) ?? tanStackCallNote(metadata, call.id)));
  if (typeof content !== 'string' || content === '') return calls;
  const native = nativeParts(openNative(encryptedValue) ?? note);
  const isRefusal = note?.['type'] === 'refusal';
  const phase = note?.['phase'] === 'commentary' ? 'commentary' : 'answer';
  const part: TurnPart = isRefusal
    ? { type: 'refusal', text: content, ...native }
    : { type: 'text', text: content, phase, ...native };
  return [place(part, note), ...calls];
}

function tanStackCallNote(metadata: unknown, callId: string): Note | undefined {
  const calls = tanStackNoteIn(metadata)?.['toolCallMetadata'];
  return isRecord(calls) && Object.hasOwn(calls, callId) ? noteIn(calls[callId]) : undefined;
}

function callPart({ id, function: called, encryptedValue }: RunToolCall, note: Note | undefined): Placed {
  const format = note?.['format'] === 'text' ? 'text' : 'json';
  const part: TurnPart = {
    type: 'tool-call',
    callId: id,
    name: called.name,
    argumentsText: called.arguments,
    input: format === 'text' ? undefined : inputOf(called.arguments),
    executor: note?.['executor'] === 'provider' ? 'provider' : 'client',
    format,
    ended: true,
    ...nativeParts(openNative(encryptedValue)),
  };
  return place(part, note);
}

function inputOf(argumentsText: string): JsonValue | undefined {
  const input = argumentsText.trim() === '' ? {} : tryParseRawJson(argumentsText);
  return isTooDeep(input) ? undefined : input;
}

function place(part: TurnPart, note: Note | undefined): Placed {
  const run = note?.['run'];
  const step = countOf(note?.['step']);
  const round = typeof run === 'string' && step !== undefined ? { run, step } : undefined;
  return { part, round, block: blockIn(note) };
}

function blockIn(note: Note | undefined): number | undefined {
  return countOf(note?.['block']);
}

function nativeParts(note: Note | undefined): Pick<PartOrigin, 'native' | 'nativeFormat'> | undefined {
  const found = nativeOf(note);
  return found && { native: found.native, nativeFormat: found.format };
}

/** A part without a note stays after the one before it. */
function inOrder(said: readonly Placed[]): readonly TurnPart[] {
  let latest = -1;
  const placed = said.map(({ part, block = latest }) => {
    latest = block;
    return { part, block };
  });
  return placed.sort((one, other) => one.block - other.block).map(({ part }) => part);
}
