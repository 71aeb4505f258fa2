/** Output tokens if a server reports no usage: estimated from the characters by provider, or counted by a tokenizer. */
import { lastValueFrom, of } from 'rxjs';
import { aggregateUsage, type CountTokens, type DeltaEvent, ofEvent } from 'rxllm';
import { finish, start, text } from 'rxllm/testing';
import { tiktokenCounter } from 'rxllm/tiktoken';

const answer = 'Paris is the capital of France. '.repeat(10).trim();

async function report(provider: string, countTokens: CountTokens): Promise<string> {
  const silent$ = of<DeltaEvent[]>(start({ provider }), text(answer), finish());
  const { usage } = await lastValueFrom(silent$.pipe(aggregateUsage({ countTokens }), ofEvent('usage')));
  return `${usage.outputTokens} (${usage.estimated ? 'estimated' : 'reported'}, ${usage.confidence})`;
}

console.log(answer.length, 'characters');
for (const provider of ['openai', 'anthropic', 'xai', 'other']) console.log(provider, await report(provider, 'character'));

const tiktoken = tiktokenCounter('gpt-4o');
await tiktoken.load();
console.log('by tiktoken', await report('openai', tiktoken));

/* Prints:
319 characters
openai 80 (estimated, low)
anthropic 92 (estimated, low)
xai 76 (estimated, low)
other 80 (estimated, low)
by tiktoken 70 (estimated, high)
*/
