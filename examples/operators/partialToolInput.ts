/** Emits the input of a tool call while the model writes it. */
import { partialToolInput } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

interface Forecast {
  readonly city: string;
  readonly days: number;
  readonly units: 'metric' | 'imperial';
}

const parameters = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' }, units: { enum: ['metric', 'imperial'] } },
};
const { events$, stop } = await localAnswer('How will the weather in Paris be?', {
  tools: [{ type: 'function', function: { name: 'forecast', parameters } }],
});

await events$.pipe(partialToolInput<Forecast>()).forEach((input) => console.log(input));
await stop();

/* Prints:
{}
{ city: 'P' }
{ city: 'Paris' }
{ city: 'Paris', days: 3 }
{ city: 'Paris', days: 3, units: 'm' }
{ city: 'Paris', days: 3, units: 'metric' }
*/
