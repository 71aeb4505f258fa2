import type { JsonTemplate } from '../../codecs/jsonTemplate/template.js';
import { createJsonTemplates, type JsonTemplates } from '../../codecs/jsonTemplate/templates.js';
import { createSseOwner, type SseOwner } from '../../codecs/sse/sseState.js';
import { append, createGrowingText, type GrowingText, wholeText } from '../../codecs/text/growingText.js';
import type { DeltaEvent, PartialMessage, RawEvent } from '../../events.js';
import { isTextPiece, type TextPieceEvent, withText } from '../../message/deltas.js';
import { createMessageFold, type MessageFold } from '../../message/messageFold.js';
import type { Emit, SourceOptions, WireFormat, WireState } from './wireFormat.js';

/** Bytes in, events out, for one response. All of it is synchronous, and what it knows is plain data: a service has thousands of these. */
export interface EventDecoder extends SseOwner {
  readonly format: WireFormat;
  readonly state: WireState;
  readonly includeRaw: boolean;
  readonly fold: MessageFold;
  readonly forms: JsonTemplates | undefined;
  /** Tells the subscriber, and nobody else. */
  readonly deliver: Emit;
  /** Tells the message so far and the subscriber. */
  readonly emit: Emit;
  /** How many payloads came so far. */
  payloads: number;
  /** Known before the state says so, for a subscriber that leaves while it is told. */
  finishing: boolean;
  /** Copies of payloads that came before `start`, which nothing but pings may precede. */
  held: RawEvent[] | undefined;
  /** The form of the payload that was looked at last. */
  form: JsonTemplate | undefined;
  /** What the payload that is decoded has emitted: how many events, one that may be repeated, and one that may hold a part of it. */
  emitted: number;
  repeatable: TextPieceEvent | undefined;
  kept: boolean;
  repeated: Repetition | undefined;
}

/** A payload that was decoded: one of the same form does the same with another text. */
export interface Repetition {
  readonly form: JsonTemplate;
  readonly name: string;
  /** To what it adds, once the repetitions are noted. */
  readonly text: GrowingText;
  readonly delta: TextPieceEvent;
  /** What was said by repetitions that are not noted yet. */
  said: GrowingText;
}

export type DecodingOptions = Pick<SourceOptions, 'maxEventBytes' | 'includeRaw' | 'templates'>;

export function createEventDecoder(format: WireFormat, deliver: Emit, options: DecodingOptions): EventDecoder {
  const { maxEventBytes, includeRaw = false, templates = true } = options;
  const { lines, sse } = createSseOwner({ maxEventBytes });
  const decoder: EventDecoder = {
    lines,
    sse,
    format,
    state: format.createState(),
    includeRaw,
    fold: createMessageFold(),
    forms: templates && !includeRaw ? createJsonTemplates(format.holes) : undefined,
    deliver,
    emit: (event) => tell(decoder, event),
    payloads: 0,
    finishing: false,
    held: includeRaw ? [] : undefined,
    form: undefined,
    emitted: 0,
    repeatable: undefined,
    kept: false,
    repeated: undefined,
  };
  return decoder;
}

/** True once `finish` was emitted. */
export function hasFinished({ finishing, state }: EventDecoder): boolean {
  return finishing || state.finished;
}

/** What was said so far. */
export function saidSoFar(decoder: EventDecoder): PartialMessage {
  noteRepeated(decoder);
  return decoder.fold.partial();
}

/** Tells the decoder, and the message so far, of all repetitions at once. */
export function noteRepeated({ repeated, fold }: EventDecoder): void {
  if (repeated === undefined || repeated.said.length === 0) return;
  const said = wholeText(repeated.said);
  repeated.said = createGrowingText();
  append(repeated.text, said);
  fold.push(withText(repeated.delta, said));
}

function tell(decoder: EventDecoder, event: DeltaEvent): void {
  const { fold, deliver } = decoder;
  if (event.type === 'finish') decoder.finishing = true;
  decoder.emitted++;
  if (isTextPiece(event)) decoder.repeatable = event;
  else decoder.kept ||= event.type !== 'ping';
  fold.push(event);
  deliver(event);
  if (event.type !== 'start') return;
  decoder.held?.forEach(deliver);
  decoder.held = undefined;
}
