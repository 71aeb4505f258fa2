import { it } from 'node:test';
import { bufferToText, ConnectionError, retryStream } from 'rxllm';
import { fakeProvider, marbles } from 'rxllm/testing';

it(
  'sends the request again after a second',
  marbles(({ expectObservable }) => {
    const provider = fakeProvider([new ConnectionError(), 'Hello']);
    const text$ = provider.pipe(retryStream({ initialDelayMs: 1_000, jitter: 0 }), bufferToText());
    expectObservable(text$).toBe('1s (x|)', { x: 'Hello' });
  }),
);
