/** A handler that gives a Response. The provider's 401 is this server's 502, without the words of the provider. */
import { throwError } from 'rxjs';
import { HttpError } from 'rxllm';
import { sse, toResponse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const found = await toResponse(streamOf('Paris'), { wire: sse() });
console.log(found.status, (await found.text()).split('\n\n')[1]);

const error = new HttpError('Incorrect API key', { kind: 'authentication', status: 401 });
const failed = await toResponse(
  throwError(() => error),
  { wire: sse() },
);
console.log(failed.status, await failed.text());

/* Prints:
200 data: {"type":"text-delta","text":"Paris","block":0,"choice":0,"phase":"answer"}
502 {"name":"HttpError","kind":"authentication","message":"The provider did not accept the credentials of this server","retryable":false,"status":401}
*/
