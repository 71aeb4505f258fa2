import { gzipSync } from 'node:zlib';
import type { StreamErrorKind, TimeoutPhase } from '../../src/errors.js';
import type { FinishReason } from '../../src/events.js';
import type { TimeoutLimits } from '../../src/operators/timeoutBetweenChunks.js';
import type { ResponsesOptions } from '../../src/providers/openai/fromResponses.js';
import {
  asChunk,
  chunk,
  drip,
  fin,
  head,
  lastChunk,
  openStream,
  pause,
  repeat,
  reset,
  respond,
  type Script,
  send,
  stream,
  streamHead,
} from '../support/faultServer.js';
import {
  blockDelta,
  blockStart,
  blockStop,
  chatChunk,
  chatDelta,
  chatUsage,
  event,
  type Figures,
  messageDelta,
  messageStart,
  response,
  responsesUsage,
  typed,
  type Wire,
  type WireName,
  wires,
} from './wires.js';

/** The place of the fault in an exchange: a chapter of docs/faults.md. */
export type Group = 'before' | 'mid' | 'end' | 'resume' | 'http' | 'in-band' | 'content' | 'consumer';

/** The stream errors. */
export interface Failure {
  readonly ends: 'error';
  /** The error's class; one of several if it depends on Node. */
  readonly error: string | readonly string[];
  readonly kind: StreamErrorKind | readonly StreamErrorKind[];
  /** Whether the fault is transient. */
  readonly retryable: boolean;
  /** The text in the error's `partial`; `undefined` if it depends on Node. */
  readonly partial: string | undefined;
  /** The usage in it: the figures that the wire has reported by then, or these. */
  readonly usage: 'so far' | Figures;
  /** The number of requests through `retryStream`, if the second one succeeds. Without `retryStream` it is one. */
  readonly requests: 1 | 2;
  /** More fields of the error. */
  readonly fields?: object;
  readonly phase?: TimeoutPhase;
  /** The longest time from the request to the error. */
  readonly withinMs?: number;
  /** A note for the reader. */
  readonly note?: string;
}

/** The stream completes. */
export interface Completion {
  readonly ends: 'complete';
  readonly finish: FinishReason;
  readonly text: string;
  /** The usage at the end. @defaultValue the usage that the wire reports of its answer */
  readonly usage?: Figures;
  /** The number of requests: a redirect needs two. @defaultValue 1 */
  readonly requests?: 1 | 2;
  /** Whether the events, except for pings, equal those without a fault. */
  readonly same?: boolean;
  /** More fields of the message. */
  readonly message?: object;
  /** Whether a `raw` event is among them. */
  readonly raw?: boolean;
  /** A note for the reader. */
  readonly note?: string;
}

/** Nothing more is emitted. */
export interface Silence {
  readonly ends: 'silence';
  readonly requests: 0 | 1;
}

export type Outcome = Failure | Completion | Silence;

/** The action of the consumer, for rows without a fault of the provider. */
export type Act =
  | 'unsubscribes before it has subscribed'
  | 'unsubscribes before the headers'
  | 'unsubscribes in the middle'
  | 'unsubscribes in a stall'
  | 'unsubscribes in the wait before a repeat'
  | 'aborts before it subscribes'
  | 'aborts before the headers'
  | 'aborts in the middle'
  | 'aborts in the wait before a repeat'
  | 'pauses, and goes on when nothing more is sent'
  | 'throws in an operator'
  | 'takes the first two events'
  | 'switches to another stream';

interface Row extends Partial<Readonly<Record<WireName, Outcome>>> {
  /** The number in the specification. */
  readonly row: number;
  readonly group: Group;
  /** The fault, in the words of a user. */
  readonly fault: string;
  /** The form of the fault, if several forms have the same outcome. */
  readonly form?: string;
  /** The script of the server. @defaultValue a whole answer */
  readonly answer?: (wire: Wire, name: WireName) => Script;
  /** For rows without a server. */
  readonly address?: 'unknown' | 'refused';
  readonly act?: Act;
  readonly limits?: TimeoutLimits;
  readonly options?: ResponsesOptions;
  /** The answer to the second request. @defaultValue a whole answer */
  readonly rest?: (wire: Wire) => Script;
}

/** One line of the matrix: a row and a source. */
export interface FaultLine extends Omit<Row, WireName | 'answer' | 'rest'> {
  readonly source: WireName;
  readonly outcome: Outcome;
  readonly script: () => Script;
  readonly rest: () => Script;
}

// ---- The outcomes.

const every = (outcome: Outcome): Readonly<Record<WireName, Outcome>> => ({
  chat: outcome,
  responses: outcome,
  messages: outcome,
});

type Said = Pick<Failure, 'partial' | 'usage'>;
const nothing: Said = { partial: '', usage: undefined };
/** The text by the end of `hello`. */
const hello: Said = { partial: 'Hello', usage: 'so far' };

/** A transient fault, and a permanent one. */
const passing = { ends: 'error', retryable: true, requests: 2 } as const;
const lasting = { ends: 'error', retryable: false, requests: 1 } as const;

type Retry = Pick<Failure, 'ends' | 'retryable' | 'requests'>;

const connection = { ...passing, error: 'ConnectionError', kind: 'connection' } as const;
const truncated = { ...passing, error: 'TruncatedError', kind: 'truncated' } as const;
const empty = { ...passing, error: 'EmptyStreamError', kind: 'empty' } as const;
/** Which of the two errors, and how much text comes before it, depends on Node's decompression. */
const cutOrBroken: Failure = {
  ...passing,
  error: ['TruncatedError', 'ConnectionError'],
  kind: ['truncated', 'connection'],
  partial: undefined,
  usage: undefined,
};
const contentType = { ...lasting, error: 'ContentTypeError', kind: 'content-type' } as const;
const malformed = { ...passing, error: 'MalformedEventError', kind: 'malformed-event' } as const;
const limit = { ...lasting, error: 'LimitError', kind: 'limit' } as const;
const aborted = { ...lasting, error: 'StreamAbortedError', kind: 'aborted' } as const;

const timeout = (phase: TimeoutPhase): Omit<Failure, keyof Said> => ({
  ...passing,
  error: 'StreamTimeoutError',
  kind: 'timeout',
  phase,
});
const provider = (kind: StreamErrorKind, fault: Retry = passing): Omit<Failure, keyof Said> => ({
  ...fault,
  error: 'ProviderError',
  kind,
});
const http = (status: number, kind: StreamErrorKind, fault: Retry, fields: object = {}): Failure => ({
  ...fault,
  ...nothing,
  error: 'HttpError',
  kind,
  fields: { status, ...fields },
});

const completes = (finish: FinishReason, text: string, more: Partial<Completion> = {}): Completion => ({
  ends: 'complete',
  finish,
  text,
  ...more,
});
/** The same events as without a fault. */
const same = completes('stop', 'Hello', { same: true });
const silence: Silence = { ends: 'silence', requests: 1 };

// ---- The scripts of the server.

const begun = ({ opening, hello }: Wire): string => opening + hello;
const whole = (wire: Wire): string => begun(wire) + wire.ending + wire.terminal;
const midway = (wire: Wire): Script => openStream(wire.opening, wire.hello);
const end: Script = lastChunk;
const plainHead = (headers: Readonly<Record<string, string>> = {}): Script[number] =>
  head(200, { 'content-type': 'text/event-stream', ...headers });
const longer = (wire: Wire): string =>
  begun(wire) + Array.from({ length: 200 }, (_, index) => wire.says(` and ${index}`)).join('') + wire.ending + wire.terminal;
/** @param part The share of it that is sent. */
function zipped(text: string, part = 1): Script {
  const bytes = gzipSync(text);
  const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
  return respond(200, bytes.subarray(0, Math.ceil(bytes.length * part)), headers);
}
/** The events of a background response, which have numbers. */
const numbered = (wire: Wire): readonly string[] =>
  whole(wire)
    .split('\n\n')
    .filter((each) => each !== '')
    .map((each, index) => `${each.replace('data: {', `data: {"sequence_number":${index},`)}\n\n`);
/** Those up to the end of `hello`. */
const kept = (wire: Wire): string => numbered(wire).slice(0, 4).join('');

/** The ways to cut a background response. */
const cuts: readonly (readonly [fault: string, answer: (wire: Wire) => Script])[] = [
  ['The connection is reset', (wire) => [...openStream(kept(wire)), ...reset]],
  ['The connection is closed between two chunks', (wire) => [...openStream(kept(wire)), fin]],
  ['The connection is closed while nothing comes', (wire) => [...openStream(kept(wire)), pause(50), fin]],
  ['The connection is closed inside a chunk', (wire) => [...openStream(kept(wire)), send('fff\r\ndata: {'), pause(10), fin]],
  [
    'The body is shorter than its Content-Length',
    (wire) => [plainHead({ 'content-length': '99999' }), send(kept(wire)), pause(10), fin],
  ],
  ["A chunk's size is not a number", (wire) => [...openStream(kept(wire)), pause(10), send('zz\r\nxx\r\n')]],
  ['The body ends normally, but without the terminal marker', (wire) => stream(kept(wire))],
  ['The connection is closed in a body without a length', (wire) => [plainHead({ connection: 'close' }), send(kept(wire)), fin]],
  ['The stream ends inside an event', (wire) => stream(kept(wire), (numbered(wire)[4] ?? '').slice(0, -9))],
  ['The stream ends inside the first event, after the id', (wire) => stream((numbered(wire)[0] ?? '').slice(0, -9))],
];

/** An event of unknown type. */
const unknownEvent = typed({ type: 'brand_new', object: 'brand_new' });
/** A ping, in each provider's own form. */
const ping = (name: WireName): string =>
  ({
    chat: ': keep-alive\n\n',
    responses: typed({ type: 'response.in_progress' }),
    messages: typed({ type: 'ping' }),
  })[name];

/** An error body in a form that every SDK reads. */
const fault = (type: string): object => ({ type: 'error', error: { type, code: type, message: 'Something went wrong' } });
const page = `<html><head><title>502 Bad Gateway</title></head><body>${'<p>漢字 nginx</p>'.repeat(300)}</body></html>`;
const limited = (headers: Readonly<Record<string, string>>): Script => respond(429, fault('rate_limit_error'), headers);

// ---- Content.

const big = 'x'.repeat(10_000_000);
/** Much more than may be read while the consumer is busy. */
const speech: readonly string[] = Array.from({ length: 64 }, () => 'A sentence. '.repeat(50_000));

interface CallPiece {
  readonly index?: number;
  readonly id?: string;
  readonly name?: string;
  readonly json: string;
}

const chatCall = ({ index, id, name, json }: CallPiece): object => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id, type: 'function' }),
  function: { ...(name === undefined ? {} : { name }), arguments: json },
});
const chatCalls = (...pieces: readonly CallPiece[]): string => chatDelta({ tool_calls: pieces.map(chatCall) });

const itemAdded = (output_index: number, item: object): string =>
  typed({ type: 'response.output_item.added', output_index, item });
const itemDone = (output_index: number, item: object): string => typed({ type: 'response.output_item.done', output_index, item });
const functionCall = (call_id: string, name: string, json: string): object => ({
  type: 'function_call',
  id: call_id,
  call_id,
  name,
  arguments: json,
});
const argumentsDelta = (output_index: number, delta: string): string =>
  typed({ type: 'response.function_call_arguments.delta', output_index, delta });
const inputDelta = (index: number, partial_json: string): string => blockDelta(index, { type: 'input_json_delta', partial_json });
const toolUse = (id: string, name: string): object => ({ type: 'tool_use', id, name, input: {} });
const responseEnd = (type: string, rest: object = {}): string =>
  typed({ type: `response.${type}`, response: response(type, { ...responsesUsage(10, 5), ...rest }) });

const oslo = { name: 'weather', argumentsText: '{"city":"Oslo"}', input: { city: 'Oslo' }, ended: true };
const cet = { name: 'clock', argumentsText: '{"zone":"CET"}', input: { zone: 'CET' }, ended: true };
const twoCalls = completes('tool-calls', '', { message: { toolCalls: [oslo, cet] } });
/** Two calls: one that is whole, and one that breaks off in its arguments. */
const brokenOff: Readonly<Record<WireName, string>> = {
  chat:
    chatCalls({ index: 0, id: 'call-1', name: 'clock', json: '{"zone":"CET"}' }) +
    chatCalls({ index: 1, id: 'call-2', name: 'weather', json: '{"city": Os' }),
  responses:
    itemAdded(0, functionCall('call-1', 'clock', '')) +
    argumentsDelta(0, '{"zone":"CET"}') +
    itemDone(0, functionCall('call-1', 'clock', '{"zone":"CET"}')) +
    itemAdded(1, functionCall('call-2', 'weather', '')) +
    argumentsDelta(1, '{"city": Os'),
  messages:
    blockStart(0, toolUse('call-1', 'clock')) +
    inputDelta(0, '{"zone":"CET"}') +
    blockStop(0) +
    blockStart(1, toolUse('call-2', 'weather')) +
    inputDelta(1, '{"city": Os'),
};
const called = (wire: Wire, name: WireName): Script => openStream(wire.opening, brokenOff[name]);
/** What no tool runs for. The usage so far depends on the wire. */
const noTool = { partial: undefined, usage: undefined, note: '`runTools` runs no tool' } as const;
const brokenCall = { toolCalls: [{ name: 'weather', argumentsText: '{"city": Os', input: undefined }] };

const chatEnd = (reason: string): string => chatDelta({}, reason) + chatChunk([], chatUsage(10, 5)) + event('[DONE]');

/** Anthropic's blocks as they are streamed, and as they must go back. */
const anthropicBlocks: readonly (readonly [fault: string, blocks: readonly string[], finish: FinishReason, message: object])[] = [
  [
    'thinking with its signature',
    [
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      blockDelta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      blockDelta(0, { type: 'signature_delta', signature: 'c2ln' }),
      blockStop(0),
    ],
    'stop',
    { reasoning: 'Hm', parts: [{ type: 'reasoning', native: { type: 'thinking', thinking: 'Hm', signature: 'c2ln' } }] },
  ],
  [
    'redacted thinking',
    [blockStart(0, { type: 'redacted_thinking', data: 'ZW5j' }), blockStop(0)],
    'stop',
    { reasoning: '', parts: [{ native: { type: 'redacted_thinking', data: 'ZW5j' } }] },
  ],
  [
    'a citation',
    [
      blockStart(0, { type: 'text', text: '', citations: null }),
      blockDelta(0, { type: 'citations_delta', citation: { type: 'char_location', cited_text: 'Hi' } }),
      blockStop(0),
    ],
    'stop',
    {
      citations: [{ text: 'Hi', native: { type: 'char_location', cited_text: 'Hi' } }],
      parts: [{ native: { type: 'text', text: '', citations: [{ type: 'char_location', cited_text: 'Hi' }] } }],
    },
  ],
  [
    "a tool of the provider's own, and its result",
    [
      blockStart(0, { type: 'server_tool_use', id: 'srv-1', name: 'web_search', input: {} }),
      inputDelta(0, '{"query":"toon"}'),
      blockStop(0),
      blockStart(1, { type: 'web_search_tool_result', tool_use_id: 'srv-1', content: [{ title: 'TOON' }] }),
      blockStop(1),
    ],
    'stop',
    {
      toolCalls: [{ name: 'web_search', executor: 'provider', input: { query: 'toon' } }],
      parts: [
        { type: 'tool-call', native: { type: 'server_tool_use', id: 'srv-1', name: 'web_search', input: { query: 'toon' } } },
        { type: 'tool-result', native: { type: 'web_search_tool_result', tool_use_id: 'srv-1', content: [{ title: 'TOON' }] } },
      ],
    },
  ],
  [
    'a compaction',
    [
      blockStart(0, { type: 'compaction', content: null }),
      blockDelta(0, { type: 'compaction_delta', content: 'They spoke of TOON.' }),
      blockStop(0),
    ],
    'paused',
    { parts: [{ native: { type: 'compaction', content: 'They spoke of TOON.' } }] },
  ],
  [
    'a paused turn',
    [
      blockStart(0, { type: 'server_tool_use', id: 'srv-1', name: 'web_search', input: {} }),
      inputDelta(0, '{"query":"toon"}'),
      blockStop(0),
    ],
    'paused',
    { toolCalls: [{ name: 'web_search', executor: 'provider', ended: true }] },
  ],
];

const anthropicReasons: Readonly<Record<string, string>> = { 'a compaction': 'compaction', 'a paused turn': 'pause_turn' };

const rows: readonly Row[] = [
  // ---- Before the answer.
  {
    row: 1,
    group: 'before',
    fault: "The server's name is unknown (DNS)",
    address: 'unknown',
    ...every({ ...connection, ...nothing }),
  },
  {
    row: 1,
    group: 'before',
    fault: 'No server listens: the connection is refused',
    address: 'refused',
    ...every({ ...connection, ...nothing, fields: { code: 'ECONNREFUSED' } }),
  },
  {
    row: 1,
    group: 'before',
    fault: 'The connection is reset before the headers',
    answer: () => reset,
    ...every({ ...connection, ...nothing }),
  },
  {
    row: 2,
    group: 'before',
    fault: 'The connection is closed before the headers',
    answer: () => [fin],
    ...every({ ...connection, ...nothing }),
  },
  {
    row: 2,
    group: 'before',
    fault: 'The response is not HTTP',
    answer: () => [send('Hello!\r\n\r\n')],
    ...every({ ...connection, ...nothing }),
  },
  {
    row: 2,
    group: 'before',
    fault: 'The headers are too long',
    answer: () => [plainHead({ 'x-long': 'x'.repeat(70_000) })],
    ...every({ ...connection, ...lasting, ...nothing }),
  },
  {
    row: 3,
    group: 'before',
    fault: 'The server is silent before the headers',
    answer: () => [],
    limits: { firstMs: 150 },
    ...every({ ...timeout('first'), ...nothing }),
  },
  {
    row: 4,
    group: 'before',
    fault: 'The server is silent after the headers',
    answer: () => [streamHead],
    limits: { firstMs: 150 },
    ...every({ ...timeout('first'), ...nothing }),
  },

  // ---- In the middle.
  {
    row: 5,
    group: 'mid',
    fault: 'The stream stalls',
    answer: midway,
    limits: { betweenMs: 150 },
    ...every({ ...timeout('between'), ...hello }),
  },
  {
    row: 6,
    group: 'mid',
    fault: 'The stream stalls, but pings still arrive',
    answer: (wire, name) => [...midway(wire), repeat(asChunk(ping(name)), 20)],
    limits: { betweenMs: 150 },
    ...every({ ...timeout('between'), ...hello }),
  },
  {
    row: 7,
    group: 'mid',
    fault: 'The answer arrives one byte at a time',
    answer: (wire) => [
      streamHead,
      drip([...Buffer.from(whole(wire), 'latin1')].map((byte) => asChunk(Uint8Array.of(byte)))),
      ...end,
    ],
    ...every(same),
  },
  {
    row: 7,
    group: 'mid',
    fault: 'The answer takes longer than `totalMs`',
    answer: (wire) => [...midway(wire), repeat(asChunk(unknownEvent), 20)],
    limits: { betweenMs: 100, totalMs: 150 },
    ...every({ ...timeout('total'), ...hello }),
  },
  {
    row: 8,
    group: 'mid',
    fault: 'The connection is reset',
    answer: (wire) => [...midway(wire), ...reset],
    ...every({ ...connection, ...hello }),
  },
  {
    row: 9,
    group: 'mid',
    fault: 'The connection is closed between two chunks',
    answer: (wire) => [...midway(wire), fin],
    ...every({ ...connection, ...hello }),
  },
  {
    row: 9,
    group: 'mid',
    fault: 'The connection is closed inside a chunk',
    answer: (wire) => [...midway(wire), send('fff\r\ndata: {'), pause(10), fin],
    ...every({ ...connection, ...hello }),
  },
  {
    row: 10,
    group: 'mid',
    fault: 'The body is shorter than its Content-Length',
    answer: (wire) => [plainHead({ 'content-length': '99999' }), send(begun(wire)), pause(10), fin],
    ...every({ ...connection, ...hello }),
  },
  {
    row: 11,
    group: 'mid',
    fault: "A chunk's size is not a number",
    answer: (wire) => [...midway(wire), pause(10), send('zz\r\nxx\r\n')],
    ...every({ ...connection, ...hello }),
  },
  {
    row: 12,
    group: 'mid',
    fault: 'The body ends normally, but without the terminal marker',
    answer: (wire) => [...midway(wire), ...end],
    ...every({ ...truncated, ...hello }),
  },
  {
    row: 13,
    group: 'mid',
    fault: 'The connection is closed in a body without a length',
    answer: (wire) => [plainHead({ connection: 'close' }), send(begun(wire)), fin],
    ...every({ ...truncated, ...hello }),
  },
  {
    row: 14,
    group: 'mid',
    fault: 'The stream ends inside an event',
    answer: (wire) => stream(wire.opening, wire.hello, wire.says(' world').slice(0, -9)),
    ...every({ ...truncated, ...hello }),
  },

  // ---- The end.
  {
    row: 15,
    group: 'end',
    fault: 'The last event lacks its blank line',
    answer: (wire) => stream(whole(wire).slice(0, -1)),
    ...every(same),
  },
  {
    row: 15,
    group: 'end',
    fault: 'The last event lacks its line end',
    answer: (wire) => stream(whole(wire).slice(0, -2)),
    ...every(same),
  },
  {
    row: 16,
    group: 'end',
    fault: 'A `finish_reason` without `[DONE]`',
    answer: (wire) => stream(begun(wire), wire.ending),
    chat: same,
  },
  {
    row: 17,
    group: 'end',
    fault: 'A `[DONE]` without `finish_reason`',
    answer: (wire) => stream(begun(wire), wire.terminal),
    chat: completes('other', 'Hello', { usage: [10, 2] }),
  },
  {
    row: 17,
    group: 'end',
    fault: 'A `[DONE]` without `finish_reason`, after a tool call',
    answer: (wire) =>
      stream(wire.opening, chatCalls({ index: 0, id: 'call-1', name: 'weather', json: '{"city":"Oslo"}' }), wire.terminal),
    chat: completes('tool-calls', '', { usage: undefined, message: { toolCalls: [oslo] } }),
  },
  {
    row: 18,
    group: 'end',
    fault: 'The terminal event is missing',
    answer: (wire) => stream(begun(wire), wire.ending),
    responses: { ...truncated, ...hello },
    messages: { ...truncated, partial: 'Hello', usage: [10, 5] },
  },
  {
    row: 19,
    group: 'end',
    fault: 'The connection stays open after the terminal marker',
    answer: (wire) => openStream(begun(wire), wire.ending, wire.terminal),
    ...every({ ...same, note: 'within 50 ms; the connection is released after 100 ms more' }),
  },
  {
    row: 20,
    group: 'end',
    fault: 'More events follow after the terminal marker',
    answer: (wire) => stream(whole(wire), whole(wire), event('nonsense')),
    ...every(same),
  },
  {
    row: 20,
    group: 'end',
    fault: 'A second `[DONE]` follows',
    answer: (wire) => stream(whole(wire), event('[DONE]')),
    ...every(same),
  },
  ...([0.02, 0.5, 0.95] as const).map(
    (part): Row => ({
      row: 21,
      group: 'end',
      fault: 'A gzipped body is cut',
      form: `at ${part * 100} %`,
      answer: (wire) => zipped(longer(wire), part),
      ...every(cutOrBroken),
    }),
  ),
  { row: 22, group: 'end', fault: 'The body is gzipped', answer: (wire) => zipped(whole(wire)), ...every(same) },
  { row: 23, group: 'end', fault: 'The answer is empty', answer: () => stream(), ...every({ ...empty, ...nothing }) },
  {
    row: 23,
    group: 'end',
    fault: 'Only the terminal marker arrives',
    answer: ({ terminal }) => stream(terminal),
    chat: { ...empty, ...nothing },
    responses: { ...empty, ...nothing },
    messages: { ...empty, ...nothing },
  },
  {
    row: 23,
    group: 'end',
    fault: 'Nothing but a list without choices, and the terminal marker',
    answer: ({ terminal }) => stream(chatChunk([]), terminal),
    chat: { ...empty, ...nothing },
  },
  {
    row: 23,
    group: 'end',
    fault: 'Only the terminal marker arrives, and the connection stays open',
    answer: ({ terminal }) => openStream(terminal),
    ...every({ ...empty, ...nothing, withinMs: 1_000 }),
  },

  // ---- HTTP.
  {
    row: 24,
    group: 'http',
    fault: 'An HTML page with status 200',
    answer: () => respond(200, page, { 'content-type': 'text/html; charset=utf-8' }),
    ...every({
      ...contentType,
      ...nothing,
      fields: { contentType: 'text/html; charset=utf-8' },
      note: '`snippet` is its first 1 kB',
    }),
  },
  {
    row: 24,
    group: 'http',
    fault: 'An HTML page that is named an event stream',
    answer: () => stream(page),
    ...every({ ...contentType, ...nothing, fields: { contentType: 'text/event-stream' } }),
  },
  {
    row: 26,
    group: 'http',
    fault: 'An event stream under another content type',
    form: '`application/json`',
    answer: (wire) => respond(200, whole(wire), { 'content-type': 'application/json; charset=utf-8' }),
    ...every(same),
  },
  {
    row: 26,
    group: 'http',
    fault: 'An event stream under another content type',
    form: '`text/html`',
    answer: (wire) => respond(200, whole(wire), { 'content-type': 'text/html' }),
    ...every(same),
  },
  {
    row: 26,
    group: 'http',
    fault: 'A JSON response that is not streamed, with status 200',
    answer: () => respond(200, { id: 'x', object: 'chat.completion', type: 'message', choices: [], content: [], output: [] }),
    ...every({ ...contentType, ...nothing, fields: { contentType: 'application/json' } }),
  },
  {
    row: 27,
    group: 'http',
    fault: 'Status 204, no content',
    answer: () => [head(204), { do: 'end' }],
    ...every({ ...empty, ...lasting, ...nothing }),
  },
  {
    row: 28,
    group: 'http',
    fault: 'A 307 redirect to the same origin',
    answer: () => respond(307, '', { location: '/elsewhere' }),
    ...every({ ...same, requests: 2, note: 'the redirect is followed' }),
  },
  ...(
    [
      [400, 'invalid_request_error', 'invalid-request'],
      [401, 'authentication_error', 'authentication'],
      [403, 'permission_error', 'permission'],
      [404, 'not_found_error', 'not-found'],
      [413, 'request_too_large', 'too-large'],
      [422, 'invalid_request_error', 'invalid-request'],
    ] as const
  ).map(
    ([status, type, kind]): Row => ({
      row: 43,
      group: 'http',
      fault: `Status ${status}`,
      answer: () => respond(status, fault(type)),
      ...every(http(status, kind, lasting)),
    }),
  ),
  ...(
    [
      [408, 'timeout_error', 'server'],
      [409, 'conflict_error', 'conflict'],
      [500, 'api_error', 'server'],
      [503, 'server_error', 'server'],
      [529, 'overloaded_error', 'overloaded'],
    ] as const
  ).map(
    ([status, type, kind]): Row => ({
      row: 44,
      group: 'http',
      fault: `Status ${status}`,
      answer: () => respond(status, fault(type)),
      ...every(http(status, kind, passing)),
    }),
  ),
  {
    row: 44,
    group: 'http',
    fault: 'Status 502 with an HTML page',
    answer: () => respond(502, page, { 'content-type': 'text/html' }),
    ...every({ ...http(502, 'server', passing), note: 'the message is limited to 200 characters' }),
  },
  ...(
    [
      ['in seconds', () => ({ 'retry-after': '1' })],
      ['as a date', () => ({ 'retry-after': new Date(Date.now() + 1_500).toUTCString() })],
      ['in milliseconds', () => ({ 'retry-after-ms': '300', 'retry-after': '9' })],
    ] as const
  ).map(
    ([how, headers]): Row => ({
      row: 45,
      group: 'http',
      fault: `Status 429 with Retry-After ${how}`,
      answer: () => limited(headers()),
      ...every({ ...http(429, 'rate-limit', passing), note: 'after that time, and at most 250 ms more' }),
    }),
  ),
  {
    row: 46,
    group: 'http',
    fault: 'Status 429 with a Retry-After longer than `maxDelayMs`',
    answer: () => limited({ 'retry-after': '31' }),
    ...every({
      ...http(429, 'rate-limit', passing, { retryAfterMs: 31_000 }),
      requests: 1,
      note: 'the error is emitted at once, with `retryAfterMs`',
    }),
  },
  ...['soon', '-5', '1e3'].map(
    (value): Row => ({
      row: 47,
      group: 'http',
      fault: 'Status 429 with an invalid Retry-After',
      form: `\`${value}\``,
      answer: () => limited({ 'retry-after': value }),
      ...every({ ...http(429, 'rate-limit', passing, { retryAfterMs: undefined }), note: 'after the usual delay' }),
    }),
  ),
  {
    row: 47,
    group: 'http',
    fault: 'Status 400 with `x-should-retry: true`',
    answer: () => respond(400, fault('invalid_request_error'), { 'x-should-retry': 'true' }),
    ...every(http(400, 'invalid-request', passing)),
  },
  {
    row: 47,
    group: 'http',
    fault: 'Status 503 with `x-should-retry: false`',
    answer: () => respond(503, fault('server_error'), { 'x-should-retry': 'false' }),
    ...every(http(503, 'server', lasting)),
  },
  {
    row: 48,
    group: 'http',
    fault: 'Status 429 because the quota is exhausted',
    answer: () => respond(429, fault('insufficient_quota')),
    ...every(http(429, 'quota', lasting)),
  },
  {
    row: 49,
    group: 'http',
    fault: 'Status 500 with a body that stalls',
    answer: () => [head(500, { 'content-length': '999' }), send('Half a')],
    ...every({ ...http(500, 'server', passing), withinMs: 5_000, note: 'within 5 s' }),
  },

  // ---- Errors inside the stream.
  {
    row: 25,
    group: 'in-band',
    fault: 'A JSON error with status 200 (a rate limit)',
    answer: () => respond(200, fault('rate_limit_error')),
    ...every({ ...provider('rate-limit'), ...nothing }),
  },
  {
    row: 25,
    group: 'in-band',
    fault: 'A JSON error with status 200 and Retry-After',
    answer: () => respond(200, fault('rate_limit_error'), { 'retry-after-ms': '300' }),
    ...every({ ...provider('rate-limit'), ...nothing, fields: { retryAfterMs: 300 }, note: 'after that time' }),
  },
  {
    row: 25,
    group: 'in-band',
    fault: 'A JSON error with status 200 (an invalid request)',
    answer: () => respond(200, fault('invalid_request_error')),
    ...every({ ...provider('invalid-request', lasting), ...nothing }),
  },
  ...(['nested', 'flat', 'text', 'named'] as const).flatMap((form): readonly Row[] => {
    const forms = { nested: 'nested in `error`', flat: 'flat', text: 'plain text', named: 'only in the name of the event' };
    return [
      {
        row: 37,
        group: 'in-band',
        fault: 'An error in the middle: `overloaded_error`',
        form: forms[form],
        answer: (wire) => [...midway(wire), chunk(wire.error(form, 'overloaded_error'))],
        ...every({ ...provider('overloaded'), ...hello }),
      },
      {
        row: 38,
        group: 'in-band',
        fault: 'An error first: `overloaded_error`',
        form: forms[form],
        answer: (wire) => openStream(wire.error(form, 'overloaded_error')),
        ...every({ ...provider('overloaded'), ...nothing }),
      },
    ];
  }),
  ...(
    [
      ['rate_limit_error', 'rate-limit', passing],
      ['server_error', 'server', passing],
      ['invalid_request_error', 'invalid-request', lasting],
      ['insufficient_quota', 'quota', lasting],
    ] as const
  ).flatMap(([word, kind, retry]): readonly Row[] => [
    {
      row: 37,
      group: 'in-band',
      fault: `An error in the middle: \`${word}\``,
      answer: (wire) => [...midway(wire), chunk(wire.error('nested', word))],
      ...every({ ...provider(kind, retry), ...hello }),
    },
    {
      row: 38,
      group: 'in-band',
      fault: `An error first: \`${word}\``,
      answer: (wire) => openStream(wire.error('nested', word)),
      ...every({ ...provider(kind, retry), ...nothing }),
    },
  ]),
  ...(
    [
      [400, 'invalid-request', lasting],
      [502, 'server', passing],
    ] as const
  ).map(
    ([code, kind, retry]): Row => ({
      row: 39,
      group: 'in-band',
      fault: `An error chunk after the finish chunk, as OpenRouter sends it (${code})`,
      answer: (wire) => openStream(begun(wire), chatDelta({}, 'stop'), event({ error: { code, message: 'Upstream' } })),
      chat: { ...provider(kind, retry), ...hello },
    }),
  ),
  ...(
    [
      ['network_error', 'server', passing],
      ['insufficient_system_resource', 'overloaded', passing],
      ['function_call_filter: MALFORMED_FUNCTION_CALL', 'server', passing],
      ['insufficient_quota', 'quota', lasting],
    ] as const
  ).map(
    ([reason, kind, retry]): Row => ({
      row: 39,
      group: 'in-band',
      fault: `The finish reason \`${reason}\``,
      answer: (wire) => stream(begun(wire), chatEnd(reason)),
      chat: { ...provider(kind, retry), partial: 'Hello', usage: [10, 5], note: 'the usage that follows is kept' },
    }),
  ),
  {
    row: 39,
    group: 'in-band',
    fault: 'An error after the stop reason',
    answer: (wire) => openStream(begun(wire), wire.ending, wire.error('nested', 'api_error')),
    messages: { ...provider('server'), partial: 'Hello', usage: [10, 5] },
  },
  ...(
    [
      ['server_error', 'server', passing],
      ['rate_limit_exceeded', 'rate-limit', passing],
      ['invalid_prompt', 'invalid-request', lasting],
    ] as const
  ).map(
    ([code, kind, retry]): Row => ({
      row: 40,
      group: 'in-band',
      fault: `\`response.failed\` with \`${code}\``,
      answer: (wire) => openStream(begun(wire), responseEnd('failed', { error: { code, message: 'Something went wrong' } })),
      responses: { ...provider(kind, retry), partial: 'Hello', usage: [10, 5], fields: { code } },
    }),
  ),
  {
    row: 40,
    group: 'in-band',
    fault: '`error`, and `response.failed` after it',
    answer: (wire) =>
      stream(
        begun(wire),
        wire.error('nested', 'server_error') + responseEnd('failed', { error: { code: 'server_error', message: 'x' } }),
      ),
    responses: { ...provider('server'), ...hello },
  },
  {
    row: 40,
    group: 'in-band',
    fault: '`response.failed` without a reason, and `error` with it after that',
    answer: (wire) => stream(begun(wire), responseEnd('failed') + wire.error('nested', 'invalid_request_error')),
    responses: { ...provider('invalid-request', lasting), partial: 'Hello', usage: [10, 5] },
  },
  {
    row: 40,
    group: 'in-band',
    fault: '`response.failed` without a reason, and nothing after it',
    answer: (wire) => stream(begun(wire), responseEnd('failed')),
    responses: { ...provider('server'), partial: 'Hello', usage: [10, 5] },
  },

  {
    row: 50,
    group: 'in-band',
    fault: 'A JSON error that is named an event stream',
    form: 'in one line',
    answer: () => stream(JSON.stringify(fault('invalid_request_error'))),
    ...every({ ...provider('invalid-request', lasting), ...nothing }),
  },
  {
    row: 50,
    group: 'in-band',
    fault: 'A JSON error that is named an event stream',
    form: 'over several lines',
    answer: () => stream(JSON.stringify(fault('rate_limit_error'), null, 2)),
    ...every({ ...provider('rate-limit'), ...nothing }),
  },
  {
    row: 51,
    group: 'in-band',
    fault: 'An `error:` field in the middle',
    answer: (wire) => stream(begun(wire), `error: ${JSON.stringify({ code: 400, message: 'Too long' })}\n\n`),
    ...every({ ...provider('invalid-request', lasting), ...hello, fields: { message: 'Too long' } }),
  },
  {
    row: 51,
    group: 'in-band',
    fault: 'A line of JSON in the middle',
    answer: (wire) => stream(begun(wire), `${JSON.stringify(fault('overloaded_error'))}\n`),
    ...every({ ...provider('overloaded'), ...hello }),
  },
  {
    row: 52,
    group: 'in-band',
    fault: 'A text after the word `error` in place of an event',
    answer: (wire) => stream(begun(wire), 'data: error: no memory\n\n'),
    ...every({ ...provider('server'), ...hello, fields: { message: 'no memory' } }),
  },
  {
    row: 53,
    group: 'in-band',
    fault: 'An error in the middle, after a response with a request id',
    answer: (wire) => [
      head(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_7', 'retry-after-ms': '300' }),
      send(begun(wire) + wire.error('nested', 'rate_limit_error')),
      fin,
    ],
    ...every({
      ...provider('rate-limit'),
      ...hello,
      fields: { requestId: 'req_7', retryAfterMs: 300 },
      note: '`requestId` and `retryAfterMs` are those of the response',
    }),
  },

  {
    row: 54,
    group: 'in-band',
    fault: 'The events are those of another source',
    answer: (_, name) => stream(whole(wires[name === 'chat' ? 'messages' : 'chat'])),
    ...every({
      ...lasting,
      error: 'ProtocolError',
      kind: 'protocol' as const,
      partial: '',
      usage: undefined,
      note: 'the message names the source for them',
    }),
  },

  // ---- Content.
  {
    row: 29,
    group: 'content',
    fault: 'An event that is not JSON',
    answer: (wire) => [...midway(wire), chunk(event('{"choices":'))],
    ...every({ ...malformed, ...hello }),
  },
  {
    row: 30,
    group: 'content',
    fault: '`data: null` and empty data',
    answer: (wire) => stream('data: null\n\ndata:\n\n', begun(wire), 'data: null\n\ndata\n\n', wire.ending + wire.terminal),
    ...every(same),
  },
  {
    row: 31,
    group: 'content',
    fault: 'An unknown event',
    answer: (wire) => stream(begun(wire), unknownEvent, wire.ending + wire.terminal),
    ...every(completes('stop', 'Hello', { raw: true, note: 'emitted as `raw`' })),
  },
  {
    row: 31,
    group: 'content',
    fault: 'An unknown delta',
    answer: (wire, name) => {
      const unknown = {
        chat: chatDelta({ brand_new: true }),
        responses: typed({ type: 'response.brand_new.delta', output_index: 0, delta: 'x' }),
        messages: blockDelta(0, { type: 'brand_new_delta', x: 1 }),
      };
      return stream(begun(wire), unknown[name], wire.ending + wire.terminal);
    },
    chat: completes('stop', 'Hello', { note: 'skipped, see `includeRaw`' }),
    responses: completes('stop', 'Hello', { raw: true, note: 'emitted as `raw`' }),
    messages: completes('stop', 'Hello', { raw: true, note: 'emitted as `raw`' }),
  },
  ...(
    [
      ['lines that end in CRLF', (text) => text.replaceAll('\n', '\r\n')],
      ['lines that end in CR', (text) => text.replaceAll('\n', '\r')],
      ['a byte order mark', (text) => `\ufeff${text}`],
      ['comments between the events', (text) => `: hello\n\n${text.replaceAll('\n\n', '\n\n: still here\n\n')}`],
      ['comments within the events', (text) => text.replaceAll('data:', ': hello\ndata:')],
      ['data of several lines', (text) => text.replaceAll(',"', ',\ndata: "')],
      ['no space after `data:`', (text) => text.replaceAll('data: ', 'data:')],
      ['`id:` and `retry:` fields', (text) => text.replaceAll('data:', 'id: 7\nretry: 10\ndata:')],
    ] satisfies readonly (readonly [string, (text: string) => string])[]
  ).map(
    ([what, mutate]): Row => ({
      row: 32,
      group: 'content',
      fault: 'The same events with different framing',
      form: what,
      answer: (wire) => stream(mutate(whole(wire))),
      ...every(same),
    }),
  ),
  {
    row: 33,
    group: 'content',
    fault: 'A chunk boundary after every byte, inside characters too',
    answer: (wire) => {
      const text = whole(wire).replaceAll('"lo"', '"l漢😀"').replaceAll('Hello', 'Hell漢😀');
      return [streamHead, drip([...Buffer.from(text)].map((byte) => asChunk(Uint8Array.of(byte)))), ...end];
    },
    ...every(completes('stop', 'Hell漢😀')),
  },
  {
    row: 34,
    group: 'content',
    fault: 'Bytes that are not UTF-8',
    answer: (wire) => {
      const [before = '', after = ''] = whole(wire).split(/(?<="He)l(?=")/);
      return stream(Buffer.concat([Buffer.from(before), Uint8Array.of(0xff), Buffer.from(after)]));
    },
    ...every(completes('stop', 'He\ufffdlo', { note: 'replaced by U+FFFD' })),
  },
  {
    row: 35,
    group: 'content',
    fault: 'A lone surrogate',
    answer: (wire) => stream(begun(wire), wire.says('\ud83d'), wire.ending + wire.terminal),
    ...every(completes('stop', 'Hello\ud83d', { note: 'preserved' })),
  },
  {
    row: 35,
    group: 'content',
    fault: 'A surrogate pair across two deltas',
    answer: (wire) => stream(begun(wire), wire.says('\ud83d'), wire.says('\ude00'), wire.ending + wire.terminal),
    ...every(completes('stop', 'Hello😀', { note: 'joined' })),
  },
  {
    row: 36,
    group: 'content',
    fault: 'An event of 10 MB',
    answer: (wire) => stream(begun(wire), wire.says(big), wire.ending + wire.terminal),
    ...every(completes('stop', `Hello${big}`)),
  },
  {
    row: 36,
    group: 'content',
    fault: 'An event longer than `maxEventBytes`',
    answer: (wire) => [...midway(wire), chunk(wire.says(big.slice(0, 100_000)))],
    options: { maxEventBytes: 10_000 },
    ...every({ ...limit, ...hello, fields: { limit: 'maxEventBytes', value: 10_000 } }),
  },
  {
    row: 41,
    group: 'content',
    fault: 'The answer is cut at its token limit',
    answer: (wire, name) => {
      const ends = {
        chat: chatEnd('length'),
        responses: responseEnd('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
        messages: blockStop(0) + messageDelta('max_tokens') + wire.terminal,
      };
      return stream(begun(wire), ends[name]);
    },
    ...every(completes('length', 'Hello')),
  },
  {
    row: 42,
    group: 'content',
    fault: 'A content filter stops the answer',
    answer: (wire, name) => {
      const ends = {
        chat: chatEnd('content_filter'),
        responses: responseEnd('incomplete', { incomplete_details: { reason: 'content_filter' } }),
        messages: '',
      };
      return stream(begun(wire), ends[name]);
    },
    chat: completes('content-filter', 'Hello'),
    responses: completes('content-filter', 'Hello'),
  },
  ...['sensitive', 'guardrail_intervened', 'content_filter: SAFETY'].map(
    (reason): Row => ({
      row: 42,
      group: 'content',
      fault: `A content filter stops the answer, in the word \`${reason}\``,
      answer: (wire) => stream(begun(wire), chatEnd(reason)),
      chat: completes('content-filter', 'Hello'),
    }),
  ),
  {
    row: 42,
    group: 'content',
    fault: 'The model refuses',
    answer: (wire, name) => {
      const refusals = {
        chat: chatDelta({ refusal: 'I can' }) + chatDelta({ refusal: 'not.' }) + chatEnd('stop'),
        responses:
          itemAdded(0, { type: 'message', content: [] }) +
          typed({ type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'I cannot.' }) +
          responseEnd('completed'),
        messages: wire.hello + blockStop(0) + messageDelta('refusal') + wire.terminal,
      };
      return stream(wire.opening, refusals[name]);
    },
    chat: completes('refusal', '', { message: { refusal: 'I cannot.' }, note: 'its text is emitted as `refusal-delta`' }),
    responses: completes('refusal', '', { message: { refusal: 'I cannot.' }, note: 'its text is emitted as `refusal-delta`' }),
    messages: completes('refusal', 'Hello'),
  },
  {
    row: 50,
    group: 'content',
    fault: 'Two choices at once',
    answer: () =>
      stream(
        chatChunk([{ index: 0, delta: { content: 'Hel' } }]),
        chatChunk([
          { index: 1, delta: { content: 'Bye' } },
          { index: 0, delta: { content: 'lo' }, finish_reason: 'stop' },
        ]),
        chatChunk([{ index: 1, delta: { content: '!' }, finish_reason: 'length' }]),
        chatChunk([], chatUsage(10, 5)) + event('[DONE]'),
      ),
    chat: completes('stop', 'Hello', { note: 'every event has its `choice`' }),
  },
  {
    row: 51,
    group: 'content',
    fault: 'Interleaved tool calls',
    answer: (wire, name) => {
      const calls = {
        chat: [
          chatCalls({ index: 0, id: 'call-1', name: 'weather', json: '' }, { index: 1, id: 'call-2', name: 'clock', json: '' }),
          chatCalls({ index: 1, json: '{"zone"' }, { index: 0, json: '{"city":' }),
          chatCalls({ index: 0, json: '"Oslo"}' }, { index: 1, json: ':"CET"}' }),
          chatEnd('tool_calls'),
        ],
        responses: [
          itemAdded(0, functionCall('call-1', 'weather', '')) + itemAdded(1, functionCall('call-2', 'clock', '')),
          argumentsDelta(1, '{"zone"') + argumentsDelta(0, '{"city":'),
          argumentsDelta(0, '"Oslo"}') + argumentsDelta(1, ':"CET"}'),
          itemDone(0, functionCall('call-1', 'weather', '{"city":"Oslo"}')) +
            itemDone(1, functionCall('call-2', 'clock', '{"zone":"CET"}')),
          responseEnd('completed'),
        ],
        messages: [
          blockStart(0, toolUse('call-1', 'weather')) + blockStart(1, toolUse('call-2', 'clock')),
          inputDelta(1, '{"zone"') + inputDelta(0, '{"city":'),
          inputDelta(0, '"Oslo"}') + inputDelta(1, ':"CET"}'),
          blockStop(0) + blockStop(1) + messageDelta('tool_use') + wire.terminal,
        ],
      };
      return stream(wire.opening, ...calls[name]);
    },
    ...every(twoCalls),
  },
  {
    row: 51,
    group: 'content',
    fault: 'Tool calls without an index',
    answer: (wire) =>
      stream(
        wire.opening,
        chatCalls({ id: 'call-1', name: 'weather', json: '{"city":"Oslo"}' }),
        chatCalls({ id: 'call-2', name: 'clock', json: '{"zone":"CET"}' }),
        chatEnd('tool_calls'),
      ),
    chat: twoCalls,
  },
  {
    row: 51,
    group: 'content',
    fault: 'Tool calls with one index, without ids',
    answer: (wire) =>
      stream(
        wire.opening,
        chatCalls({ index: 0, name: 'weather', json: '{"city":"Oslo"}' }),
        chatCalls({ index: 0, name: 'clock', json: '{"zone":' }),
        chatCalls({ index: 0, json: '"CET"}' }),
        chatEnd('tool_calls'),
      ),
    chat: twoCalls,
  },
  {
    row: 51,
    group: 'content',
    fault: 'Arguments that are sent once more, whole',
    answer: (wire) =>
      stream(
        wire.opening,
        chatCalls({ index: 0, id: 'call-1', name: 'weather', json: '{"city":' }),
        chatCalls({ index: 0, json: '"Oslo"}' }),
        chatCalls({ index: 0, json: '{"city":"Oslo"}' }),
        chatCalls({ index: 1, id: 'call-2', name: 'clock', json: '{"zone":"CET"}' }),
        chatEnd('tool_calls'),
      ),
    chat: twoCalls,
  },
  {
    row: 52,
    group: 'content',
    fault: 'Arguments that are not JSON',
    answer: (wire, name) => {
      const calls = {
        chat: chatCalls({ index: 0, id: 'call-1', name: 'weather', json: '{"city": Os' }) + chatEnd('tool_calls'),
        responses:
          itemAdded(0, functionCall('call-1', 'weather', '')) +
          argumentsDelta(0, '{"city": Os') +
          itemDone(0, functionCall('call-1', 'weather', '{"city": Os')) +
          responseEnd('completed'),
        messages:
          blockStart(0, toolUse('call-1', 'weather')) +
          inputDelta(0, '{"city": Os') +
          blockStop(0) +
          messageDelta('tool_use') +
          wire.terminal,
      };
      return stream(wire.opening, calls[name]);
    },
    ...every(completes('tool-calls', '', { message: brokenCall, note: 'the arguments are kept as text' })),
  },
  {
    row: 52,
    group: 'content',
    fault: 'Arguments that are cut at the token limit',
    answer: (wire, name) => {
      const incomplete = { ...functionCall('call-1', 'weather', '{"city": Os'), status: 'incomplete' };
      const calls = {
        chat: chatCalls({ index: 0, id: 'call-1', name: 'weather', json: '{"city": Os' }) + chatEnd('length'),
        responses:
          itemAdded(0, functionCall('call-1', 'weather', '')) +
          argumentsDelta(0, '{"city": Os') +
          itemDone(0, incomplete) +
          responseEnd('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
        messages:
          blockStart(0, toolUse('call-1', 'weather')) +
          inputDelta(0, '{"city": Os') +
          blockStop(0) +
          messageDelta('max_tokens') +
          wire.terminal,
      };
      return stream(wire.opening, calls[name]);
    },
    ...every(
      completes('length', '', {
        message: { toolCalls: [{ ...brokenCall.toolCalls[0], ended: false }] },
        note: 'no `tool-call-end`; the arguments are kept as text',
      }),
    ),
  },
  ...(
    [
      ['`reasoning_content`', [{ reasoning_content: 'H' }, { reasoning_content: 'm' }, { content: 'Hello' }]],
      ['`reasoning`', [{ reasoning: 'Hm' }, { content: 'Hello' }]],
      ['an object', [{ reasoning_content: { text: 'H' } }, { reasoning_content: { text: 'm' } }, { content: 'Hello' }]],
      [
        'blocks that are repeated whole with their signature',
        [
          { thinking_blocks: [{ type: 'thinking', thinking: 'H' }] },
          { thinking_blocks: [{ type: 'thinking', thinking: 'Hm', signature: 'c2ln' }] },
          { content: 'Hello' },
        ],
      ],
      [
        'content in an array',
        [
          { content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] },
          {
            content: [
              { type: 'text', text: 'Hel' },
              { type: 'text', text: 'lo' },
            ],
          },
        ],
      ],
    ] satisfies readonly (readonly [string, readonly object[]])[]
  ).map(
    ([what, deltas]): Row => ({
      row: 53,
      group: 'content',
      fault: `Reasoning and text as ${what}`,
      answer: (wire) => stream(wire.opening, ...deltas.map((delta) => chatDelta(delta)), chatEnd('stop')),
      chat: completes('stop', 'Hello', { message: { reasoning: 'Hm' } }),
    }),
  ),
  ...anthropicBlocks.map(
    ([what, blocks, finish, message]): Row => ({
      row: 54,
      group: 'content',
      fault: `Anthropic: ${what}`,
      answer: (wire) => stream(wire.opening, ...blocks, messageDelta(anthropicReasons[what] ?? 'end_turn'), wire.terminal),
      messages: completes(finish, '', { message, note: 'kept whole, and never part of the text' }),
    }),
  ),
  {
    row: 55,
    group: 'content',
    fault: 'No usage is reported',
    answer: (wire, name) => {
      const streams = {
        chat: [chatDelta({ content: 'Hello' }), chatDelta({}, 'stop'), wire.terminal],
        responses: [
          wire.opening,
          wire.hello,
          wire.ending,
          typed({ type: 'response.completed', response: response('completed') }),
        ],
        messages: [
          typed({ type: 'message_start', message: { id: 'msg-1', model: 'model-1' } }),
          wire.hello,
          blockStop(0) + typed({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }),
          wire.terminal,
        ],
      };
      return stream(...streams[name]);
    },
    ...every(completes('stop', 'Hello', { usage: undefined, note: 'usage is `undefined`, see `aggregateUsage`' })),
  },
  {
    row: 55,
    group: 'content',
    fault: 'Usage is reported several times, cumulative each time',
    answer: (wire, name) => {
      const streams = {
        chat: [
          ...[1, 2, 3, 4, 5].map((output, index) => chatDelta({ content: 'Hello'[index] }, null, chatUsage(10, output))),
          chatEnd('stop'),
        ],
        responses: [],
        messages: [
          wire.opening + wire.hello + blockStop(0),
          messageDelta('end_turn', { output_tokens: 3 }) + messageDelta('end_turn', { output_tokens: 5 }) + wire.terminal,
        ],
      };
      return stream(...streams[name]);
    },
    chat: completes('stop', 'Hello', { note: 'the last report counts; they are not summed' }),
    messages: completes('stop', 'Hello', { note: 'the last report counts; they are not summed' }),
  },
  {
    row: 55,
    group: 'content',
    fault: 'Usage is reported in parts',
    answer: (wire, name) => {
      const streams = {
        chat: [
          chatDelta({ content: 'Hello' }, null, { usage: { prompt_tokens: 10 } }),
          chatDelta({}, 'stop', { usage: { completion_tokens: 5 } }),
          wire.terminal,
        ],
        responses: [],
        messages: [messageStart({ input_tokens: 10 }), wire.hello, wire.ending, wire.terminal],
      };
      return stream(...streams[name]);
    },
    chat: completes('stop', 'Hello', { note: 'the parts are combined' }),
    messages: completes('stop', 'Hello', { note: 'the parts are combined' }),
  },
  {
    row: 56,
    group: 'content',
    fault: 'The opening event is missing',
    answer: (wire) => stream(wire.hello, wire.ending, wire.terminal),
    chat: completes('stop', 'Hello'),
    responses: completes('stop', 'Hello'),
    messages: completes('stop', 'Hello', { usage: [undefined, 5] }),
  },
  {
    row: 56,
    group: 'content',
    fault: 'The opening event is late',
    answer: (wire) => stream(wire.hello, wire.opening, wire.ending, wire.terminal),
    ...every(completes('stop', 'Hello')),
  },
  {
    row: 56,
    group: 'content',
    fault: 'The opening event is repeated',
    answer: (wire) => stream(wire.opening, wire.hello, wire.opening, wire.ending, wire.terminal),
    ...every(completes('stop', 'Hello')),
  },

  {
    row: 56,
    group: 'content',
    fault: 'Another message begins in the same body',
    answer: (wire) =>
      stream(wire.opening, wire.hello, typed({ type: 'message_start', message: { id: 'msg_another' } }), wire.terminal),
    messages: { ...truncated, ...hello, note: 'the answers of a gateway that repeats the request are not joined' },
  },
  {
    row: 17,
    group: 'end',
    fault: 'A [DONE] marker after a stop reason, in place of `message_stop`',
    answer: (wire) => stream(wire.opening, wire.hello, wire.ending, event('[DONE]')),
    messages: completes('stop', 'Hello'),
  },

  // ---- Calls that are cut.
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: the body ends normally in its arguments',
    answer: (wire, name) => [...called(wire, name), ...end],
    ...every({ ...truncated, ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: the connection is closed',
    answer: (wire, name) => [...called(wire, name), fin],
    ...every({ ...connection, ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: the connection is reset',
    answer: (wire, name) => [...called(wire, name), ...reset],
    ...every({ ...connection, ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: the stream ends inside an event',
    answer: (wire, name) => [...called(wire, name), chunk(wire.says('x').slice(0, -9)), ...end],
    ...every({ ...truncated, ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: the stream stalls',
    answer: called,
    limits: { betweenMs: 150 },
    ...every({ ...timeout('between'), ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut: an error arrives',
    answer: (wire, name) => [...called(wire, name), chunk(wire.error('nested', 'overloaded_error'))],
    ...every({ ...provider('overloaded'), ...noTool }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut at the token limit',
    answer: (wire, name) => {
      const ends = {
        chat: chatEnd('length'),
        responses: responseEnd('incomplete', { incomplete_details: { reason: 'max_output_tokens' } }),
        messages: blockStop(1) + messageDelta('max_tokens') + wire.terminal,
      };
      return [...called(wire, name), chunk(ends[name]), ...end];
    },
    ...every(completes('length', '', { note: '`runTools` runs no tool, and ends' })),
  },
  {
    row: 62,
    group: 'content',
    fault: 'A tool call is cut by a content filter',
    answer: (wire, name) => {
      const ends = {
        chat: chatEnd('content_filter'),
        responses: responseEnd('incomplete', { incomplete_details: { reason: 'content_filter' } }),
        messages: '',
      };
      return [...called(wire, name), chunk(ends[name]), ...end];
    },
    chat: completes('content-filter', '', { note: '`runTools` runs no tool, and ends' }),
    responses: completes('content-filter', '', { note: '`runTools` runs no tool, and ends' }),
  },
  {
    row: 62,
    group: 'content',
    fault: 'Tool calls are whole, but the definite end is missing',
    answer: (wire, name) => {
      const ends = {
        chat: chatCalls({ index: 1, json: 'lo"}' }),
        responses: argumentsDelta(1, 'lo"}'),
        messages: inputDelta(1, 'lo"}') + blockStop(1),
      };
      return [...called(wire, name), chunk(ends[name]), ...end];
    },
    ...every({ ...truncated, ...noTool }),
  },

  // ---- The consumer.
  {
    row: 57,
    group: 'consumer',
    fault: 'You unsubscribe before the request is sent',
    act: 'unsubscribes before it has subscribed',
    ...every({ ...silence, requests: 0 }),
  },
  {
    row: 57,
    group: 'consumer',
    fault: 'You unsubscribe before the headers',
    act: 'unsubscribes before the headers',
    answer: () => [],
    ...every(silence),
  },
  {
    row: 57,
    group: 'consumer',
    fault: 'You unsubscribe in the middle of the answer',
    act: 'unsubscribes in the middle',
    answer: (wire) => [...midway(wire), repeat(asChunk(wire.says('x')), 2)],
    ...every(silence),
  },
  {
    row: 57,
    group: 'consumer',
    fault: 'You unsubscribe during a stall',
    act: 'unsubscribes in a stall',
    answer: midway,
    ...every(silence),
  },
  {
    row: 57,
    group: 'consumer',
    fault: 'You unsubscribe during the delay of a retry',
    act: 'unsubscribes in the wait before a repeat',
    answer: () => respond(503, fault('server_error')),
    ...every(silence),
  },
  {
    row: 58,
    group: 'consumer',
    fault: 'Your signal is aborted before you subscribe',
    act: 'aborts before it subscribes',
    ...every({ ...aborted, ...nothing }),
  },
  {
    row: 58,
    group: 'consumer',
    fault: 'Your signal aborts before the headers',
    act: 'aborts before the headers',
    answer: () => [],
    ...every({ ...aborted, ...nothing }),
  },
  {
    row: 58,
    group: 'consumer',
    fault: 'Your signal aborts in the middle of the answer',
    act: 'aborts in the middle',
    answer: midway,
    ...every({ ...aborted, ...hello }),
  },
  {
    row: 58,
    group: 'consumer',
    fault: 'Your signal aborts during the delay of a retry',
    act: 'aborts in the wait before a repeat',
    answer: () => respond(503, fault('server_error')),
    ...every({ ...aborted, ...nothing }),
  },
  {
    row: 58,
    group: 'consumer',
    fault: 'Your signal aborts during the delay after a partial answer',
    act: 'aborts in the wait before a repeat',
    answer: (wire) => [...midway(wire), fin],
    ...every({ ...aborted, partial: '', usage: 'so far' as const, note: 'the `reset` has voided the text' }),
  },
  {
    row: 59,
    group: 'consumer',
    fault: 'A downstream operator throws, and you receive its error',
    act: 'throws in an operator',
    answer: midway,
    ...every(silence),
  },
  {
    row: 59,
    group: 'consumer',
    fault: '`take(2)` completes',
    act: 'takes the first two events',
    answer: midway,
    ...every(silence),
  },
  {
    row: 59,
    group: 'consumer',
    fault: '`switchMap` switches to another stream',
    act: 'switches to another stream',
    answer: midway,
    ...every(silence),
  },
  {
    row: 60,
    group: 'consumer',
    fault: 'You are slow and pause the source (`createDemand`)',
    act: 'pauses, and goes on when nothing more is sent',
    answer: (wire) => [
      ...midway(wire),
      drip(speech.map((text) => asChunk(wire.says(text)))),
      chunk(wire.ending + wire.terminal),
      ...end,
    ],
    ...every(
      completes('stop', `Hello${speech.join('')}`, { note: 'at most 16 MB are buffered on the way, then the provider waits' }),
    ),
  },
  // ---- A background response that is read again.
  ...cuts.map(
    ([fault, answer], index): Row => ({
      row: 61,
      group: 'resume',
      fault,
      answer,
      rest: (wire) =>
        stream(
          numbered(wire)
            .slice(index === cuts.length - 1 ? 0 : 4)
            .join(''),
        ),
      options: { resume: { delayMs: 1 } },
      responses: completes('stop', 'Hello', { same: true, requests: 2 }),
    }),
  ),
];

const sources = ['chat', 'responses', 'messages'] as const;
const completely = (wire: Wire): Script => stream(whole(wire));

/** The whole matrix, a line for each row and each source that it applies to. */
export const faultMatrix: readonly FaultLine[] = rows.flatMap(({ answer = completely, rest = completely, ...row }) =>
  sources.flatMap((source): readonly FaultLine[] => {
    const { chat: _, responses: __, messages: ___, [source]: outcome, ...fields } = row;
    const wire = wires[source];
    return outcome === undefined
      ? []
      : [{ ...fields, source, outcome, script: () => answer(wire, source), rest: () => rest(wire) }];
  }),
);

/** The undisturbed answer. */
export const wholeAnswer = (source: WireName): Script => completely(wires[source]);
