/** Messages that arrive while a run goes on: they are sent with the next request. */
import { lastValueFrom, Subject } from 'rxjs';
import { runTools, toMessage } from 'rxllm';
import { fakeProvider, finish, start, toolCallEnd, toolCallStart } from 'rxllm/testing';

const input$ = new Subject<string>();
const calling = [start(), toolCallStart('c1', 'get_weather'), toolCallEnd('c1', 'get_weather', '{}'), finish('tool-calls')];
const model = fakeProvider([calling, 'It is 70 degrees.']);
const tools = {
  get_weather: {
    run() {
      // The user types while the tool runs.
      input$.next('In Fahrenheit, please');
      return { celsius: 21 };
    },
  },
};

const events$ = runTools(
  (turns, { step }) => {
    console.log(step, turns.map(({ role }) => role).join(' '));
    return model;
  },
  { turns: [{ role: 'user', parts: [{ type: 'text', text: 'The weather?' }] }], tools, input$ },
);
console.log((await lastValueFrom(events$.pipe(toMessage()))).text);

/* Prints:
0 user
1 user assistant tool user
It is 70 degrees.
*/
