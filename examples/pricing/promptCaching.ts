/**
 * The savings of prompt caching for two questions about a long document. Anthropic caches the blocks marked with `cache_control`, and writing
 * to its cache costs 25 % more; OpenAI caches automatically. Cached tokens are included in `inputTokens` with both.
 */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { lastValueFrom, type Observable } from 'rxjs';
import { aggregateUsage, type DeltaEvent, ofEvent, withCost } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { genaiPrices } from 'rxllm/pricing';
import { cachingProvider } from '../cachingProvider.js';

const provider = await cachingProvider();
const anthropic = new Anthropic({ baseURL: provider.anthropic, apiKey: 'local' });
const openai = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });

const handbook = 'Staff may work from home on Mondays, if their lead agrees. '.repeat(700);
const questions = ['May I work from home on Monday?', 'Does my lead have a say in it?'];

function askAnthropic(content: string): Observable<DeltaEvent> {
  return fromMessages(anthropic, {
    model: 'claude-haiku-4-5',
    max_tokens: 100,
    system: [{ type: 'text', text: handbook, cache_control: { type: 'ephemeral' } }],
    messages: [{ role: 'user', content }],
  });
}

/** The constant part comes first, because only the beginning of a prompt is cached. */
function askOpenai(content: string): Observable<DeltaEvent> {
  return fromChatCompletions(openai, {
    model: 'gpt-4o-mini',
    messages: [
      { role: 'system', content: handbook },
      { role: 'user', content },
    ],
  });
}

for (const ask of [askAnthropic, askOpenai]) {
  console.log(ask === askAnthropic ? 'Anthropic' : 'OpenAI');
  for (const question of questions) {
    const { usage } = await lastValueFrom(ask(question).pipe(aggregateUsage(), withCost(genaiPrices()), ofEvent('usage')));
    const { inputTokens, cachedInputTokens = 0, cacheWriteTokens = 0, cost } = usage;
    console.log(
      `  ${inputTokens} input tokens, ${cachedInputTokens} of them read from the cache, ${cacheWriteTokens} written to it`,
    );
    console.log(`  $${cost?.total.toFixed(6)}, $${cost?.cacheSavings?.toFixed(6)} saved by the cache`);
  }
}
await provider.stop();

/* Prints:
Anthropic
  10333 input tokens, 0 of them read from the cache, 10325 written to it
  $0.012924, $0.000000 saved by the cache
  10333 input tokens, 10325 of them read from the cache, 0 written to it
  $0.001051, $0.009293 saved by the cache
OpenAI
  10333 input tokens, 0 of them read from the cache, 0 written to it
  $0.001551, $0.000000 saved by the cache
  10333 input tokens, 10240 of them read from the cache, 0 written to it
  $0.000783, $0.000768 saved by the cache
*/
