import type { Subscriber } from 'rxjs';
import { ProtocolError } from '../errors.js';

/** What the AI SDK gives as a stream: `result.stream` (7) or `result.fullStream` (6), or any other iterable of its parts. */
export type AiSdkStream = AsyncIterable<AiSdkPart> | ReadableStream<AiSdkPart>;

/** A part of such a stream, of any type. */
export interface AiSdkPart {
  readonly type: string;
}

interface PartReader {
  next(): Promise<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  /** Stops the stream. The promise is not awaited. */
  stop(): Promise<unknown> | undefined;
}

/** @throws ProtocolError if it cannot be read. */
export function createPartReader(stream: unknown): PartReader {
  const given = Object(stream) as Partial<ReadableStream<unknown> & AsyncIterable<unknown>>;
  if (typeof given.getReader === 'function') {
    const reader = given.getReader();
    return { next: () => reader.read(), stop: () => reader.cancel() };
  }
  const iterator = given[Symbol.asyncIterator]?.();
  if (!iterator) throw new ProtocolError('The function must give a stream of the AI SDK, for instance `result.stream`');
  return { next: () => iterator.next(), stop: () => iterator.return?.() };
}

/** Reads one part after the other, until the subscriber is closed or the stream ends. */
export function pullParts(
  reader: PartReader,
  subscriber: Pick<Subscriber<unknown>, 'closed'>,
  handlers: { readonly part: (part: unknown) => void; readonly end: () => void; readonly fail: (error: unknown) => void },
): void {
  const readNext = (): void => {
    reader
      .next()
      .then(({ done, value }) => {
        if (subscriber.closed) return;
        if (done) return handlers.end();
        handlers.part(value);
        if (!subscriber.closed) readNext();
      })
      .catch(handlers.fail);
  };
  readNext();
}
