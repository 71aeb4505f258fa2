import { Observable } from 'rxjs';
import { EmptyStreamError, fillPartial, ProtocolError, TruncatedError } from '../errors.js';
import type { DeltaEvent } from '../events.js';
import { abortOf, attachSignal, checkSignal } from '../kernel/callerAbort.js';
import { checkOptions } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { createPartWriter } from './partWriter.js';
import { type AiSdkStream, createPartReader, pullParts } from './readParts.js';
import { streamErrorOf } from './sdkError.js';

/** Asks for a stream of the AI SDK: give the signal on as its `abortSignal`. */
export type AiSdkRequest = (options: { readonly signal: AbortSignal }) => AiSdkStream | Promise<AiSdkStream>;

/** Options of {@link fromAiSdk}. */
export interface FromAiSdkOptions {
  /** Aborts the request of each subscription, which then errors with StreamAbortedError. @defaultValue none */
  readonly signal?: AbortSignal;
  /** The `provider` of the events, which prices need. @defaultValue 'ai-sdk' */
  readonly provider?: string;
  /** The `model` of `start`, which comes before the provider has named it. @defaultValue `undefined` */
  readonly model?: string;
}

/**
 * Streams an answer of the AI SDK, version 6 or 7, with any of its providers.
 *
 *     parts    s--t--t--c--r--e--f      s: start-step, t: text-delta, c: tool-call, r: tool-result, e: finish-step, f: finish
 *     result   s--t--t--c--r--u--(f|)   u: usage
 *
 * With a function it is cold: each subscription asks anew, so that `retryStream` and the other operators that repeat work. A stream that is
 * given has begun already, and can be read once. Rounds of tools that the SDK runs are steps. A stream that was cut is an error, which the SDK
 * itself reports as an ordinary end. Set `maxRetries: 0`, else the SDK repeats requests that no event shows.
 *
 * @param stream A function that calls `streamText` and returns `result.stream` (7) or `result.fullStream` (6), or such a stream.
 * @throws TypeError at call time for a stream that cannot be read, and for bad options.
 * @emitsError A {@link StreamError}: {@link HttpError} for an error status, {@link ProviderError} for an error in the stream, {@link
 * TruncatedError} for a stream that was cut, {@link StreamAbortedError} for one that was aborted, {@link ProtocolError} for a second
 * subscription to a stream that was given.
 * @unsubscribe Aborts the signal that the function has got, and cancels the stream.
 * @reset Emits none: one subscription is one call.
 * @cost One promise for each part, which is what the SDK gives. Holds the message so far, for `error.partial`.
 * @example fromAiSdk(({ signal }) => streamText({ model, prompt, maxRetries: 0, abortSignal: signal }).stream)
 */
export function fromAiSdk(stream: AiSdkStream | AiSdkRequest, options: FromAiSdkOptions = {}): Observable<DeltaEvent> {
  checkOptions('fromAiSdk', options, ['signal', 'provider', 'model']);
  const { signal, provider = 'ai-sdk', model } = options;
  checkSignal('signal', signal);
  const ask = toRequest(stream);
  const events$ = new Observable<DeltaEvent>((subscriber) => {
    const controller = new AbortController();
    const fold = createMessageFold();
    const { state, write } = createPartWriter(provider, model, (event) => {
      fold.push(event);
      if (!subscriber.closed) subscriber.next(event);
    });
    const fail = (error: unknown): void => subscriber.error(fillPartial(streamErrorOf(error), fold.partial));
    if (signal) subscriber.add(abortOf(signal).subscribe({ error: fail }));
    if (subscriber.closed) return;
    let stop = (): void => undefined;
    subscriber.add(() => {
      controller.abort();
      stop();
    });
    const read = (given: AiSdkStream): void => {
      const reader = createPartReader(given);
      stop = () => void reader.stop()?.catch(() => undefined);
      if (subscriber.closed) return stop();
      pullParts(reader, subscriber, {
        part(part) {
          write(part);
          if (state.finished) subscriber.complete();
        },
        end: () => fail(state.started ? new TruncatedError() : new EmptyStreamError()),
        fail,
      });
    };
    // A function may throw at once.
    new Promise<AiSdkStream>((resolve) => resolve(ask({ signal: controller.signal }))).then(read).catch(fail);
  });
  return attachSignal(events$, signal);
}

function toRequest(stream: AiSdkStream | AiSdkRequest): AiSdkRequest {
  if (typeof stream === 'function') return stream;
  const given = Object(stream) as object;
  if (!('getReader' in given) && !(Symbol.asyncIterator in given)) {
    throw new TypeError('fromAiSdk: stream must be a function, or a stream such as `result.stream`');
  }
  let isRead = false;
  return () => {
    if (isRead) throw new ProtocolError('A stream of the AI SDK can be read once: give a function that asks for it');
    isRead = true;
    return stream;
  };
}
