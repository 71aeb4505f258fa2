import { checkStore } from '../../durable/checkStore.js';
import { checkStreamId } from '../../durable/streamId.js';
import type { StreamStore } from '../../durable/streamStore.js';
import { errorAnswer } from './errorAnswer.js';

/**
 * Answers a request to stop a stream of a store, wherever it is produced: the provider's request is aborted, and the stream ends with a `finish` of
 * reason `aborted` for all of its readers.
 *
 * The status is 204, also for a stream that has ended, 404 for one that is not there, and 502 if the store failed. The promise resolves when the
 * store has the request, which is before the stream ends.
 *
 * @param id The id under which the stream is produced.
 * @param reason For the log: the `rawReason` of that `finish`. @defaultValue none
 * @returns A promise that never rejects.
 * @throws TypeError at call time for a wrong type, RangeError for an empty `id` or one that is too long.
 * @example app.delete('/api/answer', (c) => cancelResponse(store, `${user.id}:${readRunId(c.req.raw)}`));
 */
export function cancelResponse(store: StreamStore, id: string, reason?: string): Promise<Response> {
  checkStore('cancelResponse', store);
  checkStreamId('cancelResponse', id);
  return store.cancel(id, reason).then(
    () => new Response(null, { status: 204 }),
    (error: unknown) => {
      const { body, ...head } = errorAnswer(error);
      return new Response(body, head);
    },
  );
}
