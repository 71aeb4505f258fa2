/** A question with an image, a call and its result as the input of a response. */
import type { Turn } from 'rxllm';
import { responsesInput } from 'rxllm/openai';

const call = { callId: 'call-1', name: 'get_weather', argumentsText: '{"city":"Paris"}', input: { city: 'Paris' } };
const turns: readonly Turn[] = [
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'The weather here?' },
      { type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' },
    ],
  },
  { role: 'assistant', parts: [{ type: 'tool-call', ...call, executor: 'client', format: 'json', ended: true }] },
  {
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 'call-1', name: 'get_weather', output: { celsius: 21 }, isError: false }],
  },
];
for (const item of responsesInput(turns)) console.log(JSON.stringify(item));

/* Prints:
{"role":"user","content":[{"type":"input_text","text":"The weather here?"},{"type":"input_image","image_url":"https://example.com/a.png","detail":"auto"}]}
{"type":"function_call","call_id":"call-1","name":"get_weather","arguments":"{\"city\":\"Paris\"}"}
{"type":"function_call_output","call_id":"call-1","output":"{\"celsius\":21}"}
*/
