import { accumulateText, ConnectionError, retryStream } from 'rxllm';
import { fakeProvider, streamOf } from 'rxllm/testing';

const provider = fakeProvider([
  streamOf('Paris is ', { error: new ConnectionError() }), // the first request breaks off,
  'Paris is the capital of France.', // the second one answers
]);

await provider.pipe(retryStream({ initialDelayMs: 100 }), accumulateText()).forEach((text) => console.log(JSON.stringify(text)));
console.log(provider.requests.length, 'requests');

/* Prints:
"Paris "
"Paris is "
""
"Paris "
"Paris is "
"Paris is the "
"Paris is the capital "
"Paris is the capital of "
"Paris is the capital of France."
2 requests
*/
