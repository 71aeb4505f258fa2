/** The request of a front end of the AI SDK as input of a provider: the signature of the reasoning goes back. */
import { messagesParams } from 'rxllm/anthropic';
import { readUiMessages } from 'rxllm/http';

const body = {
  id: 'chat-1',
  trigger: 'submit-message',
  messages: [
    { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Capital of France?' }] },
    {
      id: 'm2',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        { type: 'reasoning', text: 'Easy.', providerMetadata: { anthropic: { signature: 'EqQB' } } },
        { type: 'text', text: 'Paris.' },
      ],
    },
    { id: 'm3', role: 'user', parts: [{ type: 'text', text: 'And of Peru?' }] },
  ],
};
for (const { role, content } of messagesParams(readUiMessages(body)).messages) console.log(role, JSON.stringify(content));

try {
  readUiMessages({ messages: [{ role: 'user', parts: [{ type: 'text', text: 1 }] }] });
} catch (error) {
  console.log(`${error}`);
}

/* Prints:
user [{"type":"text","text":"Capital of France?"}]
assistant [{"type":"thinking","thinking":"Easy.","signature":"EqQB"},{"type":"text","text":"Paris."}]
user [{"type":"text","text":"And of Peru?"}]
TypeError: readUiMessages: body.messages[0].parts[0].text must be text
*/
