import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { map, type Observable, take, timer } from 'rxjs';
import { z } from 'zod';
import { isStreamError } from '../../src/errors.js';
import type { DeltaEvent, JsonObject, JsonValue, NativeFormat, Turn } from '../../src/events.js';
import { type RetryContext, retryStream } from '../../src/operators/retryStream.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { messagesParams } from '../../src/providers/anthropic/messagesParams.js';
import { messagesTools } from '../../src/providers/anthropic/messagesTools.js';
import { chatMessages } from '../../src/providers/openai/chatMessages.js';
import { chatTools } from '../../src/providers/openai/chatTools.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { responsesInput } from '../../src/providers/openai/responsesInput.js';
import { responsesTools } from '../../src/providers/openai/responsesTools.js';
import { runTools } from '../../src/tools/runTools.js';
import { expectGrammar } from '../support/grammar.js';
import { collect } from '../support/respond.js';
import { answerStream, startServer, type TestServer } from '../support/server.js';
import { outlineOf } from '../support/toolRun.js';
import {
  blockDelta,
  blockStart,
  blockStop,
  chatChunk,
  chatDelta,
  chatUsage,
  messageDelta,
  messageStart,
  response,
  responsesUsage,
  typed,
  wires,
} from './wires.js';

const names = ['chat', 'responses', 'messages'] as const;

const ids: Readonly<Record<NativeFormat, (call: string) => string>> = {
  chat: (call) => `call_${call}`,
  responses: (call) => `call_${call}`,
  messages: (call) => `toolu_${call}`,
};

/** An answer with reasoning, a tool of the provider where the wire has one, and two calls, as each provider sends it. */
function callingAnswer(wire: NativeFormat, first: string, second: string): string {
  const call = (id: string, city: string) => ({ id: ids[wire](id), name: 'weather', arguments: JSON.stringify({ city }) });
  const calls = [call(first, 'Paris'), call(second, 'Oslo')];
  switch (wire) {
    case 'chat':
      return [
        wires.chat.opening,
        chatDelta({ reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: `secret-${first}`, index: 0 }] }),
        ...calls.map(({ id, name, arguments: text }, index) =>
          chatDelta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: text } }] }),
        ),
        chatDelta({}, 'tool_calls'),
        chatChunk([], chatUsage(10, 5)),
        wires.chat.terminal,
      ].join('');
    case 'responses': {
      const items = [
        { type: 'reasoning', id: `rs_${first}`, encrypted_content: `secret-${first}`, summary: [] },
        { type: 'web_search_call', id: `ws_${first}`, status: 'completed', action: { type: 'search', query: 'weather' } },
        ...calls.map(({ id, name, arguments: text }) => ({
          type: 'function_call',
          id: `fc_${id}`,
          call_id: id,
          name,
          arguments: text,
          status: 'completed',
        })),
      ];
      return [
        wires.responses.opening,
        ...items.map((item, output_index) => typed({ type: 'response.output_item.done', output_index, item })),
        typed({ type: 'response.completed', response: response('completed', responsesUsage(10, 5)) }),
      ].join('');
    }
    case 'messages':
      return [
        messageStart(),
        blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
        blockDelta(0, { type: 'thinking_delta', thinking: 'Hm' }),
        blockDelta(0, { type: 'signature_delta', signature: `secret-${first}` }),
        blockStop(0),
        blockStart(1, { type: 'server_tool_use', id: `srvtoolu_${first}`, name: 'web_search', input: {} }),
        blockDelta(1, { type: 'input_json_delta', partial_json: '{"query":"weather"}' }),
        blockStop(1),
        blockStart(2, {
          type: 'web_search_tool_result',
          tool_use_id: `srvtoolu_${first}`,
          content: [{ type: 'web_search_result', title: 'T', url: 'https://e.com', encrypted_content: `found-${first}` }],
        }),
        blockStop(2),
        ...calls.flatMap(({ id, name, arguments: text }, index) => [
          blockStart(index + 3, { type: 'tool_use', id, name, input: {} }),
          blockDelta(index + 3, { type: 'input_json_delta', partial_json: text }),
          blockStop(index + 3),
        ]),
        messageDelta('tool_use'),
        wires.messages.terminal,
      ].join('');
  }
}

function lastAnswer(wire: NativeFormat): string {
  const { opening, hello, ending, terminal } = wires[wire];
  return opening + hello + ending + terminal;
}

/** The body up to the arguments of the second call. */
function cutInCall(body: string): string {
  return body.slice(0, body.lastIndexOf('Oslo'));
}

let server: TestServer | undefined;
let runs: string[] = [];

const tools = {
  weather: {
    description: 'The weather of a city',
    input: z.object({ city: z.string() }),
    run({ city }: { city: string }, { callId }: { callId: string }) {
      runs.push(`${callId} ${city}`);
      // Oslo is faster than Paris.
      return timer(0, city === 'Paris' ? 4 : 1).pipe(
        take(2),
        map((count) => (count === 0 ? 'asking' : { city, celsius: 21 })),
      );
    },
  },
};

/** Asks through the SDK's own client. */
const ask: Readonly<Record<NativeFormat, (url: string, turns: readonly Turn[]) => Observable<DeltaEvent>>> = {
  chat: (url, turns) =>
    fromChatCompletions(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'local' }), {
      model: 'm',
      messages: chatMessages(turns),
      tools: chatTools(tools),
    }),
  responses: (url, turns) =>
    fromResponses(new OpenAI({ baseURL: `${url}/v1`, apiKey: 'local' }), {
      model: 'm',
      input: responsesInput(turns),
      tools: responsesTools(tools),
    }),
  messages: (url, turns) =>
    fromMessages(new Anthropic({ baseURL: url, apiKey: 'local' }), {
      model: 'm',
      max_tokens: 9,
      ...messagesParams(turns),
      tools: messagesTools(tools),
    }),
};

const turns: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'The weather?' }] }];

const run = (wire: NativeFormat, url: string): Observable<DeltaEvent> =>
  runTools((now) => ask[wire](url, now).pipe(retryStream({ initialDelayMs: 1, shouldRetry })), { turns, tools });

/** By default an answer is not repeated after a tool of the provider has begun. */
const shouldRetry = ({ error }: RetryContext): boolean => isStreamError(error) && error.retryable;

/** The conversation of a request: its elements that have a role or a type, one after the other. */
function elementsOf(body: string): readonly JsonObject[] {
  const { messages, input } = JSON.parse(body);
  return (messages ?? input).flatMap((element: JsonObject) =>
    Array.isArray(element['content']) ? [element, ...element['content']] : [element],
  );
}

/** The ids of the results in a request, in order. */
function resultsIn(body: string): readonly JsonValue[] {
  return elementsOf(body).flatMap((element) => {
    if (element['role'] === 'tool') return [element['tool_call_id'] ?? null];
    if (element['type'] === 'function_call_output') return [element['call_id'] ?? null];
    return element['type'] === 'tool_result' ? [element['tool_use_id'] ?? null] : [];
  });
}

describe("runTools through the SDKs' clients over HTTP", () => {
  afterEach(async () => {
    await server?.close();
    server = undefined;
    runs = [];
  });

  it.each(names)('runs two rounds of parallel calls on %s', async (wire) => {
    const answers = [callingAnswer(wire, 'a', 'b'), callingAnswer(wire, 'c', 'd'), lastAnswer(wire)];
    server = await startServer(...answers.map((answer) => answerStream([answer])));
    const { events, error } = await collect(run(wire, server.url));
    expect(error).toBeUndefined();
    expectGrammar(events, true);
    const id = ids[wire];
    expect(runs).toEqual([`${id('a')} Paris`, `${id('b')} Oslo`, `${id('c')} Paris`, `${id('d')} Oslo`]);
    const results = events.filter((event) => event.type === 'tool-result' && !event.preliminary).map(outlineOf);
    expect(results.filter((result) => result.includes('celsius'))).toEqual(
      [
        ['a', 'Paris'],
        ['b', 'Oslo'],
        ['c', 'Paris'],
        ['d', 'Oslo'],
      ].map(([call = '', city]) => `result ${id(call)} {"city":"${city}","celsius":21}`),
    );
    expect(events.filter((event) => event.type === 'tool-result' && event.preliminary)).toHaveLength(4);
    expect(events.findLast(({ type }) => type === 'usage')).toMatchObject({
      usage: { inputTokens: 30, outputTokens: 15 },
      requests: [{ step: 0 }, { step: 1 }, { step: 2 }],
    });
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    expect(server.requests).toHaveLength(3);
  });

  it.each(names)('sends answers and results back without loss on %s', async (wire) => {
    const answers = [callingAnswer(wire, 'a', 'b'), callingAnswer(wire, 'c', 'd'), lastAnswer(wire)];
    server = await startServer(...answers.map((answer) => answerStream([answer])));
    await collect(run(wire, server.url));
    const id = ids[wire];
    const bodies = server.requests.map(({ body }) => body);
    expect(bodies.map(resultsIn)).toEqual([[], ['a', 'b'].map(id), ['a', 'b', 'c', 'd'].map(id)]);
    // Signatures, encrypted reasoning, and the provider's own tools, each once and in the form in which they came.
    for (const secret of ['secret-a', 'secret-c']) expect(bodies[2]?.split(secret)).toHaveLength(2);
    const elements = elementsOf(bodies[2] ?? '');
    if (wire === 'responses') {
      expect(elements.filter(({ type }) => type === 'web_search_call')).toEqual(
        ['a', 'c'].map((call) => ({
          type: 'web_search_call',
          id: `ws_${call}`,
          status: 'completed',
          action: { type: 'search', query: 'weather' },
        })),
      );
      expect(elements.filter(({ type }) => type === 'reasoning')).toMatchObject([{ id: 'rs_a' }, { id: 'rs_c' }]);
    }
    if (wire === 'messages') {
      expect(elements.filter(({ type }) => type === 'thinking')).toEqual(
        ['a', 'c'].map((call) => ({ type: 'thinking', thinking: 'Hm', signature: `secret-${call}` })),
      );
      const searches = elements.filter(({ type }) => type === 'server_tool_use' || type === 'web_search_tool_result');
      expect(searches).toMatchObject([
        { id: 'srvtoolu_a', input: { query: 'weather' } },
        { tool_use_id: 'srvtoolu_a', content: [{ encrypted_content: 'found-a' }] },
        { id: 'srvtoolu_c' },
        { tool_use_id: 'srvtoolu_c', content: [{ encrypted_content: 'found-c' }] },
      ]);
    }
    expect(JSON.parse(bodies[0] ?? '{}').tools).toHaveLength(1);
  });

  it.each(names)('repeats a round that is cut, and no other, on %s: no tool runs twice', async (wire) => {
    const cut = cutInCall(callingAnswer(wire, 'c', 'd'));
    const answers = [callingAnswer(wire, 'a', 'b'), cut, callingAnswer(wire, 'c', 'd'), lastAnswer(wire)];
    server = await startServer(...answers.map((answer, index) => answerStream([answer], index === 1 ? 'reset' : 'end')));
    const { events, error } = await collect(run(wire, server.url));
    expect(error).toBeUndefined();
    expectGrammar(events, true);
    const id = ids[wire];
    expect(runs).toEqual([`${id('a')} Paris`, `${id('b')} Oslo`, `${id('c')} Paris`, `${id('d')} Oslo`]);
    expect(events.filter(({ type }) => type === 'reset')).toMatchObject([{ step: 1, attempt: 2 }]);
    const bodies = server.requests.map(({ body }) => body);
    expect(bodies).toHaveLength(4);
    expect(bodies[2]).toBe(bodies[1]);
    expect(resultsIn(bodies[3] ?? '')).toEqual(['a', 'b', 'c', 'd'].map(id));
  });

  it('sends a turn back that Anthropic has paused, and goes on', async () => {
    const paused = [
      messageStart(),
      blockStart(0, { type: 'server_tool_use', id: 'srvtoolu_a', name: 'web_search', input: {} }),
      blockDelta(0, { type: 'input_json_delta', partial_json: '{"query":"weather"}' }),
      blockStop(0),
      messageDelta('pause_turn'),
      wires.messages.terminal,
    ].join('');
    server = await startServer(answerStream([paused]), answerStream([lastAnswer('messages')]));
    const { events } = await collect(run('messages', server.url));
    expectGrammar(events, true);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    expect(JSON.parse(server.requests[1]?.body ?? '{}').messages.at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'server_tool_use', id: 'srvtoolu_a', name: 'web_search', input: { query: 'weather' } }],
    });
  });

  it.each(names)('aborts the request of a later round at once on %s', async (wire) => {
    server = await startServer(answerStream([callingAnswer(wire, 'a', 'b')]), answerStream([wires[wire].opening], 'open'));
    const subscription = run(wire, server.url).subscribe({ error: fail });
    const request = await server.received(1);
    subscription.unsubscribe();
    expect(await request.closed).toMatchObject({ byClient: true });
    expect(server.requests).toHaveLength(2);
  });
});

function fail(error: unknown): never {
  throw error;
}
