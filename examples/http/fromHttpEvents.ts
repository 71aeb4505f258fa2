/** What Angular's `HttpClient` emits for a streamed body: all text so far, again and again. A body that is cut is an error. */
import { lastValueFrom, of } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { fromHttpEvents, sse, toResponse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const body = await (await toResponse(streamOf('Paris'), { wire: sse() })).text();
const header = { type: 2, status: 200 };
const whole$ = of(header, { type: 3, partialText: body.slice(0, 100) }, { type: 3, partialText: body }, { type: 4, body });
console.log(await lastValueFrom(whole$.pipe(fromHttpEvents(sse()), bufferToText())));

const cut = body.slice(0, body.lastIndexOf('data:'));
const cut$ = of(header, { type: 3, partialText: cut }, { type: 4, body: cut });
await lastValueFrom(cut$.pipe(fromHttpEvents(sse()), bufferToText())).catch((error: unknown) => {
  if (isStreamError(error)) console.log(error.kind, error.partial?.text);
});

/* Prints:
Paris
truncated Paris
*/
