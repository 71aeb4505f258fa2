import { fromEvent, lastValueFrom, takeUntil, timer } from 'rxjs';
import { HttpError, isStreamError } from '../../../errors.js';
import { releaseBody } from '../../http/bodies.js';
import { openEventStream } from '../../http/openEventStream.js';
import { createWholeEvents } from './wholeEvents.js';

/** How a response is read again. */
export interface Resuming {
  readonly maxResumes: number;
  readonly delayMs: number;
  readonly maxEventBytes: number;
  /** Aborts with the subscription. */
  readonly signal: AbortSignal;
  /** Reads the events of a response after one of them, or all. */
  reread(id: string, after: number | undefined): Promise<Response>;
  /** Called when the subscription ends before the response has ended. */
  abandon(id: string): void;
}

/** The body of a response that goes on where it was cut: whole events of as many bodies as it takes, each once. */
export function resumedBody(first: ReadableStream<Uint8Array>, resuming: Resuming): ReadableStream<Uint8Array> {
  const { maxResumes, maxEventBytes, signal } = resuming;
  const events = createWholeEvents(maxEventBytes);
  let reader = first.getReader();
  let resumes = 0;
  let over = false;

  function abandon(): void {
    releaseBody(reader);
    if (!over && events.id !== undefined && !events.hasEnded()) resuming.abandon(events.id);
  }

  /** The body after the last event that has passed; `undefined` if the provider does not give it. */
  async function reopen(): Promise<ReadableStream<Uint8Array> | undefined> {
    const after = events.sequence();
    const { id } = events;
    if (id === undefined || (after === undefined && !events.nothingPassed) || events.hasEnded()) return undefined;
    let delayMs: number | undefined = resuming.delayMs;
    while (delayMs !== undefined && resumes < maxResumes && !signal.aborted) {
      resumes++;
      await wait(delayMs, signal);
      try {
        return await openEventStream(await resuming.reread(id, after), signal);
      } catch (error) {
        delayMs = delayAfter(error, resuming.delayMs);
      }
    }
    return undefined;
  }

  /** Goes on after a cut, or ends as the body did. */
  async function resume(controller: ReadableStreamDefaultController<Uint8Array>, cut: Cut): Promise<void> {
    const whole = events.end();
    if (whole.length > 0) return controller.enqueue(whole);
    const next = signal.aborted ? undefined : await reopen();
    if (next && !signal.aborted) {
      events.restart();
      reader = next.getReader();
      return pull(controller);
    }
    releaseBody(next);
    over = true;
    if (cut.failed) throw cut.error;
    const rest = events.release();
    if (rest.length > 0) controller.enqueue(rest);
    controller.close();
  }

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const read = await reader.read().catch((error: unknown): Cut => ({ done: true, failed: true, error }));
      if (read.done) return resume(controller, 'failed' in read ? read : { done: true, failed: false });
      const whole = events.push(read.value);
      if (whole.length > 0) return controller.enqueue(whole);
    }
  }

  signal.addEventListener('abort', abandon, { once: true });
  return new ReadableStream({ pull, cancel: () => releaseBody(reader) }, { highWaterMark: 0 });
}

/** How a body ended before the response did. */
interface Cut {
  readonly done: true;
  readonly failed: boolean;
  readonly error?: unknown;
}

/**
 * The wait before another attempt, after one that failed; `undefined` if the provider does not have the response any more. A provider's
 * Retry-After is never undercut.
 *
 * @throws The error if the provider gave something else than events.
 */
function delayAfter(error: unknown, delayMs: number): number | undefined {
  if (error instanceof HttpError) return error.retryable ? Math.max(delayMs, error.retryAfterMs ?? 0) : undefined;
  if (isStreamError(error) && !error.retryable) throw error;
  return delayMs;
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await lastValueFrom(timer(ms).pipe(takeUntil(fromEvent(signal, 'abort'))), { defaultValue: 0 });
}
