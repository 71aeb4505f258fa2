/** System and user turns, a call and its failed result as the params of a request to Anthropic. */
import type { Turn } from 'rxllm';
import { messagesParams } from 'rxllm/anthropic';

const call = { callId: 'call-1', name: 'get_weather', argumentsText: '{"city":"Paris"}', input: { city: 'Paris' } };
const turns: readonly Turn[] = [
  { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
  { role: 'user', parts: [{ type: 'text', text: 'The weather in Paris?' }] },
  { role: 'assistant', parts: [{ type: 'tool-call', ...call, executor: 'client', format: 'json', ended: true }] },
  {
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 'call-1', name: 'get_weather', output: 'No such city', isError: true }],
  },
];
const { system, messages } = messagesParams(turns);
console.log(system);
for (const message of messages) console.log(JSON.stringify(message));

/* Prints:
Be brief.
{"role":"user","content":[{"type":"text","text":"The weather in Paris?"}]}
{"role":"assistant","content":[{"type":"tool_use","id":"call-1","name":"get_weather","input":{"city":"Paris"}}]}
{"role":"user","content":[{"type":"tool_result","tool_use_id":"call-1","content":"No such city","is_error":true}]}
*/
