import type { DeltaEvent, FinishReason, StartEvent, Usage } from '../events.js';
import { checkOneOf, checkOptions } from '../internal/options.js';
import {
  type EventFields,
  finish,
  ping,
  reasoning,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
} from './events.js';

export interface AnswerOptions {
  /** What else stands at a character's place: an event, or several. It wins over every other meaning of the character. @defaultValue none */
  readonly values?: Readonly<Record<string, DeltaEvent | readonly DeltaEvent[]>>;
  /** What `start` says differently. @defaultValue nothing */
  readonly start?: EventFields<StartEvent>;
  /** The usage just before `finish`; `null` for none. @defaultValue 10 and 5 tokens */
  readonly usage?: Partial<Usage> | null;
  /** Why the answer ends. @defaultValue 'tool-calls' if it has a tool call, else 'stop' */
  readonly finish?: FinishReason;
  /** What `#` is. @defaultValue 'error', as in every RxJS marble */
  readonly error?: unknown;
  /** What the stream does after the last character when the marble shows no end: finishes, or stays open. @defaultValue 'finish' */
  readonly end?: 'finish' | 'open';
}

/** What happens in one frame. */
export interface AnswerMoment {
  readonly frame: number;
  readonly events: readonly DeltaEvent[];
  readonly end?: 'complete' | { readonly error: unknown };
}

const optionNames = ['values', 'start', 'usage', 'finish', 'error', 'end'];

/** Reads the marble of a whole answer: the grammar is that of `DeltaMarbles.answer`. */
export function readAnswer(marbles: string, options: AnswerOptions = {}): readonly AnswerMoment[] {
  if (typeof marbles !== 'string') throw new TypeError('answer: marbles must be a string');
  checkOptions('answer', options, optionNames);
  checkOneOf('end', options.end, ['finish', 'open']);
  const writer = createWriter(options);
  const clock = createClock();
  const { values = {}, error = 'error' } = options;
  const characters = [...marbles];
  let run = '';
  let runFrame = 0;
  let ended = false;

  function flush(): void {
    if (run !== '') writer.say(runFrame, run);
    run = '';
  }

  /** Everything that is not text ends the delta that is being written. */
  function sign(character: string): boolean {
    const frame = clock.frame();
    switch (character) {
      case '-':
      case ' ':
        return true;
      case '(':
        clock.openGroup();
        return true;
      case ')':
        clock.closeGroup();
        return true;
      case '^':
        clock.subscribeHere();
        return true;
      case '|':
        writer.finish(frame);
        ended = true;
        return true;
      case '#':
        writer.fail(frame, error);
        ended = true;
        return true;
      case '~':
        writer.put(frame, [ping()]);
        return true;
      default:
        return writer.bracket(frame, character);
    }
  }

  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const progression = timeProgression(characters, index);
    const value = Object.hasOwn(values, character) ? values[character] : undefined;
    if (ended && !' -)'.includes(character)) throw new Error(`answer: "${marbles}" goes on after its end`);
    if (progression) {
      flush();
      clock.advance(progression.ms);
      index += progression.length - 1;
      continue;
    }
    if (value) {
      flush();
      writer.put(clock.frame(), 'type' in value ? [value] : value);
    } else if (isSign(character, writer)) {
      flush();
      sign(character);
    } else {
      if (run === '') runFrame = clock.frame();
      run += character === '_' && !writer.inCall() ? ' ' : character;
    }
    if (character !== ' ' || value) clock.advance(1);
  }
  flush();
  if (!ended && options.end !== 'open') writer.finish(clock.frame());
  return writer.moments(clock.zero());
}

function isSign(character: string, writer: Writer): boolean {
  if (character === '!') throw new Error('answer: "!" belongs into the marble of a subscription');
  return '-()|#^~ '.includes(character) || writer.isBracket(character);
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** RxJS's own rule: `10ms`, `1.5s` or `2m`, at the beginning or after a blank, and before one. */
function timeProgression(
  characters: readonly string[],
  index: number,
): { readonly ms: number; readonly length: number } | undefined {
  if (!/^[0-9]$/.test(characters[index] ?? '') || (index > 0 && characters[index - 1] !== ' ')) return undefined;
  const [found, amount, unit] =
    /^([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m) /.exec(characters.slice(index, index + 24).join('')) ?? [];
  return found === undefined ? undefined : { ms: Number(amount) * (units[unit ?? ''] ?? 1), length: found.length };
}

interface Clock {
  frame(): number;
  /** The frame of the subscription to a hot stream. */
  zero(): number;
  advance(frames: number): void;
  openGroup(): void;
  closeGroup(): void;
  subscribeHere(): void;
}

function createClock(): Clock {
  let now = 0;
  let group: number | undefined;
  let subscribed = 0;
  return {
    frame: () => group ?? now,
    zero: () => subscribed,
    advance: (frames) => {
      now += frames;
    },
    openGroup: () => {
      group = now;
    },
    closeGroup: () => {
      group = undefined;
    },
    subscribeHere: () => {
      subscribed = now;
    },
  };
}

interface Writer {
  inCall(): boolean;
  isBracket(character: string): boolean;
  bracket(frame: number, character: string): boolean;
  say(frame: number, words: string): void;
  put(frame: number, events: readonly DeltaEvent[]): void;
  finish(frame: number): void;
  fail(frame: number, error: unknown): void;
  moments(zero: number): readonly AnswerMoment[];
}

interface OpenCall {
  readonly callId: string;
  readonly frame: number;
  name: string;
  announced: boolean;
  argumentsText: string;
}

/** Makes events of what the marble says, so that they keep the grammar of a stream. */
function createWriter(options: AnswerOptions): Writer {
  const moments: AnswerMoment[] = [];
  let started = false;
  let kind: 'text' | 'reasoning' = 'text';
  let block = -1;
  let blockKind: string | undefined;
  let call: OpenCall | undefined;
  let calls = 0;
  let called = false;

  function put(frame: number, events: readonly DeltaEvent[]): void {
    for (const event of events) note(frame, event);
    if (events.length > 0) moments.push({ frame, events });
  }

  /** Only pings come before `start`, and a new attempt begins anew. */
  function note(frame: number, event: DeltaEvent): void {
    if (event.type === 'reset') {
      started = false;
      block = -1;
      blockKind = undefined;
    } else if (event.type === 'start') started = true;
    else if (event.type !== 'ping') begin(frame);
    if (event.type === 'tool-call-end' && event.executor === 'client') called = true;
  }

  function begin(frame: number): void {
    if (!started) moments.push({ frame, events: [start(options.start)] });
    started = true;
  }

  function blockOf(next: string): number {
    if (next !== blockKind) block++;
    blockKind = next;
    return block;
  }

  function announce(open: OpenCall): void {
    if (!open.announced) put(open.frame, [toolCallStart(open.callId, open.name, { block: blockOf(open.callId) })]);
    open.announced = true;
  }

  function endCall(frame: number, open: OpenCall): void {
    announce(open);
    put(frame, [toolCallEnd(open.callId, open.name, open.argumentsText, { block })]);
    call = undefined;
  }

  function isBracket(character: string): boolean {
    if (call) return character === '>' || (character === ':' && !call.announced);
    return '[]<'.includes(character);
  }

  return {
    inCall: () => call !== undefined,
    isBracket,
    bracket(frame, character) {
      if (character === '[') kind = 'reasoning';
      if (character === ']') kind = 'text';
      if (character === '<') call = { callId: `call-${++calls}`, frame, name: '', announced: false, argumentsText: '' };
      if (character === ':' && call) announce(call);
      if (character === '>' && call) endCall(frame, call);
      return true;
    },
    say(frame, words) {
      if (call && !call.announced) call.name += words;
      else if (call) {
        call.argumentsText += words;
        put(frame, [toolCallDelta(call.callId, words, { block })]);
      } else if (kind === 'reasoning') put(frame, [reasoning(words, { block: blockOf('reasoning') })]);
      else put(frame, [text(words, { block: blockOf('text') })]);
    },
    put,
    finish(frame) {
      const { usage: figures = { inputTokens: 10, outputTokens: 5, totalTokens: 15 } } = options;
      begin(frame);
      if (figures !== null) put(frame, [usage(figures)]);
      put(frame, [finish(options.finish ?? (called ? 'tool-calls' : 'stop'))]);
      moments.push({ frame, events: [], end: 'complete' });
    },
    fail: (frame, error) => void moments.push({ frame, events: [], end: { error } }),
    moments: (zero) => moments.map((moment) => ({ ...moment, frame: moment.frame - zero })),
  };
}
