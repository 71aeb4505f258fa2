/** Without a host: events to frames, and back. A connection that breaks is never taken for the end. */
import { lastValueFrom, toArray } from 'rxjs';
import { type DeltaEvent, isStreamError } from 'rxllm';
import { createEncoder, sse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const encoder = createEncoder(sse());
const frames: string[] = [];
for (const event of await lastValueFrom(streamOf('Paris').pipe(toArray()))) encoder.encode(event, (data) => frames.push(data));
console.log(frames.join('\n'));

const events: DeltaEvent[] = [];
const decoder = sse().createDecoder();
for (const data of frames.slice(0, -1)) decoder.decode(data, '', (event) => events.push(event));
try {
  decoder.end((event) => events.push(event));
} catch (error) {
  if (isStreamError(error)) console.log(error.kind, error.partial?.text);
}

/* Prints:
{"type":"start","id":"id-1","model":"model-1","provider":"test"}
{"type":"text-delta","text":"Paris","block":0,"choice":0,"phase":"answer"}
{"type":"finish","reason":"stop","rawReason":"stop","choices":[{"choice":0,"reason":"stop","rawReason":"stop"}],"metadata":{}}
truncated Paris
*/
