/** Answers that go on when a connection breaks: the page asks for what follows its last frame, and gets that. One route answers, resumes and stops. */
import { lastValueFrom, tap } from 'rxjs';
import { bufferToText, toMessage } from 'rxllm';
import { memoryStore } from 'rxllm/durable';
import { cancelResponse, fromWire, readRunId, resumeResponse, sse } from 'rxllm/http';
import { cutAfter, fakeProvider, streamOf } from 'rxllm/testing';

const store = memoryStore();
const provider = fakeProvider([
  streamOf('Paris is the capital of France.', { everyMs: 20 }),
  streamOf('It goes on and on and on and on.', { everyMs: 20 }),
]);

/** A route, for instance of Hono: `app.all('/api/answer', (context) => answer(context.req.raw, user))`. */
function answer(request: Request, user: string): Promise<Response> {
  // The client chooses the run, so the account is in front of it.
  const id = `${user}:${readRunId(request)}`;
  if (request.method === 'DELETE') return cancelResponse(store, id);
  return resumeResponse(store, id, request, { wire: sse(), source$: provider });
}

/** The page: the first connection breaks after 300 bytes. */
const send = (input: string | URL | Request, init?: RequestInit) => answer(new Request(input, init), 'user-1');
const ask = (run: string) =>
  fromWire(
    ({ signal, lastEventId }) => {
      console.log(run, lastEventId === undefined ? 'asks' : 'asks for what follows a frame');
      const headers = { 'x-run-id': run, ...(lastEventId && { 'last-event-id': lastEventId }) };
      const fetch = lastEventId === undefined ? cutAfter(300)(send) : send;
      return fetch('http://localhost/api/answer', { method: 'POST', headers, signal });
    },
    { wire: sse() },
  );

console.log(await lastValueFrom(ask('run-1').pipe(bufferToText())));
console.log(provider.requests.length, 'request to the provider');

const stop = () => send('http://localhost/api/answer', { method: 'DELETE', headers: { 'x-run-id': 'run-2' } });
const stopped$ = ask('run-2').pipe(
  tap((event) => event.type === 'text-delta' && event.text === 'on ' && void stop()),
  toMessage(),
);
const { text, finishReason } = await lastValueFrom(stopped$);
console.log(finishReason, text.startsWith('It goes on'), provider.requests[1]?.end);

/* Prints:
run-1 asks
run-1 asks for what follows a frame
Paris is the capital of France.
1 request to the provider
run-2 asks
run-2 asks for what follows a frame
aborted true unsubscribed
*/
