import type { JsonTemplate } from '../../codecs/jsonTemplate/template.js';
import { findTemplate, type JsonTemplates, learnTemplate, releaseTemplate } from '../../codecs/jsonTemplate/templates.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { DeltaEvent } from '../../events.js';
import { isTextPiece, pieceText, type TextPieceEvent, withText } from '../../message/deltas.js';
import type { PartialFold } from '../../message/partialFold.js';
import type { Emit, WireState } from './wireFormat.js';

// The fast path of an event decoder: most payloads equal the one before except for their text, so they are neither parsed nor decoded. The
// events are the same without it (`templates: false`).

/** A payload that emitted one delta and did nothing else. The next payload of its template emits the same delta with its own text. */
export interface RepeatedPayload {
  readonly template: JsonTemplate;
  /** The name of its SSE event. */
  readonly name: string;
  /** The text in the format's state that the delta extends. */
  readonly text: GrowingText;
  readonly delta: TextPieceEvent;
  /** Text of repetitions that was emitted and is not yet appended to `text` and to the message. */
  pending: GrowingText;
}

/** The fields of an event decoder that the fast path reads and writes. */
export interface PayloadRepeater {
  readonly state: WireState;
  readonly fold: PartialFold;
  readonly templates: JsonTemplates | undefined;
  readonly deliver: Emit;
  payloads: number;
  /** The template that matched last. */
  template: JsonTemplate | undefined;
  /** What the payload that is being decoded has emitted: how many events, the last delta, and whether an event may hold a part of it. */
  emitted: number;
  repeatable: TextPieceEvent | undefined;
  kept: boolean;
  repeated: RepeatedPayload | undefined;
}

/** Matches the payload that begins at an index and returns its template; `undefined` if it must be parsed. */
export function matchPayload(decoder: PayloadRepeater, text: string, from: number, prefix?: string): JsonTemplate | undefined {
  const { templates } = decoder;
  decoder.template = templates && findTemplate(templates, text, from, prefix);
  return decoder.template;
}

/** Emits the delta of a payload that repeats the last one, and returns whether it does. */
export function emitRepeated(decoder: PayloadRepeater, template: JsonTemplate, name: string): boolean {
  const { repeated } = decoder;
  const { text } = template;
  if (!text || repeated?.template !== template || repeated.name !== name || opensArguments(repeated.delta, text)) return false;
  decoder.payloads++;
  append(repeated.pending, text);
  decoder.deliver(withText(repeated.delta, text));
  return true;
}

const openingBrace = 123;

/** Whether a piece of arguments begins an object: only a format knows whether it extends the call, repeats its arguments or opens another one. */
function opensArguments({ type }: TextPieceEvent, text: string): boolean {
  return type === 'tool-call-delta' && text.charCodeAt(0) === openingBrace;
}

/** Appends the text of all repetitions at once, before anything reads the format's state or the message. */
export function appendRepeated({ repeated, fold }: PayloadRepeater): void {
  if (repeated === undefined || repeated.pending.length === 0) return;
  const text = wholeText(repeated.pending);
  repeated.pending = createGrowingText();
  append(repeated.text, text);
  fold.push(withText(repeated.delta, text));
}

/** Starts to observe the events of a payload. */
export function startObserving(decoder: PayloadRepeater): void {
  decoder.emitted = 0;
  decoder.repeatable = undefined;
  decoder.kept = false;
}

export function observeEvent(decoder: PayloadRepeater, event: DeltaEvent): void {
  decoder.emitted++;
  if (isTextPiece(event)) decoder.repeatable = event;
  else decoder.kept ||= event.type !== 'ping';
}

/** Notes whether a payload that matched a template can be repeated, and gives up the template if an event holds a part of its value. */
export function noteRepeatable(decoder: PayloadRepeater, template: JsonTemplate, name: string): void {
  const { emitted, kept, repeatable, state, templates } = decoder;
  const { growing } = state;
  const isOne = emitted === 1 && repeatable && pieceText(repeatable) === template.text;
  decoder.repeated =
    isOne && growing ? { template, name, text: growing, delta: repeatable, pending: createGrowingText() } : undefined;
  if (kept && templates) releaseTemplate(templates);
}

/**
 * Learns the template of a payload that was parsed and emitted a delta. Called after its events, so that none of them is delayed; and not
 * before the first delta, so that it is not delayed either.
 */
export function learnPayload({ repeatable, state, templates }: PayloadRepeater, data: string): void {
  // Data of several lines differs from its text in the stream.
  if (templates && repeatable && !state.finished && !data.includes('\n')) learnTemplate(templates, data);
}
