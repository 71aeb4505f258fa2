/**
 * A provider that accepts the request and then: sends nothing; falls silent after a text; falls silent but for the pings that keep the
 * connection alive. Each library has its time limit set to 600 ms. Prints how it ends, or that it still waits after 1.8 s.
 */

import { lastValueFrom } from 'rxjs';
import { timeoutBetweenChunks } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { aiSdks, type Version } from './support/aiSdks.js';
import { langChain } from './support/langChain.js';
import { outcomeOf, printTable } from './support/outcome.js';
import { chatParams, messagesParams } from './support/params.js';
import { type Answer, type Provider, startProvider } from './support/provider.js';
import { tanStack } from './support/tanStack.js';

const timeout = 600;
const silences: Readonly<Record<string, (answer: Answer) => void>> = {
  'nothing at all': () => undefined,
  'silence after a text': (answer) => answer.text('Hello'),
  'only pings after a text'(answer) {
    answer.text('Hello');
    const pings = setInterval(answer.ping, 50);
    answer.response.on('close', () => clearInterval(pings));
  },
};

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const drainAiSdk =
  (version: Version, limits: object) =>
  (provider: Provider): Promise<void> =>
    new Promise((resolve, reject) => {
      const { sdk, model } = aiSdks[version];
      const onAbort = (): void => reject(new Error('onAbort is called'));
      const options = {
        model: model(provider),
        prompt: 'Hello',
        maxRetries: 0,
        timeout: limits,
        onError: () => undefined,
        onAbort,
      };
      drain(sdk.streamText(options).textStream).then(resolve, reject);
    });

const readers: Readonly<Record<string, (provider: Provider) => Promise<unknown>>> = {
  'openai: timeout': async ({ openai }) => drain(await openai.withOptions({ timeout }).chat.completions.create(chatParams)),
  'anthropic: timeout': async ({ anthropic }) => drain(await anthropic.withOptions({ timeout }).messages.create(messagesParams)),
  'LangChain: timeout': async (provider) => drain(await langChain(provider, { timeout }).stream('Hello')),
  'TanStack AI: timeout of its client': (provider) => drain(tanStack(provider, { timeout })),
  'AI SDK 6: chunkMs': drainAiSdk(6, { chunkMs: timeout }),
  'AI SDK 7: firstChunkMs, chunkMs': drainAiSdk(7, { firstChunkMs: timeout, chunkMs: timeout }),
  'AI SDK 7: stepMs': drainAiSdk(7, { stepMs: timeout }),
  'AI SDK 7: totalMs': drainAiSdk(7, { totalMs: timeout }),
  'rxllm: timeoutBetweenChunks(), chat': ({ openai }) =>
    lastValueFrom(fromChatCompletions(openai, chatParams).pipe(timeoutBetweenChunks(timeout))),
  'rxllm: timeoutBetweenChunks(), messages': ({ anthropic }) =>
    lastValueFrom(fromMessages(anthropic, messagesParams).pipe(timeoutBetweenChunks(timeout))),
};

const rows = [['reader', ...Object.keys(silences)]];
for (const [name, read] of Object.entries(readers)) {
  const outcomes = Object.values(silences).map(async (silence) => {
    const provider = await startProvider(silence);
    const late = new Promise((resolve) => setTimeout(resolve, 3 * timeout, 'waits'));
    const outcome = await outcomeOf(Promise.race([read(provider), late]));
    provider.stop();
    return outcome.replace('success, ', '');
  });
  rows.push([name, ...(await Promise.all(outcomes))]);
}
printTable(rows);
process.exit();
