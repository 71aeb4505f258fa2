import type { MessagePart, Turn } from '../../../events.js';
import { messageTurns } from '../../../message/turns.js';
import { type Body, fieldOf, listOf, textOf } from './bodyFields.js';
import { type LateNative, type PlacedPart, readNativeNote, readOtherResult, readParts } from './messageParts.js';
import { userTurn } from './userParts.js';

/** The turns of an assistant's message: one for each round, with the results of its calls, and the user's messages that steered it. */
export function assistantTurns(parts: readonly Body[]): readonly Turn[] {
  const turns: Turn[] = [];
  let rounds: Round[] = [createRound()];

  function endRounds(): void {
    const placed = rounds.flatMap(({ parts: placedParts }, step) => inOrder(placedParts).map((part) => ({ ...part, step })));
    if (placed.length > 0 || turns.length === 0) turns.push(...messageTurns({ parts: placed }));
    rounds = [createRound()];
  }

  for (const part of parts) {
    const type = textOf(fieldOf(part, 'type'));
    const round = rounds.at(-1) ?? createRound();
    if (type === 'step-start') {
      if (round.parts.length > 0) rounds.push(createRound());
    } else if (type === 'steering-message') {
      endRounds();
      turns.push(userTurn('user', listOf(fieldOf(part, 'parts'))));
    } else if (type === 'data-rxllm') {
      addNote(round, fieldOf(part, 'data'));
    } else {
      for (const placed of readParts(part, type)) addPart(round, placed);
    }
  }
  endRounds();
  return turns;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Round {
  readonly parts: Mutable<PlacedPart>[];
  /** The part of a block that came last. */
  readonly blocks: Map<number, Mutable<PlacedPart>>;
  /** By the id of the call. */
  readonly results: Map<string, Mutable<PlacedPart>>;
}

function createRound(): Round {
  return { parts: [], blocks: new Map(), results: new Map() };
}

/** Adds a part, or the rest of a part of the same block, which their client shows as two. */
function addPart({ parts, blocks, results }: Round, { part, block, order }: PlacedPart): void {
  const known = block === undefined ? undefined : blocks.get(block);
  if (known && isText(part) && isText(known.part) && known.part.type === part.type) {
    const native = part.native === undefined ? {} : { native: part.native, nativeFormat: part.nativeFormat };
    known.part = { ...known.part, text: known.part.text + part.text, ...native };
    return;
  }
  const placed = { part, block, order };
  parts.push(placed);
  if (part.type === 'tool-result') results.set(part.callId, placed);
  else if (block !== undefined) blocks.set(block, placed);
}

type TextPart = Extract<MessagePart, { readonly type: 'text' | 'reasoning' | 'refusal' }>;

function isText(part: MessagePart): part is TextPart {
  return part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal';
}

function addNote(round: Round, data: Body): void {
  const result = readOtherResult(data);
  const native = readNativeNote(data);
  if (result) addPart(round, result);
  else if (native) addNative(round, native);
}

function addNative(round: Round, { kind, native, format: nativeFormat, block, result }: LateNative): void {
  const known = result === undefined ? round.blocks.get(block) : round.results.get(result);
  if (known) known.part = { ...known.part, native, nativeFormat };
  else addPart(round, { part: { type: 'other', kind, step: 0, native, nativeFormat }, block });
}

/** In the order of blocks. Their client merges a call with its result, and shows an opaque block where it ended. */
function inOrder(parts: readonly PlacedPart[]): readonly MessagePart[] {
  let latest = -1;
  const placed = parts.map(({ part, block, order = -1 }) => {
    const isBlock = block !== undefined && part.type !== 'tool-result';
    latest = Math.max(latest, block ?? -1);
    // A part that is no block follows the block before it.
    return { part, place: [block ?? latest, isBlock ? -1 : 0, order] as const };
  });
  return placed.sort((a, b) => compare(a.place, b.place)).map(({ part }) => part);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
