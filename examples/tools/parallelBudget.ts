/** A plan of five parallel calls, three at a time, within a budget that counts all rounds. */
import { delay, lastValueFrom, of } from 'rxjs';
import { runTools, takeWithinBudget, tapStream, toMessage } from 'rxllm';
import { fakeProvider, finish, start, toolCallEnd, toolCallStart, usage } from 'rxllm/testing';

const cities = ['Paris', 'Oslo', 'Rome', 'Bern', 'Lima'];
const plan = [
  start(),
  ...cities.flatMap((city, block) => [
    toolCallStart(city, 'get_weather', { block }),
    toolCallEnd(city, 'get_weather', JSON.stringify({ city }), { block }),
  ]),
  usage({ inputTokens: 40, outputTokens: 60 }),
  finish('tool-calls'),
];
const model = fakeProvider([plan, 'Lima is the warmest of the five cities.']);

let running = 0;
let most = 0;
const tools = {
  get_weather: {
    run(input: unknown) {
      most = Math.max(most, ++running);
      return of(input).pipe(delay(5));
    },
  },
};

const events$ = runTools(() => model, { turns: [], tools, concurrency: 3 }).pipe(
  tapStream({ toolResult: () => running-- }),
  takeWithinBudget({ maxOutputTokens: 500 }),
);
const { text, toolCalls, usage: used, finishReason } = await lastValueFrom(events$.pipe(toMessage()));
console.log(text, finishReason);
console.log(toolCalls.length, 'calls, at most', most, 'at a time;', used?.inputTokens, 'input tokens');

/* Prints:
Lima is the warmest of the five cities. stop
5 calls, at most 3 at a time; 40 input tokens
*/
