/** In the page: the same Observable of events as on the server. Here the server is a function. */
import { lastValueFrom } from 'rxjs';
import { bufferToText } from 'rxllm';
import { fromWire, sse, toResponse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const server = (): Promise<Response> => toResponse(streamOf('Paris is the capital.'), { wire: sse() });

const events$ = fromWire(server, { wire: sse() });
console.log(await lastValueFrom(events$.pipe(bufferToText())));

/* Prints:
Paris is the capital.
*/
