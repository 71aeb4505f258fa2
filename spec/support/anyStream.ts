import fc from 'fast-check';
import {
  CircuitOpenError,
  ConnectionError,
  ContentTypeError,
  EmptyStreamError,
  FencedError,
  fillPartial,
  GapError,
  HttpError,
  LimitError,
  MalformedEventError,
  NotFoundError,
  ParseError,
  ProtocolError,
  ProviderError,
  RetryExhaustedError,
  type ServiceErrorKind,
  StreamAbortedError,
  type StreamError,
  StreamTimeoutError,
  TruncatedError,
  toErrorInfo,
  toFault,
  ValidationError,
} from '../../src/errors.js';
import type {
  DeltaEvent,
  ErrorInfo,
  FinishReason,
  JsonValue,
  NativeFormat,
  RequestUsage,
  Timing,
  Usage,
} from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { finish, ping, reset, start, step, usageOf } from '../../src/testing/index.js';

/** A stream as its subscriber sees it: its events, and how it ends. */
export interface AnyStream {
  readonly events: readonly DeltaEvent[];
  /**
   * The error that ends the stream, with the message so far as `partial`. `undefined` if the stream completes: with a `finish` as the last
   * event, or without one, if it was cut.
   */
  readonly error: ErrorInfo | undefined;
}

export interface AnyStreamOptions {
  /** The most choices of an answer. @defaultValue 3 */
  readonly maxChoices?: number;
  /** The most moves of a stream, each of which is one event or a few. @defaultValue 40 */
  readonly maxMoves?: number;
  /** How streams end. @defaultValue all */
  readonly ends?: readonly StreamEnd[];
}

/** With a `finish`, with an error, or with a completion without `finish`. */
export type StreamEnd = 'finish' | 'error' | 'cut';

const anyText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('Hello', ' world', 'a', '. ', 'The answer is ', '42') },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '\n',
      '\r\n',
      '\r',
      '\n\n',
      '\ndata: [DONE]\n\n',
      '\u2028\u2029',
      '\u0000\u0007',
      '"\\',
      '[DONE]',
      '__proto__',
      '{"type":"finish"}',
      '</script>',
      'ü漢😀',
      '\ud83d',
      '\ude00',
      '\ufeff',
    ),
  },
);

/** A value as it is after JSON: without -0, and with `__proto__` as an own key. */
const anyJson: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        '{"__proto__":{"polluted":true},"constructor":1}',
        '{"__proto__":null}',
        '{"type":"text","text":"ü\\n"}',
        '[[],{},"",null]',
        '""',
        '"line\\nbreak"',
        '{"celsius":21}',
      )
      .map((text) => JSON.parse(text) as JsonValue),
  },
);
const anyName = fc.constantFrom('search', 'get_weather', 'web_search', 'clock', 'tool-1', '__proto__', 'constructor', 'a b', 'ü');
const anyArguments = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .dictionary(fc.constantFrom('city', 'count', '__proto__', 'ü', 'a b'), anyJson, { maxKeys: 2 })
      .map((value) => JSON.stringify(value)),
  },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '{', '{"a":', '[1]', '"text"', 'null', '{"text":"a\nb"}', '{}}') },
);
const anyFreeText = fc.constantFrom('', 'ls -l', '*** Begin Patch\n+ü\n*** End Patch', '{"a":1}');
const anyFormat = fc.constantFrom<NativeFormat | undefined>('chat', 'responses', 'messages', undefined);
/** Plain objects, as events are. */
function recordOf<T>(fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record<T>(fields, { noNullPrototype: true });
}
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 2 });

const serviceKinds: readonly ServiceErrorKind[] = [
  'authentication',
  'permission',
  'not-found',
  'invalid-request',
  'too-large',
  'rate-limit',
  'quota',
  'overloaded',
  'server',
  'conflict',
];
const anyDetails = recordOf({
  kind: fc.constantFrom(...serviceKinds),
  status: maybe(fc.constantFrom(400, 401, 429, 500, 529)),
  code: maybe(fc.constantFrom('rate_limit_exceeded', '', 'ü')),
  requestId: maybe(fc.constant('req-1')),
  retryAfterMs: maybe(fc.constantFrom(0, 1_500)),
});

/** Every class of error. The message so far is not known here. */
export const anyStreamError: fc.Arbitrary<StreamError> = fc
  .tuple(fc.nat({ max: 18 }), anyDetails, anyText, anyJson)
  .map(([which, details, message, value]) => {
    const { kind: _kind, ...common } = details;
    const errors: readonly (() => StreamError)[] = [
      () => new HttpError(message, details),
      () => new ProviderError(message, details),
      () => new ConnectionError(message, common),
      () => new StreamTimeoutError('between', 30_000, common),
      () => new TruncatedError(message, common),
      () => new EmptyStreamError(message, common),
      () => new ContentTypeError('text/html', '<html>', common),
      () => new MalformedEventError(message, common),
      () => new ProtocolError(message, common),
      () => new LimitError('maxEventBytes', 16, common),
      () => new StreamAbortedError(message, common),
      () => new RetryExhaustedError([new ConnectionError(), new HttpError(message, details)], common),
      () => new CircuitOpenError(message, common),
      () => new ParseError(message, 'text', 'stop', { ...common, offset: 1, line: 1, value }),
      () => new ValidationError([{ message, path: ['a', 0] }], value, common),
      () => new FencedError(message, common),
      () => new GapError(message, common),
      () => new NotFoundError(message, common),
      () => new ProviderError('overloaded', { kind: 'overloaded' }),
    ];
    return (errors[which] ?? (() => new ConnectionError()))();
  });

const anyFigures = recordOf({
  inputTokens: maybe(fc.nat({ max: 1_000 })),
  outputTokens: maybe(fc.nat({ max: 1_000 })),
  cachedInputTokens: maybe(fc.nat({ max: 10 })),
  cacheWriteTokens: maybe(fc.nat({ max: 10 })),
  reasoningTokens: maybe(fc.nat({ max: 10 })),
  serverTools: maybe(fc.constant({ web_search: 2 })),
  estimated: fc.boolean(),
  confidence: fc.constantFrom('exact' as const, 'high' as const, 'low' as const),
  cost: maybe(fc.constant({ total: 0.25, currency: 'USD', input: 0.2, output: undefined, cacheSavings: undefined })),
  native: maybe(anyJson),
});

const reasons: readonly FinishReason[] = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'refusal',
  'paused',
  'aborted',
  'budget',
  'max-steps',
  'other',
];
const anyReason = fc.constantFrom(...reasons);
const anyTiming: fc.Arbitrary<Timing> = recordOf({
  firstDeltaMs: maybe(fc.nat({ max: 1_000 })),
  totalMs: fc.nat({ max: 10_000 }),
  deltas: fc.nat({ max: 100 }),
  charactersPerSecond: maybe(fc.constant(120.5)),
  tokensPerSecond: maybe(fc.constant(30.25)),
  medianDeltaMs: maybe(fc.constant(12)),
  maxDeltaMs: maybe(fc.constant(40)),
});
const anyMetadata = recordOf({
  stopSequence: maybe(anyText),
  stopDetails: maybe(anyJson),
  container: maybe(anyJson),
  serviceTier: maybe(fc.constant('default')),
  systemFingerprint: maybe(fc.constant('fp_1')),
});
const anyFinish = recordOf({
  reason: anyReason,
  rawReason: maybe(fc.constantFrom('stop', 'end_turn', '')),
  metadata: anyMetadata,
  timing: maybe(anyTiming),
});
type Finish = typeof anyFinish extends fc.Arbitrary<infer Value> ? Value : never;

/** What may happen next. A move that the stream so far does not allow is skipped. */
const moves = {
  text: recordOf({
    move: fc.constantFrom('text' as const, 'text' as const, 'reasoning' as const, 'refusal' as const),
    text: anyText,
    commentary: fc.boolean(),
    opens: fc.boolean(),
    choice: fc.nat(),
    pick: fc.nat(),
  }),
  call: recordOf({
    move: fc.constant('call' as const),
    name: anyName,
    callId: fc.constantFrom('call_1', 'call_2', 'toolu_3', 'functions.clock:0', '__proto__', 'ü', '0'),
    provided: fc.boolean(),
    isText: fc.nat({ max: 4 }),
    argumentsText: anyArguments,
    freeText: anyFreeText,
    cuts: fc.array(fc.nat({ max: 30 }), { maxLength: 4 }),
    contradicts: fc.nat({ max: 12 }),
    choice: fc.nat(),
  }),
  /** The next piece of the arguments of an open call, or its end. */
  callGoesOn: recordOf({ move: fc.constant('callGoesOn' as const), pick: fc.nat(), count: fc.integer({ min: 1, max: 4 }) }),
  result: recordOf({
    move: fc.constant('result' as const),
    pick: fc.nat(),
    output: anyJson,
    isError: fc.boolean(),
    preliminary: fc.boolean(),
    native: maybe(anyJson),
    format: anyFormat,
  }),
  approval: recordOf({
    move: fc.constant('approval' as const),
    pick: fc.nat(),
    approved: fc.constantFrom(undefined, true, false),
  }),
  file: recordOf({
    move: fc.constant('file' as const),
    mediaType: fc.constantFrom('image/png', 'audio/wav', 'application/pdf'),
    data: fc.constantFrom('', 'YQ==', 'aGVsbG8=', 'iVBORw0KGgo='),
    transcript: maybe(anyText),
    final: fc.boolean(),
    opens: fc.boolean(),
    choice: fc.nat(),
    pick: fc.nat(),
  }),
  note: recordOf({
    move: fc.constantFrom('citation' as const, 'logprobs' as const),
    opens: fc.nat({ max: 6 }),
    pick: fc.nat(),
    choice: fc.nat(),
    url: maybe(fc.constantFrom('https://example.com/a', '', 'javascript:alert(1)')),
    title: maybe(anyText),
    text: maybe(anyText),
    position: maybe(fc.nat({ max: 100 })),
    native: anyJson,
  }),
  blockEnd: recordOf({
    move: fc.constant('blockEnd' as const),
    pick: fc.nat(),
    again: fc.nat({ max: 5 }),
    native: anyJson,
    format: anyFormat,
    choice: fc.nat(),
  }),
  usage: recordOf({
    move: fc.constant('usage' as const),
    figures: anyFigures,
    requests: fc.option(fc.array(anyFigures, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    tier: maybe(fc.constantFrom('default', 'priority', 'batch')),
  }),
  step: recordOf({
    move: fc.constant('step' as const),
    id: maybe(fc.constantFrom('resp_2', '')),
    model: maybe(fc.constant('model-2')),
    reason: anyReason,
    rawReason: maybe(fc.constant('tool_use')),
  }),
  aside: recordOf({
    move: fc.constantFrom('ping' as const, 'raw' as const),
    name: fc.constantFrom('response.queued', '', 'ü', 'finish', '__proto__'),
    data: anyJson,
  }),
  reset: recordOf({
    move: fc.constant('reset' as const),
    step: fc.nat(),
    /** Whether it voids nothing, as the one of a continuation: its step has not begun. */
    continues: fc.boolean(),
    fallback: fc.boolean(),
    skipped: fc.nat({ max: 3 }),
    delayMs: fc.constantFrom(0, 1_000, 1_234.5),
    error: anyStreamError,
  }),
};
type Moves = { readonly [Name in keyof typeof moves]: (typeof moves)[Name] extends fc.Arbitrary<infer Value> ? Value : never };
type Move = Moves[keyof Moves];

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: moves.text },
  { weight: 4, arbitrary: moves.call },
  { weight: 10, arbitrary: moves.callGoesOn },
  { weight: 4, arbitrary: moves.result },
  { weight: 2, arbitrary: moves.approval },
  { weight: 2, arbitrary: moves.file },
  { weight: 2, arbitrary: moves.note },
  { weight: 4, arbitrary: moves.blockEnd },
  { weight: 2, arbitrary: moves.usage },
  { weight: 2, arbitrary: moves.step },
  { weight: 2, arbitrary: moves.aside },
  { weight: 1, arbitrary: moves.reset },
);

interface Call {
  readonly callId: string;
  readonly name: string;
  readonly executor: 'client' | 'provider';
  readonly format: 'json' | 'text';
  readonly argumentsText: string;
  /** The pieces that are still to come. */
  readonly pieces: string[];
  ended: boolean;
  answered: boolean;
  decided: boolean | undefined;
}

interface Block {
  readonly block: number;
  readonly choice: number;
  readonly kind: string;
  readonly phase: 'answer' | 'commentary';
  readonly step: number;
  readonly call: Call | undefined;
  open: boolean;
  /** Whether a native form was emitted. */
  closed: boolean;
}

/** Writes a stream by moves, and keeps its grammar. */
function writeStream(
  steps: readonly Move[],
  choices: number,
  end: StreamEnd,
  last: Finish,
  fault: StreamError,
  provider: string,
): AnyStream {
  const events: DeltaEvent[] = [];
  let blocks: Block[] = [];
  let counts = new Map<number, number>();
  let callIds = new Set<string>();
  let used: Usage = usageOf({ inputTokens: 0, outputTokens: 0 });
  let attempt = 1;
  let round = 0;
  let started = false;
  let answers = 0;

  function begin(): void {
    if (started) return;
    started = true;
    answers++;
    events.push(start({ id: answers % 3 === 0 ? undefined : `id-${answers}`, model: `model-${answers}`, provider }));
  }

  function addBlock(kind: string, choice: number, phase: Block['phase'] = 'answer', call?: Call): Block {
    begin();
    const block: Block = { block: counts.get(choice) ?? 0, choice, kind, phase, step: round, call, open: true, closed: false };
    counts.set(choice, block.block + 1);
    blocks.push(block);
    return block;
  }

  const pickFrom = <T>(some: readonly T[], pick: number): T | undefined =>
    some.length === 0 ? undefined : some[pick % some.length];
  const openOf = (kind: string): readonly Block[] =>
    blocks.filter((each) => each.open && each.step === round && each.kind === kind);
  /** A round answers its own calls. */
  const callsOf = (isWanted: (call: Call) => boolean): readonly Block[] =>
    blocks.filter(({ call, step: of }) => call && of === round && isWanted(call));

  function writeText({ move, text, commentary, opens, choice, pick }: Moves['text']): void {
    const phase = move === 'text' && commentary && opens ? 'commentary' : 'answer';
    begin();
    const known = opens ? undefined : pickFrom(openOf(move), pick);
    const at = known ?? addBlock(move, choice % choices, phase);
    const place = { text, block: at.block, choice: at.choice };
    if (move === 'text') events.push({ type: 'text-delta', ...place, phase: at.phase });
    else events.push({ type: move === 'reasoning' ? 'reasoning-delta' : 'refusal-delta', ...place });
  }

  function startCall(move: Moves['call']): void {
    const { callId, name, provided, isText, cuts, contradicts, choice } = move;
    const isFreeText = isText === 0;
    const argumentsText = isFreeText ? move.freeText : move.argumentsText;
    let unique: string = callId;
    for (let count = 2; callIds.has(unique); count++) unique = `${callId}_${count}`;
    callIds.add(unique);
    const pieces = contradicts === 0 ? ['{"other":', '1}'] : cut(argumentsText, cuts);
    const call: Call = {
      callId: unique,
      name,
      executor: provided ? 'provider' : 'client',
      format: isFreeText ? 'text' : 'json',
      argumentsText,
      pieces,
      ended: false,
      answered: false,
      decided: undefined,
    };
    const at = addBlock('call', choice % choices, 'answer', call);
    const { executor, format } = call;
    events.push({ type: 'tool-call-start', callId: unique, name, block: at.block, choice: at.choice, executor, format });
  }

  function goOn({ pick, count }: Moves['callGoesOn']): void {
    const at = pickFrom(
      openOf('call').filter(({ call }) => call && !call.ended),
      pick,
    );
    if (!at?.call) return;
    const { block, choice, call } = at;
    const { callId, name, executor, format, pieces } = call;
    for (let index = 0; index < count; index++) {
      const piece = pieces.shift();
      if (piece === undefined) break;
      events.push({ type: 'tool-call-delta', callId, argumentsText: piece, block, choice });
    }
    if (pieces.length > 0) return;
    call.ended = true;
    events.push({ type: 'tool-call-end', callId, name, argumentsText: call.argumentsText, block, choice, executor, format });
  }

  function writeResult({ pick, output, isError, preliminary, native, format }: Moves['result']): void {
    const at = pickFrom(
      callsOf(({ ended, answered }) => ended && !answered),
      pick,
    );
    if (!at?.call || !started) return;
    const { callId, name, executor, decided } = at.call;
    at.call.answered = !preliminary;
    events.push({
      type: 'tool-result',
      callId,
      name,
      output,
      isError: (isError || decided === false) && !preliminary,
      preliminary,
    });
    if (preliminary || executor !== 'provider' || native === undefined) return;
    const { block, choice } = addBlock('result', at.choice);
    closeBlock(block, choice, 'result', native, format);
  }

  function writeApproval({ pick, approved }: Moves['approval']): void {
    const at = pickFrom(
      callsOf(({ ended, answered, decided }) => ended && !answered && decided === undefined),
      pick,
    );
    if (!at?.call || !started) return;
    at.call.decided = approved;
    events.push({ type: 'tool-approval', callId: at.call.callId, approved });
  }

  function writeFile({ mediaType, data, transcript, final, opens, choice, pick }: Moves['file']): void {
    begin();
    const known = opens ? undefined : pickFrom(openOf('file'), pick);
    const at = known ?? addBlock('file', choice % choices);
    if (final) at.open = false;
    events.push({ type: 'file', block: at.block, choice: at.choice, mediaType, data, transcript, final });
  }

  function writeNote({ move, opens, pick, choice, url, title, text, position, native }: Moves['note']): void {
    begin();
    const known = opens === 0 ? undefined : pickFrom(openOf('text'), pick);
    const { block, choice: of } = known ?? addBlock('text', choice % choices);
    const end = position === undefined ? undefined : position + 5;
    if (move === 'logprobs') events.push({ type: 'logprobs', block, choice: of, tokens: [native, { token: text ?? '' }] });
    else events.push({ type: 'citation', block, choice: of, url, title, text, start: position, end, native });
  }

  function closeBlock(block: number, choice: number, kind: string, native: JsonValue, format: NativeFormat | undefined): void {
    events.push({ type: 'block-end', block, choice, kind, native, format });
    const at = blocks.find((each) => each.block === block && each.choice === choice);
    if (!at) return;
    at.open = false;
    at.closed = true;
  }

  function endBlock({ pick, again, native, format, choice }: Moves['blockEnd']): void {
    const ended = blocks.filter(({ closed, step: of }) => closed && of === round);
    const open = blocks.filter((each) => each.open && each.step === round && (each.call?.ended ?? true));
    const known = again === 0 ? pickFrom(ended, pick) : pickFrom(open, pick);
    if (again > 1 && !known) return;
    const at = known ?? addBlock('opaque', choice % choices);
    closeBlock(at.block, at.choice, at.kind, native, format);
  }

  function grow(figures: Moves['usage']['figures'], from: Usage): Usage {
    const inputTokens = (from.inputTokens ?? 0) + (figures.inputTokens ?? 0);
    const outputTokens = (from.outputTokens ?? 0) + (figures.outputTokens ?? 0);
    return usageOf({ ...figures, inputTokens, outputTokens, totalTokens: inputTokens + outputTokens });
  }

  function writeUsage({ figures, requests, tier }: Moves['usage']): void {
    begin();
    used = grow(figures, used);
    const toRequest = (each: Moves['usage']['figures'], index: number): RequestUsage => ({
      usage: grow(each, usageOf()),
      model: index === 0 ? undefined : 'model-1',
      provider,
      attempt: Math.min(attempt, index + 1),
      step: Math.min(round, index),
      stands: index > 0,
      serviceTier: tier,
      speed: undefined,
      region: tier && 'eu',
      batch: tier === undefined ? undefined : tier === 'batch',
    });
    events.push({ type: 'usage', usage: used, requests: requests?.map(toRequest) });
  }

  function writeStep({ id, model, reason, rawReason }: Moves['step']): void {
    if (!started) return;
    round++;
    events.push(step(round, { id, model, reason, rawReason }));
  }

  function writeReset(move: Moves['reset']): void {
    const { continues, fallback, skipped, delayMs, error } = move;
    const keeps = continues && blocks.length > 0 && blocks.every(({ call }) => call?.ended ?? true);
    const from = keeps ? round + 1 : move.step % (round + 1);
    attempt += 1 + (skipped === 0 ? 1 : 0);
    events.push(reset({ attempt, step: from, cause: fallback ? 'fallback' : 'retry', delayMs, error: toFault(error) }));
    started = false;
    if (keeps) return;
    round = Math.min(round, from);
    blocks = blocks.filter((each) => each.step < from);
    if (from > 0) return;
    counts = new Map();
    callIds = new Set();
  }

  for (const each of steps) {
    switch (each.move) {
      case 'text':
      case 'reasoning':
      case 'refusal':
        writeText(each);
        break;
      case 'call':
        startCall(each);
        break;
      case 'callGoesOn':
        if (started) goOn(each);
        break;
      case 'result':
        writeResult(each);
        break;
      case 'approval':
        writeApproval(each);
        break;
      case 'file':
        writeFile(each);
        break;
      case 'citation':
      case 'logprobs':
        writeNote(each);
        break;
      case 'blockEnd':
        if (started) endBlock(each);
        break;
      case 'usage':
        writeUsage(each);
        break;
      case 'step':
        writeStep(each);
        break;
      case 'ping':
        events.push(ping());
        break;
      case 'raw':
        if (started) events.push({ type: 'raw', provider, name: each.name, data: each.data });
        break;
      case 'reset':
        writeReset(each);
        break;
    }
  }
  if (end === 'finish') {
    begin();
    const { reason, rawReason } = last;
    const list = Array.from(
      { length: choices },
      (_, choice) => ({ choice, reason: choice === 0 ? reason : 'stop', rawReason }) as const,
    );
    events.push(finish(reason, { ...last, choices: list }));
  }
  if (end !== 'error') return { events, error: undefined };
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return { events, error: toErrorInfo(fillPartial(fault, fold.partial())) };
}

/** Cuts a text into pieces, some of which may be empty. */
function cut(text: string, cuts: readonly number[]): string[] {
  if (text === '') return [];
  const at = [...cuts.map((each) => each % (text.length + 1)), text.length].sort((a, b) => a - b);
  return at.map((end, index) => text.slice(index === 0 ? 0 : at[index - 1], end));
}

/**
 * Generates streams that keep the grammar (docs/architecture.md, "Grammar of a stream"), with every type of event: parallel calls, rounds of
 * a tool loop, resets, several choices. They end with a `finish`, with any error at any place, or without either.
 */
export function anyStream({
  maxChoices = 3,
  maxMoves = 40,
  ends = ['finish', 'finish', 'error', 'cut'],
}: AnyStreamOptions = {}): fc.Arbitrary<AnyStream> {
  const anyChoices = fc.oneof(
    { weight: 4, arbitrary: fc.constant(1) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: maxChoices }) },
  );
  return fc
    .tuple(
      fc.array(anyMove, { maxLength: maxMoves, size: 'max' }),
      anyChoices,
      fc.constantFrom(...ends),
      anyFinish,
      anyStreamError,
      fc.constantFrom('openai', 'anthropic', 'test'),
    )
    .map(([steps, choices, end, last, fault, provider]) => writeStream(steps, choices, end, last, fault, provider));
}
