/** The same tests with Node's own runner: `node --import tsx --test examples/testing/liveText.node.ts`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import { lastValueFrom } from 'rxjs';
import { fromChatCompletions } from 'rxllm/openai';
import { marbles, replayCassette, virtualTime } from 'rxllm/testing';
import { liveText } from './liveText.js';

describe('liveText', () => {
  it(
    'emits the text so far',
    marbles(({ answer, expectObservable }) => {
      expectObservable(liveText(answer('Hel-lo|'))).toBe('a---b-|', { a: 'Hel', b: 'Hello' });
    }),
  );

  it('throws a readable diff', () => {
    const wrong = marbles(({ answer, expectObservable }) =>
      expectObservable(liveText(answer('Hel-lo|'))).toBe('a-----|', { a: 'Hel' }),
    );
    assert.throws(wrong, { message: /^\+ frame 4 {5}"Hello"$/m });
  });

  it(
    'reads a recorded answer in virtual time',
    virtualTime(async () => {
      const fetch = replayCassette(join(import.meta.dirname, 'cassettes/capital.jsonl'), { speed: 1 });
      const events$ = fromChatCompletions(new OpenAI({ apiKey: 'none', fetch }), {
        model: 'local',
        messages: [{ role: 'user', content: 'What is the capital of France?' }],
      });
      assert.equal(await lastValueFrom(liveText(events$)), 'Paris is the capital of France.');
    }),
  );
});
