/**
 * A user aborts an answer after its second text; its figures would come at the end, but for the 9 tokens of input that the wire of Anthropic
 * reports at the start. Prints what each library then gives as the usage of that request.
 */

import { lastValueFrom, type Observable, take } from 'rxjs';
import { aggregateUsage, type DeltaEvent, textDeltas, type UsageSettlement } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions } from 'rxllm/openai';
import { aiSdks, type Version } from './support/aiSdks.js';
import { printTable } from './support/outcome.js';
import { chatParams, messagesParams } from './support/params.js';
import { type Figures, type Piece, pieces } from './support/pieces.js';
import { type Provider, startProvider } from './support/provider.js';

const inWords = (usage: Figures | undefined): string => (usage ? `${usage[0]} input, ${usage[1]} output` : 'none');

async function abortIn(items: AsyncIterable<Piece>, controller: AbortController): Promise<string> {
  let texts = 0;
  let found: Figures | undefined;
  try {
    for await (const { text, usage } of items) {
      found = usage ?? found;
      if (text && ++texts === 2) controller.abort();
    }
  } catch {}
  return inWords(found);
}

async function readWithAiSdk(version: Version, provider: Provider): Promise<string> {
  const { sdk, model } = aiSdks[version];
  const controller = new AbortController();
  const options = { model: model(provider), prompt: 'Hello', abortSignal: controller.signal, onError: () => undefined };
  const { textStream, totalUsage } = sdk.streamText(options);
  await abortIn(textStream.pipeThrough(new TransformStream({ transform: (text, out) => out.enqueue({ text }) })), controller);
  return Promise.resolve(totalUsage).then(
    ({ inputTokens, outputTokens }) => inWords([inputTokens, outputTokens]),
    ({ name }: Error) => `none, ${name}`,
  );
}

async function readOwn(events$: Observable<DeltaEvent>): Promise<string> {
  const settled: UsageSettlement[] = [];
  const onSettled = (settlement: UsageSettlement): number => settled.push(settlement);
  await lastValueFrom(events$.pipe(aggregateUsage({ prompt: chatParams, onSettled }), textDeltas(), take(2)));
  return settled
    .map(({ usage }) => `${inWords([usage.inputTokens, usage.outputTokens])}, ${usage.estimated ? 'estimated' : ''}`)
    .join();
}

const loops = Object.entries(pieces).map(([name, open]) => {
  const controller = new AbortController();
  return [name, (provider: Provider) => abortIn(open(provider, controller), controller)] as const;
});
const readers: Readonly<Record<string, (provider: Provider) => Promise<string>>> = {
  ...Object.fromEntries(loops),
  'AI SDK 6: totalUsage': (provider) => readWithAiSdk(6, provider),
  'AI SDK 7: totalUsage': (provider) => readWithAiSdk(7, provider),
  'rxllm: fromChatCompletions()': ({ openai }) => readOwn(fromChatCompletions(openai, chatParams)),
  'rxllm: fromMessages()': ({ anthropic }) => readOwn(fromMessages(anthropic, messagesParams)),
};

const rows = [['reader', 'usage of the request']];
for (const [name, read] of Object.entries(readers)) {
  const provider = await startProvider((answer) => {
    const timer = setInterval(() => answer.text('rivers '), 5);
    answer.response.on('close', () => clearInterval(timer));
  });
  rows.push([name, await read(provider)]);
  provider.stop();
}
printTable(rows);
