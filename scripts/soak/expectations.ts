import { type DeltaEvent, isStreamError, RetryExhaustedError, type StreamErrorKind } from 'rxllm';
import { answerOf, faultOf, kindOf } from './faults.js';
import type { Plan } from './plans.js';

/** Checks one stream against the rules that hold for every fault. */
export interface Expectations {
  /** The request that was started last, counted from 0. */
  readonly attempt: number;
  /** Whether a request was started, and the answer is not whole yet. */
  readonly midway: boolean;
  /** The broken rules; empty if there are none. */
  readonly complaints: readonly string[];
  complain(complaint: string): void;
  /** Starts a request, and returns its number. */
  startRequest(): number;
  next(event: DeltaEvent): void;
  complete(): void;
  /** @param aborted Whether the caller's signal was aborted. */
  error(error: unknown, aborted: boolean): void;
}

export function createExpectations(seed: number, stream: number, maxRetries: number, plan: Plan): Expectations {
  const complaints: string[] = [];
  const anyRequest = -1;
  const providers = plan.join ? 2 : 1;
  /** In a race the stream does not show which request an event belongs to. */
  const racing = plan.join === 'hedge';
  let attempt = -1;
  let text = '';
  let resets = 0;
  let last: DeltaEvent | undefined;

  const complain = (complaint: string): void => void complaints.push(`stream ${stream}: ${complaint}`);
  const kindAt = (attempt: number): StreamErrorKind | undefined => kindOf(faultOf(seed, { stream, attempt }));

  function checkKind(kind: string, attempt: number): void {
    // A silence may also come from a busy machine, or from a queue.
    if (kind === 'timeout' || (kind === 'circuit-open' && plan.breaks)) return;
    const attempts =
      racing || attempt === anyRequest ? Array.from({ length: providers * (maxRetries + 1) }, (_, index) => index) : [attempt];
    if (!attempts.some((each) => kindAt(each) === kind)) {
      complain(`${kind} where the fault of request ${attempt} is "${faultOf(seed, { stream, attempt })}"`);
    }
  }

  /** Checks the errors of an exhausted stream: of each request, or of each provider, which may be exhausted too. */
  function checkErrors({ errors }: RetryExhaustedError): void {
    for (const [index, error] of errors.entries()) {
      if (error instanceof RetryExhaustedError) checkErrors(error);
      else checkKind(isStreamError(error) ? error.kind : String(error), plan.join ? anyRequest : index);
    }
  }

  return {
    complaints,
    complain,
    get attempt() {
      return attempt;
    },
    get midway() {
      // The final usage is emitted when the answer is whole.
      return attempt >= 0 && last?.type !== 'usage' && last?.type !== 'finish';
    },
    startRequest() {
      return ++attempt;
    },
    next(event) {
      if (last?.type === 'finish') complain(`${event.type} after finish`);
      if (event.type === 'finish' && last?.type !== 'usage') complain(`finish after ${last?.type}`);
      last = event;
      if (event.type === 'text-delta') text += event.text;
      if (event.type !== 'reset') return;
      text = '';
      resets++;
      // The errors of an exhausted provider are checked at the end of the stream.
      if (event.error.kind !== 'retry-exhausted') checkKind(event.error.kind, event.attempt - 2);
      else if (event.cause !== 'fallback') complain(`a retry after ${event.error.kind}`);
      if (!racing && event.attempt - 2 !== attempt) complain(`reset ${event.attempt} after request ${attempt + 1}`);
    },
    complete() {
      if (last?.type !== 'finish') return complain(`complete after ${last?.type}`);
      const whole = answerOf(seed, stream).join('');
      if (last.reason === 'budget') {
        const { maxChars = 0 } = plan;
        if (text !== whole.slice(0, maxChars)) complain(`a wrong text within ${maxChars}: ${JSON.stringify(text)}`);
        return;
      }
      if (text !== whole) complain(`a wrong text: ${JSON.stringify(text)}`);
      if (!racing && kindAt(attempt) !== undefined)
        complain(`success where the fault is "${faultOf(seed, { stream, attempt })}"`);
    },
    error(error, aborted) {
      if (!isStreamError(error)) return complain(`${String(error)} is not a StreamError`);
      if (error.partial === undefined) complain('an error without its partial');
      if (error.kind === 'aborted') return aborted ? undefined : complain('aborted without an abort');
      if (!(error instanceof RetryExhaustedError)) {
        return error.retryable ? complain(`${error.kind} was not retried`) : checkKind(error.kind, attempt);
      }
      checkErrors(error);
      if (!racing && resets !== attempt) complain(`gave up after ${resets} resets and ${attempt + 1} requests`);
      if (!plan.join && resets !== maxRetries) complain(`gave up after ${resets} retries`);
    },
  };
}
