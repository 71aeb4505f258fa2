/** Emits immutable states of the answer, for a view to bind to; an error is a state too. */
import { concat, map, take, throwError } from 'rxjs';
import { ConnectionError, toMessageState } from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const { events$, stop } = await localAnswer('What is the capital of France?');

const broken$ = concat(
  events$.pipe(take(4)),
  throwError(() => new ConnectionError()),
);
const states$ = broken$.pipe(
  toMessageState(),
  map(({ status, text, error }) => ({ status, text, error: error?.message })),
);
await states$.forEach((state) => console.log(state));
await stop();

/* Prints:
{ status: 'pending', text: '', error: undefined }
{ status: 'streaming', text: '', error: undefined }
{ status: 'streaming', text: 'Paris', error: undefined }
{ status: 'streaming', text: 'Paris is t', error: undefined }
{ status: 'streaming', text: 'Paris is the ca', error: undefined }
{
  status: 'error',
  text: 'Paris is the ca',
  error: 'The connection failed'
}
*/
