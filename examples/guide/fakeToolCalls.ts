/** A tool loop without a provider and without tools: both are scripts, and both record what was asked of them. */
import { lastValueFrom, of } from 'rxjs';
import { runTools, toMessage } from 'rxllm';
import { fakeProvider, fakeTools, finish, start, toolCallEnd, toolCallStart } from 'rxllm/testing';

const calling = (callId: string) => [
  start(),
  toolCallStart(callId, 'get_weather'),
  toolCallEnd(callId, 'get_weather', '{"city":"Paris"}'),
  finish('tool-calls'),
];

const provider = fakeProvider([calling('call-1'), calling('call-2'), 'It is 21 degrees.']);
const { tools, calls } = fakeTools({
  get_weather: [new Error('The station is down'), of('asking', { celsius: 21 })], // an error, then progress and a result
});

const message = await lastValueFrom(runTools(() => provider, { turns: [], tools }).pipe(toMessage()));
console.log(message.text);
console.log(provider.requests.length, 'requests');
for (const { name, input, end } of calls) console.log(name, input, end);

/* Prints:
It is 21 degrees.
3 requests
get_weather { city: 'Paris' } error
get_weather { city: 'Paris' } complete
*/
