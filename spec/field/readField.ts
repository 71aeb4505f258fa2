import { expect } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import type { JsonValue, Message } from '../../src/events.js';
import { toMessage } from '../../src/operators/toMessage.js';
import * as anthropic from '../../src/providers/anthropic/index.js';
import * as openai from '../../src/providers/openai/index.js';
import type { SourceOptions } from '../../src/providers/wire/wireFormat.js';
import { streamOf } from '../../src/testing/index.js';
import { expectGrammar } from '../support/grammar.js';
import { type Collected, collect, respondWith } from '../support/respond.js';
import { event, typed, type WireName } from '../wire/wires.js';

/** What a stream must become; only what is named is compared. */
export interface Wanted {
  readonly text?: string;
  readonly reasoning?: string;
  /** `name(arguments)`, of a call that has not ended with ` …`. */
  readonly calls?: readonly string[];
  readonly finish?: string;
  /** The total of the usage. */
  readonly tokens?: number;
  /** The types of the parts, joined by spaces. */
  readonly parts?: string;
  readonly pings?: number;
  /** Texts that the next turn must have, as JSON. */
  readonly turn?: readonly string[];
  /** Texts that it must not have. */
  readonly notInTurn?: readonly string[];
  /** Kind, whether it is retryable, and what its message or its code has. */
  readonly error?: readonly [kind: string, retryable: boolean, told?: string];
  readonly requestId?: string;
  readonly retryAfterMs?: number;
}

/** A stream after a kind of report: what is special in it, its body, what it must become, and the headers of its response. */
export type Stream = readonly [special: string, body: string, wanted: Wanted, headers?: Readonly<Record<string, string>>];

const chunkSizes = [Infinity, 7, 1];

function open(wire: WireName, body: string, headers: Stream[3], size: number, options: SourceOptions): Promise<Collected> {
  const client = respondWith(body, size, headers);
  if (wire === 'chat') return collect(openai.fromChatCompletions(client, { model: 'm', messages: [] }, options));
  if (wire === 'responses') return collect(openai.fromResponses(client, { model: 'm', input: '' }, options));
  return collect(anthropic.fromMessages(client, { model: 'm', max_tokens: 1, messages: [] }, options));
}

/** Reads a stream at several chunk sizes, with templates and without, and expects what it must become each time. */
export async function expectStream(wire: WireName, [, body, wanted, headers]: Stream): Promise<void> {
  for (const size of chunkSizes) {
    for (const templates of [true, false]) {
      const result = await open(wire, body, headers, size, { templates });
      expectGrammar(result.events, result.completed);
      expect(await became(wire, result, wanted)).toEqual({ turn: [], notInTurn: [], ...wanted });
    }
  }
}

async function became(wire: WireName, { events, error }: Collected, wanted: Wanted): Promise<Wanted> {
  if (error) return only(wanted, { ...faultOf(error, wanted), turn: [], notInTurn: [] });
  const message = await lastValueFrom(streamOf(events).pipe(toMessage()));
  expectEnds(message);
  const turn = JSON.stringify(wire === 'messages' ? anthropic.assistantTurn(message) : openai.assistantTurn(message));
  const calls = message.toolCalls.map(({ name, argumentsText, ended }) => `${name}(${argumentsText})${ended ? '' : ' …'}`);
  return only(wanted, {
    text: message.text,
    reasoning: message.reasoning,
    calls,
    finish: message.finishReason ?? 'none',
    tokens: message.usage?.totalTokens ?? 0,
    parts: message.parts.map(({ type }) => type).join(' '),
    pings: events.filter(({ type }) => type === 'ping').length,
    turn: (wanted.turn ?? []).filter((text) => turn.includes(text)),
    notInTurn: (wanted.notInTurn ?? []).map((text) => (turn.includes(text) ? `${text} is in ${turn}` : text)),
  });
}

/** One text for the call, the message and what goes back. */
function expectEnds({ toolCalls, parts }: Message): void {
  expect(new Set(toolCalls.map(({ callId }) => callId)).size).toBe(toolCalls.length);
  for (const { callId, argumentsText } of toolCalls) {
    const part = parts.find((known) => known.type === 'tool-call' && known.callId === callId);
    expect(part).toMatchObject({ argumentsText });
  }
}

function faultOf(error: unknown, wanted: Wanted): Wanted {
  const { kind, retryable, message, code, requestId, retryAfterMs } = error as Record<string, string> & { retryable: boolean };
  const told = `${message} ${code}`;
  const [, , part] = wanted.error ?? [];
  const found = part === undefined ? [] : [told.includes(part) ? part : told];
  const fault = [kind, retryable, ...found] as unknown as Wanted['error'];
  const headers = { requestId: requestId ?? 'none', retryAfterMs: Number(retryAfterMs) };
  return { ...headers, ...(fault && { error: fault }) };
}

/** The members that are wanted, and the error if one came unasked. */
function only(wanted: Wanted, all: Wanted): Wanted {
  const names = new Set([...Object.keys(wanted), 'turn', 'notInTurn', 'error']);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

// The payloads of the tables.

export const done: string = event('[DONE]');

/** A chunk of chat, with further members of the chunk and of its choice. */
export const chunk = (delta: unknown, finish_reason: unknown = null, more: object = {}, choice: object = {}): string =>
  event({
    id: 'chat-1',
    object: 'chat.completion.chunk',
    model: 'model-1',
    choices: [{ index: 0, delta, finish_reason, ...choice }],
    ...more,
  });
/** A chunk with pieces of calls. */
export const pieces = (...tool_calls: readonly object[]): string => chunk({ tool_calls });
export const piece = (name: unknown, args: unknown, more: object = {}): object => ({
  type: 'function',
  function: { name, arguments: args },
  ...more,
});
export const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };

export const created: string = typed({
  type: 'response.created',
  response: { id: 'resp-1', model: 'model-1', status: 'in_progress' },
});
export const completed = (...output: readonly object[]): string =>
  typed({ type: 'response.completed', response: { id: 'resp-1', model: 'model-1', status: 'completed', output } });
/** A response's event of some type. */
export const says = (type: string, fields: object): string => typed({ type: `response.${type}`, ...fields });
export const message = (text: string | undefined, more: object = {}): object => ({
  type: 'message',
  id: 'msg-1',
  role: 'assistant',
  content: text === undefined ? [] : [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
export const thought = (text: string | undefined, more: object = {}): object => ({
  type: 'reasoning',
  id: 'rs-1',
  summary: [],
  content: text === undefined ? [] : [{ type: 'reasoning_text', text }],
  ...more,
});
export const call = (args: unknown, more: object = {}): object => ({
  type: 'function_call',
  id: 'fc-1',
  call_id: 'call-1',
  name: 'read',
  arguments: args,
  ...more,
});

/** The same for every wire. */
export const json = (value: JsonValue): string => event(value as object);
