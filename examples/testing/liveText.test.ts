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
  replayCassette,
  splitBytes,
  stallAfter,
  streamOf,
  toMarbleDiagram,
  virtualTime,
} from 'rxllm/testing';
import { liveText } from './liveText.js';

// Beside this file, wherever the tests are started: Jest and Vitest both know, as ES module and as CommonJS.
const cassette = join(dirname(expect.getState().testPath ?? ''), 'cassettes/capital.jsonl');
const question = {
  model: 'local',
  messages: [{ role: 'user' as const, content: 'What is the capital of France?' }],
};

describe('liveText, by marbles', () => {
  it(
    'shows the text so far',
    marbles(({ answer, expectObservable }) => {
      const source = answer('  Hel-lo|');
      const result = '         a---b-|';
      expectObservable(liveText(source)).toBe(result, { a: 'Hel', b: 'Hello' });
    }),
  );

  it(
    'shows no reasoning and no tool call',
    marbles(({ answer, expectObservable }) => {
      const source = answer('  [hm]-Sunny-<get_time:{}>|');
      const result = '         -----a------------------|';
      expectObservable(liveText(source)).toBe(result, { a: 'Sunny' });
    }),
  );

  it(
    'aborts the request when nobody looks any more',
    marbles(({ answer, expectObservable, expectSubscriptions }) => {
      const source = answer('        Hel-lo|');
      const unsubscribed = '         ^-!';
      expectObservable(liveText(source), unsubscribed).toBe('a', { a: 'Hel' });
      expectSubscriptions(source.subscriptions).toBe(unsubscribed);
    }),
  );

  it(
    'gives up after 30 s of silence, twice',
    marbles(({ answer, expectObservable }) => {
      const source = answer('Hel-lo|').pipe(stallAfter(2));
      const result = 'a 29999ms b 999ms a 29999ms #';
      expectObservable(liveText(source)).toBe(result, { a: 'Hel', b: '' }, { kind: 'retry-exhausted', partial: { text: 'Hel' } });
    }),
  );
});

describe('liveText, by a fake provider', () => {
  it(
    'asks again when the connection breaks, and begins the text anew',
    marbles(({ expectObservable, expectSubscriptions }) => {
      const provider = fakeProvider([streamOf('Hel', { everyMs: 2, error: new ConnectionError() }), 'Hello']);
      expectObservable(liveText(provider)).toBe('--(ab) 996ms (c|)', { a: 'Hel', b: '', c: 'Hello' });
      expectSubscriptions(provider.subscriptions).toBe(['^-!', '1002ms (^!)']);
    }),
  );
});

describe('liveText, by a cassette', () => {
  it('reads a recorded answer through the real client, without a network', async () => {
    const client = new OpenAI({ apiKey: 'none', fetch: replayCassette(cassette) });
    expect(await lastValueFrom(liveText(fromChatCompletions(client, question)))).toBe('Paris is the capital of France.');
  });

  it('does not care how the bytes are cut', async () => {
    const client = new OpenAI({ apiKey: 'none', fetch: splitBytes()(replayCassette(cassette)) });
    expect(await lastValueFrom(liveText(fromChatCompletions(client, question)))).toBe('Paris is the capital of France.');
  });

  it(
    'never takes a cut answer for a whole one',
    virtualTime(async () => {
      const client = new OpenAI({ apiKey: 'none', fetch: cutAfter(700)(replayCassette(cassette, { speed: 1 })) });
      const failed = lastValueFrom(liveText(fromChatCompletions(client, question)).pipe(toArray()));
      await expect(failed).rejects.toMatchObject({ kind: 'retry-exhausted' });
      // The second before the retry took no time.
      expect(asyncScheduler.now()).toBeGreaterThanOrEqual(1_000);
    }),
  );
});

describe('liveText, as a picture', () => {
  it(
    'shows what it did',
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
