import { describe, expect, it } from '@jest/globals';
import type { DeltaEvent, Message } from '../../../src/events.js';
import { type EventWriter, fromServerSentEvents, type ProviderFormat, providerError } from '../../../src/http/index.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { expectGrammar } from '../../support/grammar.js';
import { type Collected, collect, respondWith } from '../../support/respond.js';

/** A format that runs the functions of a list, one for each payload. */
function formatOf(...writes: readonly ((write: EventWriter) => void)[]): ProviderFormat<{ at: number }> {
  return { provider: 'own', createState: () => ({ at: 0 }), decode: (_, write, { state }) => writes[state.at++]?.(write) };
}

async function run(...writes: readonly ((write: EventWriter) => void)[]): Promise<Collected> {
  const body = writes.map((_, n) => `data: {"n":${n}}\n\n`).join('');
  const result = await collect(fromServerSentEvents(respondWith(body), formatOf(...writes)));
  expectGrammar(result.events, result.completed);
  return result;
}

function messageOf({ events, error }: Collected): Message {
  expect(error).toBeUndefined();
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

const typesOf = (events: readonly DeltaEvent[]): string => events.map(({ type }) => type).join(' ');

describe('EventWriter', () => {
  it('begins the response before anything else, once, with the id and the model that are known', async () => {
    const { events } = await run(
      (write) => write.ping(),
      (write) => write.start({ id: 'r', model: 'm' }),
      (write) => write.start({ id: 'other' }),
      (write) => write.text('Hi'),
      (write) => write.finish('stop'),
    );
    expect(typesOf(events)).toBe('ping start text-delta finish');
    expect(events[1]).toMatchObject({ id: 'r', model: 'm', provider: 'own' });
  });

  it('numbers blocks by kind, or by the index of the provider', async () => {
    const { events } = await run((write) => {
      write.text('a');
      write.text('b');
      write.reasoning('c');
      write.text('d');
      write.text('e', { block: 7 });
      write.text('f', { block: 9 });
      write.text('g', { block: 7 });
      write.refusal('h', { choice: 1 });
      write.finish('stop');
    });
    expect(events.flatMap((event) => ('block' in event ? [`${event.choice}.${event.block}`] : []))).toEqual([
      '0.0',
      '0.0',
      '0.1',
      '0.2',
      '0.3',
      '0.4',
      '0.3',
      '1.0',
    ]);
  });

  it('makes call ids unique, and ends a call once', async () => {
    const result = await run((write) => {
      const first = write.callStart({ id: 'a', name: 'read' });
      const second = write.callStart({ id: 'a', name: 'list' });
      write.callDelta(first, '{"p"');
      write.callDelta(second, '{}');
      write.callEnd(first, '{"p":1}');
      write.callEnd(first);
      write.callDelta(first, 'late');
      write.callEnd(second);
      write.call({ name: 'clock', input: { zone: 'CET' } });
      write.finish('stop');
    });
    const { toolCalls, finishReason } = messageOf(result);
    expect(toolCalls.map(({ callId, name, argumentsText, ended }) => [callId, name, argumentsText, ended])).toEqual([
      ['a', 'read', '{"p":1}', true],
      ['a-2', 'list', '{}', true],
      ['call', 'clock', '{"zone":"CET"}', true],
    ]);
    expect(finishReason).toBe('tool-calls');
  });

  it('ends the calls that are whole at the end, and none that was cut', async () => {
    const two = (write: EventWriter): void => {
      write.callDelta(write.callStart({ name: 'read' }), '{"p":1}');
      write.callDelta(write.callStart({ name: 'list' }), '{"p"');
    };
    const cut = messageOf(await run(two, (write) => write.finish('max_tokens')));
    expect(cut.toolCalls.map(({ ended }) => ended)).toEqual([true, false]);
    expect(messageOf(await run(two, (write) => write.finish('stop'))).toolCalls.every(({ ended }) => ended)).toBe(true);
  });

  it('emits a usage only if a figure changed, and lets none fall', async () => {
    const { events } = await run((write) => {
      write.text('Hi');
      write.usage({ inputTokens: 12, outputTokens: 1 });
      write.usage({ inputTokens: 12, outputTokens: 1 });
      write.usage({ inputTokens: 0, outputTokens: 7, serviceTier: 'flex' });
      write.finish();
    });
    const usages = events.flatMap((event) => (event.type === 'usage' ? [event] : []));
    expect(usages.map(({ usage }) => [usage.inputTokens, usage.outputTokens, usage.totalTokens])).toEqual([
      [12, 1, 13],
      [12, 7, 19],
    ]);
    expect(usages[1]?.requests).toMatchObject([{ serviceTier: 'flex', provider: 'own' }]);
  });

  it.each([
    ['a word of any server', 'MAX_TOKENS', 'length'],
    ['an unknown word', 'enough', 'other'],
    ['tools that did not come', 'tool_calls', 'other'],
  ])('finishes with the reason of %s', async (_, word, reason) => {
    expect(
      messageOf(
        await run(
          (write) => write.text('Hi'),
          (write) => write.finish(word),
        ),
      ),
    ).toMatchObject({ finishReason: reason });
  });

  it('has the reason of what is given, of a refusal, and of a call that waits', async () => {
    const given = await run(
      (write) => write.text('Hi'),
      (write) => write.finish('x', { reason: 'paused', metadata: { serviceTier: 'flex' } }),
    );
    expect(given.events.at(-1)).toMatchObject({
      reason: 'paused',
      rawReason: 'x',
      metadata: { serviceTier: 'flex', stopSequence: undefined },
    });
    expect(
      messageOf(
        await run(
          (write) => write.refusal('No'),
          (write) => write.finish('stop'),
        ),
      ),
    ).toMatchObject({ finishReason: 'refusal' });
    const waiting = await run(
      (write) => write.toolApproval(write.call({ name: 'rm', input: {} })),
      (write) => write.finish('stop'),
    );
    expect(messageOf(waiting)).toMatchObject({ finishReason: 'paused' });
  });

  it('errors for a word that reports a fault, and for an answer that has nothing', async () => {
    expect(
      (
        await run(
          (write) => write.text('Hi'),
          (write) => write.finish('error'),
        )
      ).error,
    ).toMatchObject({ kind: 'server', partial: { text: 'Hi' } });
    expect((await run((write) => write.finish('stop'))).error).toMatchObject({ kind: 'empty' });
    expect(
      (
        await run(
          (write) => write.text('Hi'),
          (write) => write.finish('null'),
        )
      ).error,
    ).toMatchObject({ kind: 'truncated' });
  });

  it('finishes at the end of the body with the reason that was noted for every choice', async () => {
    const note = (write: EventWriter): void => {
      write.text('Hi');
      write.ending('stop');
    };
    const result = await run(note, (write) => write.usage({ outputTokens: 7 }));
    expect(typesOf(result.events)).toBe('start text-delta usage finish');
    const open = await run(
      note,
      (write) => write.text('and', { choice: 1 }),
      (write) => write.ping(),
    );
    expect(open.error).toMatchObject({ kind: 'truncated' });
  });

  it('writes files, citations, results, raw events and ends of blocks', async () => {
    const result = await run((write) => {
      write.text('See');
      write.citation({ url: 'https://a.example' });
      write.blockEnd({ text: 'See' });
      write.file({ mediaType: 'image/png', data: 'iVBO' });
      write.blockEnd({ map: 1 }, { block: 'm', kind: 'map' });
      const callId = write.call({ name: 'search', executor: 'provider', input: { q: 1 } });
      write.toolResult({ callId, output: { hits: 2 } });
      write.raw('note', { n: 1 });
      write.finish('stop');
    });
    expect(typesOf(result.events)).toBe(
      'start text-delta citation block-end file block-end tool-call-start tool-call-delta tool-call-end tool-result raw finish',
    );
    const { parts, finishReason } = messageOf(result);
    expect(parts.map(({ type, native }) => [type, native])).toEqual([
      ['text', { text: 'See' }],
      ['file', undefined],
      ['other', { map: 1 }],
      ['tool-call', undefined],
      ['tool-result', undefined],
    ]);
    expect(finishReason).toBe('stop');
  });
});

const words: ProviderFormat = {
  provider: 'own',
  knows: (payload) => 'word' in payload || 'over' in payload,
  variables: { text: [['word']], padding: [['at']] },
  decode({ word, over }, write) {
    if (typeof word === 'string') write.text(word);
    if (over === true) write.finish('stop');
  },
};

describe('fromServerSentEvents', () => {
  const over = 'data: {"over":true}\n\n';

  it('reads payloads that differ in their variables only without parsing them: the same events', async () => {
    const body = `${Array.from({ length: 50 }, (_, at) => `data: {"word":"w${at} ","at":${at}}\n\n`).join('')}${over}`;
    const [fast, slow] = await Promise.all(
      [true, false].map((templates) => collect(fromServerSentEvents(respondWith(body, 11), words, { templates }))),
    );
    expect(fast).toEqual(slow);
    expect(fast?.events.filter(({ type }) => type === 'text-delta')).toHaveLength(50);
  });

  it.each([
    ['under error', '{"error":{"code":429,"message":"Slow down"}}', { kind: 'rate-limit', message: 'Slow down' }],
    ['in a shape of its own', '{"detail":"No such model"}', { name: 'ProviderError', message: 'No such model' }],
    ['by the word of a gateway', '{"code":"Throttling","message":"Slow"}', { kind: 'rate-limit' }],
  ])('errors for an error %s', async (_, payload, expected) => {
    const result = await collect(fromServerSentEvents(respondWith(`data: {"word":"Hi"}\n\ndata: ${payload}\n\n`), words));
    expect(result.error).toMatchObject({ ...expected, partial: { text: 'Hi' } });
  });

  it('has heartbeats as pings, a wrong wire as a ProtocolError, and raw payloads if asked', async () => {
    const beating = await collect(
      fromServerSentEvents(respondWith(`data: {"type":"ping"}\n\n: x\n\ndata: {"word":"Hi"}\n\n${over}`), words),
    );
    expect(typesOf(beating.events)).toBe('ping ping start text-delta finish');
    const chat = 'data: {"object":"chat.completion.chunk","choices":[]}\n\ndata: [DONE]\n\n';
    expect((await collect(fromServerSentEvents(respondWith(chat), words))).error).toMatchObject({ kind: 'protocol' });
    const raw = await collect(fromServerSentEvents(respondWith(`data: {"word":"Hi"}\n\n${over}`), words, { includeRaw: true }));
    expect(typesOf(raw.events)).toBe('start raw text-delta raw finish');
  });

  it('lets a format decide what a marker proves', async () => {
    const marked: ProviderFormat = { ...words, end: (write, { marked: isMarked }) => isMarked && write.finish() };
    expect((await collect(fromServerSentEvents(respondWith('data: {"word":"Hi"}\n\ndata: [DONE]\n\n'), marked))).completed).toBe(
      true,
    );
    expect((await collect(fromServerSentEvents(respondWith('data: {"word":"Hi"}\n\n'), marked))).error).toMatchObject({
      kind: 'truncated',
    });
    expect(
      (await collect(fromServerSentEvents(respondWith('data: {"word":"Hi"}\n\ndata: [DONE]\n\n'), words))).error,
    ).toMatchObject({ kind: 'truncated' });
  });

  it('errors with what a format throws, as a StreamError', async () => {
    const throwing: ProviderFormat = {
      ...words,
      decode({ word }) {
        if (word === 'own') throw providerError({ code: 'overloaded', message: 'Busy' });
        throw new TypeError('a bug of the format');
      },
    };
    const errorOf = async (word: string): Promise<unknown> =>
      (await collect(fromServerSentEvents(respondWith(`data: {"word":"${word}"}\n\n`), throwing))).error;
    expect(await errorOf('own')).toMatchObject({ name: 'ProviderError', kind: 'overloaded' });
    expect(await errorOf('x')).toMatchObject({ kind: 'malformed-event', cause: { message: 'a bug of the format' } });
  });

  it('throws for a bad request, format and options', () => {
    const bad = fromServerSentEvents as (...given: unknown[]) => unknown;
    expect(() => bad({}, words)).toThrow(/request must be an address, a Request or a function/);
    expect(() => bad(respondWith(''), undefined)).toThrow(/format must be an object/);
    expect(() => bad(respondWith(''), { provider: 'own' })).toThrow(/decode must be a function/);
    expect(() => bad(respondWith(''), { decode: () => undefined })).toThrow(/provider must be a text/);
    expect(() => bad(respondWith(''), words, { graceMS: 1 })).toThrow(/graceMs/);
  });
});
