/** A tool loop: the model calls a tool that reports progress, and answers with its result. */
import OpenAI from 'openai';
import { lastValueFrom, map, take, tap, timer } from 'rxjs';
import { messageTurns, retryStream, runTools, type Turn, toMessage } from 'rxllm';
import { chatMessages, chatTools, fromChatCompletions } from 'rxllm/openai';
import { z } from 'zod';
import { localProvider } from '../localProvider.js';

const provider = await localProvider();
const client = new OpenAI({ baseURL: provider.openai, apiKey: 'local' });
const turns: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'What is the weather in Paris?' }] }];

const tools = {
  get_weather: {
    description: 'The weather of a city',
    input: z.object({ city: z.string() }),
    timeoutMs: 5_000,
    // Every value but the last is progress; unsubscribing stops it.
    run: ({ city }: { city: string }) =>
      timer(0, 10).pipe(
        take(3),
        map((count) => (count < 2 ? `${city}: station ${count + 1}` : { celsius: 21 })),
      ),
  },
};

const events$ = runTools(
  (turns) =>
    fromChatCompletions(client, { model: 'gpt-4o-mini', messages: chatMessages(turns), tools: chatTools(tools) }).pipe(
      retryStream(),
    ),
  { turns, tools },
).pipe(
  tap((event) => {
    if (event.type === 'tool-result') console.log(event.preliminary ? 'progress' : 'result', event.output);
  }),
);

const message = await lastValueFrom(events$.pipe(toMessage()));
console.log(message.text, message.finishReason);
for (const { role, parts } of messageTurns(message)) console.log(role, parts.map(({ type }) => type).join(' '));
await provider.stop();

/* Prints:
progress Paris: station 1
progress Paris: station 2
result { celsius: 21 }
The tool answered {"celsius":21}. stop
assistant tool-call
tool tool-result
assistant text
*/
