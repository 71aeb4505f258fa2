import type { DeltaEvent, FileEvent, JsonValue, LogprobsEvent, ResetEvent, ToolResultEvent, UsageEvent } from '../events.js';
import { haveSameTarget, isTextPiece, pieceText, type TextPieceEvent, withText } from '../message/deltas.js';
import { createStepMarks } from '../message/stepMarks.js';
import { appendPiece, createMergedText, type MergedText, readText } from './mergedText.js';

/** The events of a stream so far, merged into few: every operator makes the same of them as of the events themselves. */
export interface MergedEvents {
  push(event: DeltaEvent): void;
  /** A stream that keeps the grammar, without an end as long as the stream has none. */
  read(): readonly DeltaEvent[];
}

/** One event for several: the first of them, and what the others add to it. */
interface Entry {
  event: DeltaEvent;
  /** The text or the data of them all. */
  text: MergedText | undefined;
  readonly tokens: JsonValue[] | undefined;
}

/**
 * Merges deltas of a block, and progress of a call. What a `reset` voids is dropped, but for what its requests have used. Pings and raw events
 * are dropped. Texts keep their order, because operators join the texts of several blocks in the order in which they come.
 */
export function createMergedEvents(): MergedEvents {
  let entries: Entry[] = [];
  /** The number of entries at the beginning of each step. */
  const marks = createStepMarks(0);
  /** The last entry of each block that a delta may extend. */
  const blocks = new Map<string, Entry>();
  const logprobs = new Map<string, Entry>();
  /** The progress of calls since the last result. */
  const progress = new Map<string, Entry>();
  /** The last text of each choice. */
  const texts = new Map<number, Entry>();
  /** The entry of the last delta. */
  let latest: Entry | undefined;
  /** The last usage of the request that runs. It follows the content, as most often. */
  let usage: UsageEvent | undefined;

  function add(event: DeltaEvent, text?: MergedText, tokens?: JsonValue[]): Entry {
    const entry = { event, text, tokens };
    entries.push(entry);
    return entry;
  }

  /** What comes now extends nothing of what came before. */
  function close(): void {
    for (const open of [blocks, logprobs, progress, texts]) open.clear();
    latest = undefined;
  }

  /** Adds an event that begins or ends a part of the stream. */
  function divide(event: DeltaEvent): void {
    if (usage) add(usage);
    usage = undefined;
    close();
    add(event);
  }

  function addPiece(event: TextPieceEvent): void {
    const known = latest && isTarget(latest, event) ? latest : knownPiece(event);
    latest = known ?? addBlock(event, createMergedText());
    if (latest.text) appendPiece(latest.text, pieceText(event));
    if (event.type === 'text-delta') texts.set(event.choice, latest);
  }

  function knownPiece(event: TextPieceEvent): Entry | undefined {
    const known = blocks.get(keyOf(event));
    if (!known || !isTarget(known, event)) return undefined;
    return event.type === 'text-delta' && texts.get(event.choice) !== known ? undefined : known;
  }

  function addBlock(event: DeltaEvent & { readonly block: number; readonly choice: number }, text?: MergedText): Entry {
    const entry = add(event, text);
    blocks.set(keyOf(event), entry);
    return entry;
  }

  function addFile(event: FileEvent): void {
    const known = blocks.get(keyOf(event));
    if (known?.event.type !== 'file') {
      addBlock(event, createMergedText(event.data));
      return;
    }
    const { transcript, final } = known.event;
    const words = event.transcript === undefined ? transcript : (transcript ?? '') + event.transcript;
    // The last of several previews takes the place of the others; their data is in `text`.
    const merged = { ...known.event, data: '', transcript: words, final: final || event.final };
    const isWhole = event.final && event.data !== '';
    const text = isWhole ? createMergedText(event.data) : known.text;
    if (!isWhole && !event.final && text) appendPiece(text, event.data);
    known.event = merged;
    known.text = text;
  }

  function addLogprobs(event: LogprobsEvent): void {
    const key = keyOf(event);
    const known = logprobs.get(key);
    if (known?.tokens) for (const token of event.tokens) known.tokens.push(token);
    else logprobs.set(key, add(event, undefined, [...event.tokens]));
  }

  function addResult(event: ToolResultEvent): void {
    const known = progress.get(event.callId);
    if (!event.preliminary) {
      close();
      add(event);
    } else if (known) known.event = event;
    else progress.set(event.callId, add(event));
  }

  function addReset(event: ResetEvent): void {
    const mark = marks.rewind(event.step);
    if (usage) add(usage);
    usage = undefined;
    close();
    if (mark !== undefined) entries = [...entries.slice(0, mark), ...remains(entries.slice(mark), event.step)];
    let { step } = event;
    for (let last = entries.at(-1)?.event; last; last = entries.at(-1)?.event) {
      if (last.type === 'reset') step = Math.min(step, last.step);
      else if (event.step > 0 || (last.type !== 'start' && last.type !== 'step')) break;
      entries.pop();
    }
    add({ ...event, step });
  }

  return {
    push(event) {
      switch (event.type) {
        case 'ping':
        case 'raw':
          return;
        case 'text-delta':
        case 'reasoning-delta':
        case 'refusal-delta':
        case 'tool-call-delta':
          return addPiece(event);
        case 'file':
          return addFile(event);
        case 'logprobs':
          return addLogprobs(event);
        case 'tool-result':
          return addResult(event);
        case 'tool-approval':
          return void add(event);
        case 'usage':
          // Without a list, it is what the list before it has grown by.
          if (usage?.requests && !event.requests) add(usage);
          usage = event;
          return;
        case 'reset':
          return addReset(event);
        case 'step':
          divide(event);
          return marks.set(event.step, entries.length);
        case 'start':
        case 'finish':
          return divide(event);
        default:
          latest = undefined;
          addBlock(event);
      }
    },
    read() {
      const events = entries.map(toEvent);
      return usage ? [...events, usage] : events;
    },
  };
}

function keyOf({ choice, block }: { readonly choice: number; readonly block: number }): string {
  return `${choice}/${block}`;
}

function isTarget({ event }: Entry, piece: TextPieceEvent): boolean {
  return isTextPiece(event) && haveSameTarget(event, piece);
}

/**
 * What stays of events that a `reset` voids: what tells which requests were paid for. When the rounds before stand, the numbers of blocks go
 * on, so that each void block keeps its place by an event that means nothing.
 */
function remains(entries: readonly Entry[], step: number): readonly Entry[] {
  const placed = new Set<string>();
  return entries.flatMap((entry) => {
    const { event } = entry;
    if (event.type === 'start' || event.type === 'step' || event.type === 'usage' || event.type === 'reset') return [entry];
    if (step === 0 || !('block' in event) || placed.has(keyOf(event))) return [];
    placed.add(keyOf(event));
    const { block, choice } = event;
    return [{ event: { type: 'logprobs', block, choice, tokens: [] }, text: undefined, tokens: undefined }];
  });
}

function toEvent({ event, text, tokens }: Entry): DeltaEvent {
  if (tokens && event.type === 'logprobs') return { ...event, tokens: tokens.slice() };
  if (!text) return event;
  if (event.type === 'file') return { ...event, data: readText(text) };
  return isTextPiece(event) ? withText(event, readText(text)) : event;
}
