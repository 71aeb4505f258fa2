/** A chat as one operator: commands in, immutable states out. */
import OpenAI from 'openai';
import { filter, firstValueFrom, ReplaySubject, Subject } from 'rxjs';
import { type ConversationCommand, type ConversationState, conversation, retryStream } from 'rxllm';
import { chatMessages, fromChatCompletions } from 'rxllm/openai';
import { localProvider } from '../localProvider.js';

const { openai, stop } = await localProvider();
const client = new OpenAI({ baseURL: openai, apiKey: 'local' });

const commands$ = new Subject<ConversationCommand>();
const states$ = new ReplaySubject<ConversationState>(1);
commands$
  .pipe(
    conversation((turns) => fromChatCompletions(client, { model: 'local', messages: chatMessages(turns) }).pipe(retryStream())),
  )
  .subscribe(states$);

/** Sends a command and shows the conversation when it has been answered. */
async function run(command: ConversationCommand): Promise<void> {
  commands$.next(command);
  const { turns, discarded } = await firstValueFrom(states$.pipe(filter(({ status }) => status === 'idle')));
  for (const { role, parts } of turns) console.log(`${role}: ${parts.map((part) => ('text' in part ? part.text : '')).join('')}`);
  console.log(`${discarded.length} turns are discarded`);
}

await run({ type: 'send', text: 'How much is two and two?' });
await run({ type: 'edit', index: 0, text: 'What is the capital of France?' });
await run({ type: 'retry' });
await stop();

/* Prints:
user: How much is two and two?
assistant: Four.
0 turns are discarded
user: What is the capital of France?
assistant: Paris is the capital of France.
2 turns are discarded
user: What is the capital of France?
assistant: Paris is the capital of France.
3 turns are discarded
*/
