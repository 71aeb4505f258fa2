import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { concat, defer, from, type Observable, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createSseDecoder } from '../../src/codecs/sse/sseDecoder.js';
import { createSseOwner } from '../../src/codecs/sse/sseState.js';
import { isStreamError, TruncatedError } from '../../src/errors.js';
import type { DeltaEvent, Message, UsageEvent } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { fromMessages } from '../../src/providers/anthropic/fromMessages.js';
import { fromChatCompletions } from '../../src/providers/openai/fromChatCompletions.js';
import { fromResponses } from '../../src/providers/openai/fromResponses.js';
import { anyChunking, cut } from '../support/chunks.js';
import {
  allStreams,
  decodeStream,
  fixtureStreams,
  type ProviderStream,
  recordedStreams,
  type WireKind,
} from '../support/corpus.js';
import { collect, respondWith } from '../support/respond.js';

/**
 * The eight properties of every source, checked over the fixtures and, if present, the recordings. They decode in process; spec/wire adds
 * sockets. Properties of single parts are in their own specs: of the codec (spec/codecs/sse/sseDecoder.spec.ts), of retryStream and
 * aggregateUsage over made-up events, and of every prefix of every fixture (the specs of the decoders).
 */
const cases = { numRuns: 1_000 };
// Thousands of streams are decoded, perhaps on a busy machine.
jest.setTimeout(180_000);

const byName = (stream: ProviderStream): ProviderStream & { toString(): string } =>
  Object.assign(stream, { toString: () => `${stream.wire}/${stream.name}` });

const anyStream = fc.constantFrom(...allStreams.map(byName));
/** Streams with the line ends that the provider sent. */
const anySentStream = fc.constantFrom(...allStreams.filter(({ asSent }) => asSent).map(byName));
/** Small streams, for cases that subscribe. */
const anySmallStream = fc.constantFrom(...allStreams.filter(({ bytes }) => bytes.length <= 8_192).map(byName));

const wholes = new Map<ProviderStream, ReturnType<typeof decodeStream>>();

/** The result of the stream in one chunk. */
function wholeOf(stream: ProviderStream): ReturnType<typeof decodeStream> {
  const known = wholes.get(stream) ?? decodeStream(stream.wire, [stream.bytes]);
  wholes.set(stream, known);
  return known;
}

/** A result as text, because comparing texts is a hundred times faster. */
const written = ({ events, error }: ReturnType<typeof decodeStream>): string => JSON.stringify([events, String(error)]);

function messageOf(events: readonly DeltaEvent[], choice = 0): Message {
  const fold = createMessageFold(choice);
  for (const event of events) fold.push(event);
  return fold.message();
}

const withoutPings = (events: readonly DeltaEvent[]): readonly DeltaEvent[] => events.filter(({ type }) => type !== 'ping');

const sources: Readonly<Record<WireKind, (send: () => Promise<Response>) => Observable<DeltaEvent>>> = {
  chat: (send) => fromChatCompletions(send, { model: 'm', messages: [] }),
  responses: (send) => fromResponses(send, { model: 'm', input: '' }),
  anthropic: (send) => fromMessages(send, { model: 'm', max_tokens: 1, messages: [] }),
};

describe('1. a stream emits the same events however its bytes are cut', () => {
  it('into any chunks', () => {
    fc.assert(
      fc.property(anyStream, anyChunking, (stream, sizes) => {
        const given = decodeStream(stream.wire, cut(stream.bytes, sizes));
        if (written(given) !== written(wholeOf(stream))) expect(given).toEqual(wholeOf(stream));
      }),
      cases,
    );
  });

  it.each(fixtureStreams.filter(({ bytes }) => bytes.length <= 8_192).map((stream) => [byName(stream)]))(
    'at every position: %s',
    (stream) => {
      const { wire, bytes } = stream;
      const expected = written(wholeOf(stream));
      const wrong: number[] = [];
      for (let place = 1; place < bytes.length; place++) {
        if (written(decodeStream(wire, [bytes.subarray(0, place), bytes.subarray(place)])) !== expected) wrong.push(place);
      }
      expect(wrong).toEqual([]);
    },
  );

  /** Calls `next` with everything that a decoder gets, in order: if that is the same, so are the events. */
  function feed(pieces: readonly Uint8Array[], next: (given: string) => void): void {
    const owner = createSseOwner();
    const sse = createSseDecoder({
      message(_, data, name, whole) {
        next(name);
        next(data);
        next(String(whole));
      },
      comment: () => next(':'),
    });
    for (const piece of pieces) sse.write(owner, piece);
    next(String(sse.end(owner)));
  }

  function isGiven(pieces: readonly Uint8Array[], expected: readonly string[]): boolean {
    let count = 0;
    let same = true;
    feed(pieces, (given) => {
      same &&= given === expected[count++];
    });
    return same && count === expected.length;
  }

  const small = recordedStreams.filter(({ bytes }) => bytes.length <= 8_192);
  if (small.length > 0) {
    it('at every position of the recordings, compared by the input of their decoders', () => {
      const wrong: string[] = [];
      for (const { wire, name, bytes } of small) {
        const expected: string[] = [];
        feed([bytes], (given) => expected.push(given));
        for (let place = 1; place < bytes.length; place++) {
          if (!isGiven([bytes.subarray(0, place), bytes.subarray(place)], expected)) wrong.push(`${wire}/${name} at ${place}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  }
});

describe('2. a stream emits the same events, apart from pings, whatever its line ends and comments', () => {
  const anyFraming = fc.record({
    mark: fc.boolean(),
    endings: fc.array(fc.constantFrom('\n', '\r\n', '\r'), { minLength: 1, maxLength: 5 }),
    comments: fc.array(fc.constantFrom(undefined, ':', ': keep-alive', ':data: {}'), { minLength: 1, maxLength: 7 }),
    space: fc.boolean(),
  });

  it('in any framing', () => {
    fc.assert(
      fc.property(anySentStream, anyFraming, anyChunking, (stream, { mark, endings, comments, space }, sizes) => {
        const events = new TextDecoder().decode(stream.bytes).split(/(?:\r\n|\r|\n){2,}/);
        const framed = events.map((event, index) => {
          // The same within an event, because a CR and an LF after it would be one line end.
          const ending = endings[index % endings.length] ?? '\n';
          const comment = comments[index % comments.length];
          const lines = event.split(/\r\n|\r|\n/).map((line) => (space ? line : line.replace(/^(\w+): /, '$1:')));
          return [...(comment === undefined ? [] : [comment]), ...lines, '', ''].join(ending);
        });
        const bytes = new TextEncoder().encode((mark ? '\ufeff' : '') + framed.join(''));
        const { events: given, error, completed } = decodeStream(stream.wire, cut(bytes, sizes));
        const whole = wholeOf(stream);
        expect(withoutPings(given)).toEqual(withoutPings(whole.events));
        expect({ error: String(error), completed }).toEqual({ error: String(whole.error), completed: whole.completed });
      }),
      cases,
    );
  });
});

describe('3. every prefix of a stream is truncated, or contains terminal evidence', () => {
  /** The fields are unknown, because a server may send anything in place of one, above all null. */
  type Payload = Readonly<Record<string, unknown>>;

  function isObject(value: unknown): value is Payload {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  }

  function objectsIn(value: unknown): readonly Payload[] {
    return Array.isArray(value) ? value.filter(isObject) : [];
  }

  /** The complete data lines that are `[DONE]` or a JSON object, read without our own decoders. */
  function payloadsOf(bytes: Uint8Array): readonly (Payload | '[DONE]')[] {
    const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);
    return lines.flatMap((line): readonly (Payload | '[DONE]')[] => {
      const data = /^data: ?(.*)$/.exec(line)?.[1]?.trim();
      if (data === '[DONE]') return [data];
      try {
        const payload: unknown = data === undefined ? undefined : JSON.parse(data);
        return isObject(payload) ? [payload] : [];
      } catch {
        return [];
      }
    });
  }

  const evidence: Readonly<Record<WireKind, (payloads: readonly (Payload | '[DONE]')[]) => boolean>> = {
    chat(payloads) {
      if (payloads.includes('[DONE]')) return true;
      const ended = new Map<unknown, boolean>();
      for (const payload of payloads) {
        if (payload === '[DONE]') continue;
        for (const { index = 0, finish_reason } of objectsIn(payload['choices'])) {
          ended.set(index, Boolean(finish_reason) || ended.get(index) === true);
        }
      }
      return ended.size > 0 && [...ended.values()].every(Boolean);
    },
    responses: (payloads) =>
      payloads.some((payload) => payload !== '[DONE]' && /^response\.(completed|incomplete|done)$/.test(String(payload['type']))),
    anthropic: (payloads) => payloads.some((payload) => payload !== '[DONE]' && payload['type'] === 'message_stop'),
  };
  /** Whether the provider reports an error: in a payload of its own, or as the finish reason of a choice. */
  function reportsError(payload: Payload | '[DONE]'): boolean {
    if (payload === '[DONE]') return false;
    const { error, type, choices } = payload;
    if (error || /^(error|response\.(failed|cancelled))$/.test(String(type))) return true;
    return objectsIn(choices).some(({ finish_reason }) => finish_reason === 'error');
  }

  it('at any position', () => {
    const anyPlace = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.9, max: 1, noNaN: true }));
    fc.assert(
      fc.property(anySentStream, anyPlace, anyChunking, ({ wire, bytes }, place, sizes) => {
        const beginning = bytes.subarray(0, Math.floor(bytes.length * place));
        const { events, error, completed } = decodeStream(wire, cut(beginning, sizes));
        const payloads = payloadsOf(beginning);
        if (completed) {
          expect(evidence[wire](payloads)).toBe(true);
          expect(events.at(-1)?.type).toBe('finish');
          return;
        }
        expect(events.some(({ type }) => type === 'finish')).toBe(false);
        if (isStreamError(error) && !['truncated', 'empty'].includes(error.kind))
          return expect(payloads.some(reportsError)).toBe(true);
        // The bytes of a complete answer may still end inside an event, for instance that of its usage.
        const text = new TextDecoder().decode(beginning);
        if (/(\r\n|\r|\n)\s*$/.test(text)) expect(evidence[wire](payloads)).toBe(false);
        // Only pings arrived: not even the beginning of an event.
        const blank = /^(\ufeff?(:.*)?(\r|\n)*)*$/.test(text);
        expect(isStreamError(error) && error.kind).toBe(blank ? 'empty' : 'truncated');
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('4. joined deltas equal the final values of the stream', () => {
  function joined(events: readonly DeltaEvent[], type: DeltaEvent['type'], choice: number): string {
    return events.map((event) => (event.type === type && 'text' in event && event.choice === choice ? event.text : '')).join('');
  }

  it('of text, refusal, reasoning and tool calls', () => {
    fc.assert(
      fc.property(anyStream, anyChunking, (stream, sizes) => {
        const { events } = decodeStream(stream.wire, cut(stream.bytes, sizes));
        const choices = new Set([0, ...events.flatMap((event) => ('choice' in event ? [event.choice] : []))]);
        for (const choice of choices) {
          const message = messageOf(events, choice);
          expect(message.text).toBe(joined(events, 'text-delta', choice));
          expect(message.reasoning).toBe(joined(events, 'reasoning-delta', choice));
          expect(message.refusal).toBe(joined(events, 'refusal-delta', choice));
        }
        for (const end of events) {
          if (end.type !== 'tool-call-end') continue;
          const deltas = events.filter((event) => event.type === 'tool-call-delta' && event.callId === end.callId);
          const joinedText = deltas.map((event) => (event.type === 'tool-call-delta' ? event.argumentsText : '')).join('');
          expect(joinedText).toBe(end.argumentsText);
          const call = messageOf(events, end.choice).toolCalls.find(({ callId }) => callId === end.callId);
          expect(call).toMatchObject({ name: end.name, argumentsText: end.argumentsText, ended: true });
        }
      }),
      cases,
    );
  });

  const anyWords = fc.array(fc.string({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 6 });
  const data = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

  /** An answer with reasoning, text and a tool call, as each provider sends it. */
  const encode: Readonly<Record<WireKind, (thoughts: string[], texts: string[], json: string[]) => string[]>> = {
    chat: (thoughts, texts, json) => {
      const delta = (fields: object, finish_reason: string | null = null): string =>
        data({ id: 'x', choices: [{ index: 0, delta: fields, finish_reason }] });
      const call = (piece: string, more: object): string =>
        delta({ tool_calls: [{ index: 0, ...more, function: { name: 'tool', arguments: piece } }] });
      return [
        ...thoughts.map((reasoning_content) => delta({ reasoning_content })),
        ...texts.map((content) => delta({ content })),
        ...json.map((piece, index) => call(piece, index === 0 ? { id: 'call' } : {})),
        delta({}, 'tool_calls'),
        'data: [DONE]\n\n',
      ];
    },
    responses: (thoughts, texts, json) => {
      const call = { type: 'function_call', call_id: 'call', name: 'tool' };
      const on = (type: string, output_index: number, rest: object): string =>
        data({ type: `response.${type}`, output_index, ...rest });
      return [
        data({ type: 'response.created', response: { id: 'x' } }),
        ...thoughts.map((delta) => on('reasoning_text.delta', 0, { content_index: 0, delta })),
        ...texts.map((delta) => on('output_text.delta', 1, { content_index: 0, delta })),
        on('output_item.added', 2, { item: { ...call, arguments: '' } }),
        ...json.map((delta) => on('function_call_arguments.delta', 2, { delta })),
        on('output_item.done', 2, { item: { ...call, arguments: json.join('') } }),
        data({ type: 'response.completed', response: { id: 'x', status: 'completed', output: [] } }),
      ];
    },
    anthropic: (thoughts, texts, json) => {
      const block = (index: number, content_block: object, deltas: readonly object[]): string[] => [
        data({ type: 'content_block_start', index, content_block }),
        ...deltas.map((delta) => data({ type: 'content_block_delta', index, delta })),
        data({ type: 'content_block_stop', index }),
      ];
      return [
        data({ type: 'message_start', message: { id: 'x' } }),
        ...block(
          0,
          { type: 'thinking', thinking: '' },
          thoughts.map((thinking) => ({ type: 'thinking_delta', thinking })),
        ),
        ...block(
          1,
          { type: 'text', text: '' },
          texts.map((text) => ({ type: 'text_delta', text })),
        ),
        ...block(
          2,
          { type: 'tool_use', id: 'call', name: 'tool', input: {} },
          json.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
        ),
        data({ type: 'message_delta', delta: { stop_reason: 'tool_use' } }),
        data({ type: 'message_stop' }),
      ];
    },
  };

  it.each(['chat', 'responses', 'anthropic'] as const)('of any answer (%s)', (wire) => {
    fc.assert(
      fc.property(anyWords, anyWords, fc.jsonValue({ maxDepth: 2 }), anyChunking, (thoughts, texts, input, sizes) => {
        const json = JSON.stringify({ input });
        const bytes = new TextEncoder().encode(encode[wire](thoughts, texts, cut(json, sizes)).join(''));
        const message = messageOf(decodeStream(wire, cut(bytes, sizes)).events);
        expect(message).toMatchObject({ reasoning: thoughts.join(''), text: texts.join(''), finishReason: 'tool-calls' });
        expect(message.toolCalls).toMatchObject([{ name: 'tool', argumentsText: json, ended: true }]);
        expect(message.toolCalls[0]?.input).toEqual(JSON.parse(json));
      }),
      cases,
    );
  });
});

describe('5. a stream emits nothing after it errored, completed or was unsubscribed', () => {
  it('if it is complete, cut or corrupted, and whenever it is unsubscribed', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySmallStream,
        fc.double({ min: 0, max: 1.5, noNaN: true }),
        fc.option(fc.tuple(fc.nat(), fc.nat(255))),
        fc.option(fc.nat(40)),
        anyChunking,
        async ({ wire, bytes }, part, spoil, leaveAfter, [size]) => {
          const sent = bytes.slice(0, Math.floor(bytes.length * part));
          if (spoil && sent.length > 0) sent[spoil[0] % sent.length] = spoil[1];
          const heard: string[] = [];
          let ended = 0;
          const end = (how: string): void => {
            ended++;
            heard.push(how);
          };
          await new Promise<void>((resolve) => {
            // Only chunks that a network would make, to keep each case short.
            const subscription = sources[wire](respondWith(sent, (size ?? 1) * 50)).subscribe({
              next: ({ type }) => {
                heard.push(type);
                if (heard.length === leaveAfter) {
                  end('unsubscribed');
                  subscription.unsubscribe();
                  resolve();
                }
              },
              error: (error: unknown) => {
                end(isStreamError(error) ? 'error' : 'foreign error');
                resolve();
              },
              complete: () => {
                end('complete');
                resolve();
              },
            });
          });
          await new Promise((resolve) => setImmediate(resolve));
          expect(ended).toBe(1);
          expect(['error', 'complete', 'unsubscribed']).toContain(heard.at(-1));
          expect(heard.filter((type) => type === 'finish').length).toBeLessThanOrEqual(1);
          if (heard.at(-1) === 'complete') expect(heard.at(-2)).toBe('finish');
        },
      ),
      cases,
    );
  });
});

describe('6. k faults and a success are k + 1 requests, without duplicate deltas but after a reset', () => {
  it('wherever each attempt is cut', () => {
    const anyPlaces = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 });
    fc.assert(
      fc.property(anySmallStream, anyPlaces, (stream, places) => {
        const whole = wholeOf(stream);
        fc.pre(whole.completed);
        let requests = 0;
        const source$ = defer((): Observable<DeltaEvent> => {
          const place = places[requests++];
          if (place === undefined) return from(whole.events);
          const delivered = whole.events.slice(0, Math.floor((whole.events.length - 1) * place));
          return concat(
            from(delivered),
            throwError(() => new TruncatedError()),
          );
        });
        const events: DeltaEvent[] = [];
        let completed = false;
        const scheduler = new TestScheduler(() => undefined);
        scheduler.run(() => {
          source$.pipe(retryStream({ maxRetries: 4, shouldRetry: () => true })).subscribe({
            next: (event) => events.push(event),
            error: (error: unknown) => {
              throw error;
            },
            complete: () => {
              completed = true;
            },
          });
        });
        expect({ completed, requests }).toEqual({ completed: true, requests: places.length + 1 });
        const resets = events.flatMap((event, index) => (event.type === 'reset' ? [index] : []));
        expect(resets).toHaveLength(places.length);
        // After the last reset there is exactly one complete answer; only its usage includes the earlier attempts.
        const last = events.slice((resets.at(-1) ?? -1) + 1);
        const withoutUsage = (list: readonly DeltaEvent[]): readonly DeltaEvent[] => list.filter(({ type }) => type !== 'usage');
        expect(withoutUsage(last)).toEqual(withoutUsage(whole.events));
        expect(messageOf(events).text).toBe(messageOf(whole.events).text);
      }),
      cases,
    );
  });
});

describe('7. a stream is cold: each subscription sends its own request', () => {
  it('for any number of subscriptions', async () => {
    await fc.assert(
      fc.asyncProperty(anySmallStream, fc.integer({ min: 0, max: 3 }), async ({ wire, bytes }, subscriptions) => {
        let requests = 0;
        const respond = respondWith(bytes);
        const events$ = sources[wire](() => {
          requests++;
          return respond();
        });
        expect(requests).toBe(0);
        const all = await Promise.all(Array.from({ length: subscriptions }, () => collect(events$)));
        expect(requests).toBe(subscriptions);
        // `respondWith` responds with one body after another.
        for (const one of all) expect(one.events).toEqual(all[0]?.events);
      }),
      cases,
    );
  });
});

describe('8. aggregateUsage does not depend on chunking', () => {
  /** Cuts every delta into smaller deltas. */
  function recut(events: readonly DeltaEvent[], sizes: readonly number[]): readonly DeltaEvent[] {
    return events.flatMap((event): readonly DeltaEvent[] => {
      if (event.type === 'tool-call-delta') {
        return cut(event.argumentsText, sizes).map((argumentsText) => ({ ...event, argumentsText }));
      }
      if (event.type !== 'text-delta' && event.type !== 'reasoning-delta' && event.type !== 'refusal-delta') return [event];
      return cut(event.text, sizes).map((text) => ({ ...event, text }));
    });
  }

  function usageOf(events: readonly DeltaEvent[]): readonly UsageEvent[] {
    const usages: UsageEvent[] = [];
    from(events)
      .pipe(aggregateUsage({ prompt: 'Hello' }))
      .subscribe({
        next: (event) => event.type === 'usage' && usages.push(event),
        error: (error: unknown) => {
          throw error;
        },
      });
    return usages;
  }

  it('of the bytes or of the deltas, whether the provider reports usage or not', () => {
    fc.assert(
      fc.property(anyStream, anyChunking, fc.boolean(), (stream, sizes, silent) => {
        const heard = (events: readonly DeltaEvent[]): readonly DeltaEvent[] =>
          silent ? events.filter(({ type }) => type !== 'usage') : events;
        const whole = wholeOf(stream);
        const expected = usageOf(heard(whole.events));
        const { events } = decodeStream(stream.wire, cut(stream.bytes, sizes));
        expect(usageOf(heard(events))).toEqual(expected);
        expect(usageOf(recut(heard(events), sizes))).toEqual(expected);
        expect(expected.length).toBe(whole.events.some(({ type }) => type !== 'ping') ? 1 : 0);
      }),
      cases,
    );
  });
});
