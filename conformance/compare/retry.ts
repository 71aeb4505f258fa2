/**
 * A provider fails in the middle of an answer, after "Hello wor", and answers "Hello world" when it is asked again. Prints what a user sees at
 * the end with what each library has against that, and how many requests it sent.
 */
import { readUIMessageStream, streamText, toUIMessageStream } from 'ai';
import { defer, lastValueFrom, map, retry, scan, switchMap, tap } from 'rxjs';
import { accumulateText, retryStream } from 'rxllm';
import { fromChatCompletions } from 'rxllm/openai';
import { aiSdks } from './support/aiSdks.js';
import { append } from './support/append.js';
import { langChain } from './support/langChain.js';
import { outcomeOf, printTable } from './support/outcome.js';
import { chatParams } from './support/params.js';
import { pieces } from './support/pieces.js';
import { type Provider, startProvider } from './support/provider.js';

/** Reads an answer with a retry, and shows the text so far. */
type Read = (provider: Provider, show: (text: string) => void) => Promise<unknown>;

const retryWithAiSdk = (provider: Provider) =>
  streamText({ model: aiSdks[7].model(provider), prompt: 'Hello', streamRetries: 1, onError: () => undefined });

const reads: Readonly<Record<string, Read>> = {
  'openai: maxRetries': (provider, show) =>
    append(pieces['openai: create()']({ ...provider, openai: provider.openai.withOptions({ maxRetries: 1 }) }), show),
  'LangChain: withRetry()': async (provider, show) =>
    append(
      (await langChain(provider).withRetry({ stopAfterAttempt: 2 }).stream('Hello')).pipeThrough(
        new TransformStream({ transform: ({ text }, out) => out.enqueue({ text }) }),
      ),
      show,
    ),
  async 'AI SDK 7: streamRetries, its UI stream'(provider, show) {
    const stream = toUIMessageStream({ stream: retryWithAiSdk(provider).stream });
    for await (const { parts } of readUIMessageStream({ stream }))
      show(parts.map((part) => (part.type === 'text' ? part.text : '')).join(''));
  },
  'AI SDK 7: streamRetries, textStream': (provider, show) => append(retryWithAiSdk(provider).textStream, show),
  'AI SDK 7: streamRetries, result.text': async (provider, show) => show(await retryWithAiSdk(provider).text),
  'RxJS: retry() over the SDK': ({ openai }, show) =>
    lastValueFrom(
      defer(() => openai.chat.completions.create(chatParams)).pipe(
        switchMap((chunks) => chunks),
        map(({ choices }) => choices[0]?.delta.content ?? ''),
        retry(1),
        scan((text, delta) => text + delta),
        tap(show),
      ),
    ),
  'rxllm: retryStream()': ({ openai }, show) =>
    lastValueFrom(
      fromChatCompletions(openai, chatParams).pipe(
        retryStream({ maxRetries: 1, initialDelayMs: 1 }),
        accumulateText(),
        tap(show),
      ),
    ),
};

const rows = [['retry', 'shown at the end', 'requests', 'outcome']];
for (const [name, read] of Object.entries(reads)) {
  let shown = '';
  const provider = await startProvider((answer) => {
    answer.text('Hello wor');
    if (answer.request === 1) answer.fail('The server is overloaded');
    else {
      answer.text('ld');
      answer.finish();
    }
    answer.end();
  });
  const outcome = await outcomeOf(
    read(provider, (text) => {
      shown = text;
    }),
  );
  rows.push([name, shown, String(provider.requests()), outcome.replace(/success.*/, 'success')]);
  provider.stop();
}
printTable(rows);
