/** A connection that is cut in mid-answer: the same handler sends the rest, and the provider is asked once. */
import { lastValueFrom, tap } from 'rxjs';
import { bufferToText } from 'rxllm';
import { memoryStore } from 'rxllm/durable';
import { fromWire, readRunId, resumeResponse, sse, type WireRequestOptions } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const store = memoryStore();
const provider$ = streamOf('Paris is the capital.', { everyMs: 5 }).pipe(tap({ subscribe: () => console.log('asked') }));

function handle(request: Request): Promise<Response> {
  console.log(request.headers.has('last-event-id') ? 'the rest' : 'the answer');
  return resumeResponse(store, `user-7:${readRunId(request)}`, request, { wire: sse(), source$: provider$ });
}

let cuts = 0;
async function send({ lastEventId }: WireRequestOptions): Promise<Response> {
  const headers = { 'x-run-id': 'run-1', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) };
  const response = await handle(new Request('http://localhost/api/answer', { method: 'POST', headers }));
  // The first connection breaks off after two chunks.
  let chunks = 0;
  const cut = new TransformStream({
    transform: (chunk, controller) =>
      cuts === 0 && ++chunks > 2 ? controller.error(new Error(`cut ${++cuts}`)) : controller.enqueue(chunk),
  });
  return new Response(response.body?.pipeThrough(cut), response);
}

console.log(await lastValueFrom(fromWire(send, { wire: sse() }).pipe(bufferToText())));

/* Prints:
the answer
asked
the rest
Paris is the capital.
*/
