import { dirname, join } from 'node:path';
// For Vitest: import { describe, expect, it } from 'vitest';
import { describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { asyncScheduler, lastValueFrom, toArray } from 'rxjs';
import { ConnectionError } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import {
  cutAfter,
  fakeProvider,
  marbleLane,
  marbles,
  operatorContract,
  replayCassette,
  splitBytes,
  stallAfter,
  streamOf,
  toMarbleDiagram,
  virtualTime,
} from 'rxllm/testing';
import { liveText } from './liveText.js';

// Relative to this file, for Jest and Vitest, as an ES module and as CommonJS.
const cassette = join(dirname(expect.getState().testPath ?? ''), 'cassettes/capital.jsonl');
const question = {
  model: 'local',
  messages: [{ role: 'user' as const, content: 'What is the capital of France?' }],
};

describe('liveText, tested with marbles', () => {
  it(
    'emits the text so far',
    marbles(({ answer, expectObservable }) => {
      const source = answer('  Hel-lo|');
      const result = '         a---b-|';
      expectObservable(liveText(source)).toBe(result, { a: 'Hel', b: 'Hello' });
    }),
  );

  it(
    'ignores reasoning and tool calls',
    marbles(({ answer, expectObservable }) => {
      const source = answer('  [hm]-Sunny-<get_time:{}>|');
      const result = '         -----a------------------|';
      expectObservable(liveText(source)).toBe(result, { a: 'Sunny' });
    }),
  );

  it(
    'unsubscribes from its source when it is unsubscribed',
    marbles(({ answer, expectObservable, expectSubscriptions }) => {
      const source = answer('        Hel-lo|');
      const unsubscribed = '         ^-!';
      expectObservable(liveText(source), unsubscribed).toBe('a', { a: 'Hel' });
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
    }),
  );

  it(
    'errors after two attempts with 30 s of silence',
    marbles(({ answer, expectObservable }) => {
      const source = answer('Hel-lo|').pipe(stallAfter(2));
      const result = 'a 29999ms b 999ms a 29999ms #';
      expectObservable(liveText(source)).toBe(result, { a: 'Hel', b: '' }, { kind: 'retry-exhausted', partial: { text: 'Hel' } });
    }),
  );
});

describe('liveText, tested with a fake provider', () => {
  it(
    'repeats the request when the connection breaks, and starts the text again',
    marbles(({ expectObservable, expectSubscriptions }) => {
      const provider = fakeProvider([streamOf('Hel', { everyMs: 2, error: new ConnectionError() }), 'Hello']);
      expectObservable(liveText(provider)).toBe('--(ab) 996ms (c|)', { a: 'Hel', b: '', c: 'Hello' });
      expectSubscriptions(provider.subscriptions).toBe(['^-!', '1002ms (^!)']);
    }),
  );
});

describe('liveText, tested with a cassette', () => {
  it('reads a recorded answer through the real client, without a network', async () => {
    const client = new OpenAI({ apiKey: 'none', fetch: replayCassette(cassette) });
    expect(await lastValueFrom(liveText(fromChatCompletions(client, question)))).toBe('Paris is the capital of France.');
  });

  it('emits the same text however the bytes are cut', async () => {
    const client = new OpenAI({ apiKey: 'none', fetch: splitBytes()(replayCassette(cassette)) });
    expect(await lastValueFrom(liveText(fromChatCompletions(client, question)))).toBe('Paris is the capital of France.');
  });

  it(
    'errors for a cut answer',
    virtualTime(async () => {
      const client = new OpenAI({ apiKey: 'none', fetch: cutAfter(700)(replayCassette(cassette, { speed: 1 })) });
      const failed = lastValueFrom(liveText(fromChatCompletions(client, question)).pipe(toArray()));
      await expect(failed).rejects.toMatchObject({ kind: 'retry-exhausted' });
      // The wait of one second before the retry took no real time.
      expect(asyncScheduler.now()).toBeGreaterThanOrEqual(1_000);
    }),
  );
});

describe('liveText, as an operator', () => {
  operatorContract(it, () => liveText, { kind: 'fold' });
});

describe('liveText, drawn as a picture', () => {
  it(
    'draws the events and the text',
    marbles(({ answer, flush }) => {
      const source = marbleLane('events');
      const result = marbleLane('text');
      liveText(answer('Hel-lo|').pipe(source.record())).pipe(result.record()).subscribe();
      flush();
      expect(toMarbleDiagram([source, result])).toBe(
        [
          'ms      0   4 6',
          'events  (sa)b-(uf|)',
          'text    c---d-|',
          '',
          '        s  start',
          '        a  text-delta "Hel"',
          '        b  text-delta "lo"',
          '        u  usage 10 + 5 tokens',
          '        f  finish stop',
          '        c  "Hel"',
          '        d  "Hello"',
          '',
        ].join('\n'),
      );
    }),
  );
});
