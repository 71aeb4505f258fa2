/** What the AI SDK's front ends read, and what of it our own page reads: the same events. */
import { lastValueFrom, toArray } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { createEncoder, uiMessages } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const wire = uiMessages({ version: 7 });
const encoder = createEncoder(wire);
const frames: string[] = [];
for (const event of await lastValueFrom(streamOf('Paris').pipe(toArray()))) encoder.encode(event, (data) => frames.push(data));
console.log(frames.map((data) => (data.startsWith('{') ? JSON.parse(data).type : data)).join(' '));

const events: DeltaEvent[] = [];
const decoder = wire.createDecoder();
for (const data of frames) decoder.decode(data, '', (event) => events.push(event));
console.log(events.map((event) => (event.type === 'text-delta' ? event.text : event.type)).join(' '));

/* Prints:
start start-step text-start text-delta text-end finish-step finish [DONE]
start Paris finish
*/
