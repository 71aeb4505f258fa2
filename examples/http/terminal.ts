/** A terminal as the client of a server: it writes the text as it arrives, and Ctrl-C aborts the request. */
import { finalize, fromEvent, lastValueFrom, takeUntil, tap } from 'rxjs';
import { textDeltas } from 'rxllm';
import { fromWire, sse, toResponse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

// A URL in its place: fromWire('http://127.0.0.1:3000/api/answer', …)
const server = (): Promise<Response> => toResponse(streamOf('Paris is the capital of France.'), { wire: sse() });

const text$ = fromWire(server, { wire: sse() }).pipe(
  textDeltas(),
  tap((text) => process.stdout.write(text)),
  takeUntil(fromEvent(process, 'SIGINT')),
  finalize(() => process.stdout.write('\n')),
);
await lastValueFrom(text$, { defaultValue: '' });

/* Prints:
Paris is the capital of France.
*/
