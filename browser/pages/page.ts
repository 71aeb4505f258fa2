import { type ReadingState, readStream } from './reading.js';

/** What a spec drives in the page. */
export interface PageReader {
  read(url: string): void;
  readInWorker(url: string): void;
  stop(): void;
  readonly states: readonly ReadingState[];
}

const states: ReadingState[] = [];
let stop = (): void => undefined;

const reader: PageReader = {
  states,
  read(url) {
    const subscription = readStream(url, (state) => void states.push(state));
    stop = () => subscription.unsubscribe();
  },
  readInWorker(url) {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<ReadingState>) => void states.push(data));
    worker.postMessage(url);
    stop = () => worker.postMessage(undefined);
  },
  stop: () => stop(),
};

Object.assign(globalThis, { reader });
