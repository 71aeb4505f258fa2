import { partialJson } from 'rxllm';
import { streamOf } from 'rxllm/testing';

const events$ = streamOf('{"city": "Paris", "days": 3}', { everyMs: 5 });

await events$.pipe(partialJson<{ city: string; days: number }>()).forEach((value) => console.log(value));

/* Prints:
{}
{ city: 'Paris' }
{ city: 'Paris', days: 3 }
*/
