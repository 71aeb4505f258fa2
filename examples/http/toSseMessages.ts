/** What a handler with `@Sse` of NestJS returns. An error is a message of the wire, which the page reads as an error. */
import { lastValueFrom, toArray } from 'rxjs';
import { ConnectionError } from 'rxllm';
import { sse, toSseMessages } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const events$ = streamOf('Paris', { error: new ConnectionError() });
const messages = await lastValueFrom(events$.pipe(toSseMessages(sse()), toArray()));
for (const { data } of messages) console.log(data);

/* Prints:
{"type":"start","id":"id-1","model":"model-1","provider":"test"}
{"type":"text-delta","text":"Paris","block":0,"choice":0,"phase":"answer"}
{"type":"error","error":{"name":"ConnectionError","kind":"connection","message":"The connection failed","retryable":true}}
*/
