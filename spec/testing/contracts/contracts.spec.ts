import { describe, expect, it } from '@jest/globals';
import { filter, map, Observable, type OperatorFunction, Subject, takeUntil } from 'rxjs';
import type { DeltaEvent } from '../../../src/events.js';
import { fromServerSentEvents, type ProviderFormat } from '../../../src/http/index.js';
import { checkGrammar } from '../../../src/testing/contracts/grammar.js';
import {
  ContractError,
  type DefineTest,
  finish,
  operatorContract,
  ping,
  raw,
  reset,
  sourceContract,
  start,
  text,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  usage,
  usageOf,
} from '../../../src/testing/index.js';

/** The tests that fail, with what they complain of. */
async function failuresOf(contract: (test: DefineTest) => void): Promise<ReadonlyMap<string, string>> {
  const tests: Parameters<DefineTest>[] = [];
  contract((...test) => tests.push(test));
  const failed = new Map<string, string>();
  for (const [name, run] of tests) {
    try {
      await run();
    } catch (error) {
      expect(['ContractError', 'MarbleMismatchError']).toContain((error as Error).name);
      failed.set(name, (error as Error).message);
    }
  }
  return failed;
}

describe('checkGrammar', () => {
  const call = toolCallStart('c', 'read');

  it('accepts streams, with pings before start, a repeat and an open end', () => {
    checkGrammar([ping(), start(), text('a'), usage(), finish()], true);
    checkGrammar(
      [
        start(),
        text('a'),
        call,
        reset(),
        start(),
        text('b'),
        call,
        toolCallDelta('c', '{}'),
        toolCallEnd('c', 'read', '{}'),
        finish(),
      ],
      true,
    );
    checkGrammar([start(), text('a')], false);
  });

  it.each<[string, readonly DeltaEvent[], RegExp]>([
    ['content before start', [text('a')], /event 0, text-delta: before start/],
    ['a raw event before start', [raw('x', null), start()], /before start/],
    ['two starts', [start(), start()], /a second start/],
    ['a block that was left out', [start(), text('a', { block: 1 })], /block 1, and the next new one is 0/],
    ['an event after finish', [start(), finish(), ping()], /not the last event/],
    ['a callId twice', [start(), call, toolCallStart('c', 'read', { block: 1 })], /callId c is taken/],
    ['a piece of no call', [start(), toolCallDelta('c', '{}')], /no open call/],
    ['a piece after the end', [start(), call, toolCallEnd('c', 'read', ''), toolCallDelta('c', '{}')], /no open call/],
    ['usage that falls', [start(), usage(usageOf({ inputTokens: 9 })), usage(usageOf({ inputTokens: 8 }))], /inputTokens falls/],
    ['no finish', [start(), text('a')], /without finish/],
  ])('finds %s', (_, events, message) => {
    expect(() => checkGrammar(events, true)).toThrow(ContractError);
    expect(() => checkGrammar(events, true)).toThrow(message);
  });
});

describe('operatorContract', () => {
  const naive: OperatorFunction<DeltaEvent, DeltaEvent> = (source) =>
    new Observable((subscriber) => {
      const next = (event: DeltaEvent): void => subscriber.next(event);
      return source.subscribe({
        next,
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });

  it('finds nothing in a right operator', async () => {
    expect(await failuresOf((test) => operatorContract(test, () => filter(() => true), { kind: 'mirror' }))).toEqual(new Map());
  });

  it.each<[string, () => OperatorFunction<DeltaEvent, unknown>, string]>([
    ['a naive operator', () => naive, 'unsubscribes from a synchronous source as soon as downstream does'],
    [
      'a reset that is dropped',
      () => filter(({ type }) => type !== 'reset'),
      'forwards a reset, and then emits what it emits for the new attempt alone',
    ],
    ['a source that is never read', () => takeUntil(new Subject()), 'none'],
    ['a value that is no event', () => map(() => 1), 'forwards a reset, and then emits what it emits for the new attempt alone'],
  ])('finds %s', async (_, create, name) => {
    const failed = await failuresOf((test) => operatorContract(test, create, { kind: 'mirror' }));
    expect([...failed.keys(), 'none'][0]).toBe(name);
  });
});

describe('sourceContract', () => {
  const format: ProviderFormat = {
    provider: 'own',
    decode({ word, over }, write) {
      if (typeof word === 'string') write.text(word);
      if (over === true) write.finish('stop');
    },
  };
  const [hello, over] = ['data: {"word":"Hello"}\n\n', 'data: {"over":true}\n\n'];
  const find = (own: ProviderFormat, more: object = {}): Promise<ReadonlyMap<string, string>> =>
    failuresOf((test) =>
      sourceContract(test, {
        source: (fetch, options) => fromServerSentEvents(({ signal }) => fetch('https://a.example', { signal }), own, options),
        whole: hello + over,
        cut: hello,
        text: 'Hello',
        ...more,
      }),
    );

  it('finds nothing in a right source', async () => {
    expect(await find(format)).toEqual(new Map());
  });

  it('finds an end without evidence, and says what came', async () => {
    const failed = await find({ ...format, end: (write) => write.finish() });
    expect(failed.get('errors with TruncatedError and the text so far for a cut answer')).toMatch(
      /must error with a StreamError \(truncated\).*complete/,
    );
  });

  it('finds a request that goes on, and one that is sent too early', async () => {
    const deaf = await find(format, {
      source: (fetch: (url: string) => Promise<Response>) => fromServerSentEvents(() => fetch('https://a.example'), format),
    });
    expect([...deaf.keys()]).toContain("errors with StreamAbortedError and the caller's reason when the signal aborts");
    const early = await find(format, {
      source(fetch: (url: string) => Promise<Response>) {
        const response = fetch('https://a.example');
        return fromServerSentEvents(() => response, format);
      },
    });
    expect(early.get('sends nothing before it is subscribed, and a request for each subscription')).toMatch(
      /before it was subscribed/,
    );
  });

  it('finds other text, calls and usage than are listed', async () => {
    expect(
      (await find(format, { text: 'Bye', cut: 'data: {"word":"Bye"}\n\n' })).get(
        'emits the whole answer in the grammar of a stream',
      ),
    ).toMatch(/The text:/);
    expect([...(await find(format, { calls: ['read({})'] })).values()][0]).toMatch(/The calls:/);
    expect([...(await find(format, { usage: { outputTokens: 7 } })).values()][0]).toMatch(/outputTokens of the usage:/);
  });
});
