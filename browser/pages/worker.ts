import type { Subscription } from 'rxjs';
import { readStream } from './reading.js';

let subscription: Subscription | undefined;

addEventListener('message', ({ data: url }: MessageEvent<string | undefined>) => {
  subscription?.unsubscribe();
  if (url !== undefined) subscription = readStream(new URL(url, location.origin).href, (state) => postMessage(state));
});
