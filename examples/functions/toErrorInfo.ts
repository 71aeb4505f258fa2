/** An error as plain JSON, with the message so far: to store it, or to send it to another process. */
import { catchError, lastValueFrom, of } from 'rxjs';
import { bufferToText, ConnectionError, toErrorInfo } from 'rxllm';
import { streamOf } from 'rxllm/testing';

const answer$ = streamOf('Paris is the', { error: new ConnectionError('The connection failed') });
const stored$ = answer$.pipe(
  bufferToText(),
  catchError((error: unknown) => of(JSON.stringify(toErrorInfo(error)))),
);
console.log(await lastValueFrom(stored$));

/* Prints:
{"name":"ConnectionError","kind":"connection","message":"The connection failed","retryable":true,"partial":{"id":"id-1","model":"model-1","provider":"test","text":"Paris is the","reasoning":"","refusal":"","toolCalls":[],"citations":[],"parts":[{"type":"text","text":"Paris is the","phase":"answer","step":0}]}}
*/
