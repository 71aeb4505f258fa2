import { type DeltaEvent, isStreamError, RetryExhaustedError, type StreamErrorKind } from 'rxllm';
import { answerOf, faultOf, kindOf } from './faults.js';
import type { Plan } from './plans.js';

/** What must hold of one stream, whatever happens to it. */
export interface Expectations {
  /** The request that was begun last, counted from 0. */
  readonly attempt: number;
  /** Whether a request was begun, and the stream's answer is not whole yet. */
  readonly midway: boolean;
  /** What is not as it must be; empty if all is well. */
  readonly complaints: readonly string[];
  complain(complaint: string): void;
  /** A request begins; gives its number. */
  begin(): number;
  take(event: DeltaEvent): void;
  complete(): void;
  /** @param aborted Whether the caller's signal was aborted. */
  error(error: unknown, aborted: boolean): void;
}

export function createExpectations(seed: number, stream: number, maxRetries: number, plan: Plan): Expectations {
  const complaints: string[] = [];
  const anyRequest = -1;
  const providers = plan.join ? 2 : 1;
  /** In a race nobody can tell from the stream which request says what. */
  const racing = plan.join === 'hedge';
  let attempt = -1;
  let text = '';
  let resets = 0;
  let last: DeltaEvent | undefined;

  const complain = (complaint: string): void => void complaints.push(`stream ${stream}: ${complaint}`);
  const kindAt = (attempt: number): StreamErrorKind | undefined => kindOf(faultOf(seed, { stream, attempt }));

  function checkKind(kind: string, attempt: number): void {
    // A silence may also be the machine's, or that of a line.
    if (kind === 'timeout' || (kind === 'circuit-open' && plan.breaks)) return;
    const attempts =
      racing || attempt === anyRequest ? Array.from({ length: providers * (maxRetries + 1) }, (_, index) => index) : [attempt];
    if (!attempts.some((each) => kindAt(each) === kind)) {
      complain(`${kind} where the fault of request ${attempt} is "${faultOf(seed, { stream, attempt })}"`);
    }
  }

  /** The errors of a stream that gave up: of each request, or of each provider, which may have given up too. */
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
      // The final usage comes when the answer is whole.
      return attempt >= 0 && last?.type !== 'usage' && last?.type !== 'finish';
    },
    begin() {
      return ++attempt;
    },
    take(event) {
      if (last?.type === 'finish') complain(`${event.type} after finish`);
      if (event.type === 'finish' && last?.type !== 'usage') complain(`finish after ${last?.type}`);
      last = event;
      if (event.type === 'text-delta') text += event.text;
      if (event.type !== 'reset') return;
      text = '';
      resets++;
      // The error of a provider that gave up is looked at when all have.
      if (event.error.kind !== 'retry-exhausted') checkKind(event.error.kind, event.attempt - 2);
      else if (event.cause !== 'fallback') complain(`a repeat after ${event.error.kind}`);
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
      if (!isStreamError(error)) return complain(`${String(error)} is no StreamError`);
      if (error.partial === undefined) complain('an error without what was said');
      if (error.kind === 'aborted') return aborted ? undefined : complain('aborted by nobody');
      if (!(error instanceof RetryExhaustedError)) {
        return error.retryable ? complain(`${error.kind} is not repeated`) : checkKind(error.kind, attempt);
      }
      checkErrors(error);
      if (!racing && resets !== attempt) complain(`gave up after ${resets} resets and ${attempt + 1} requests`);
      if (!plan.join && resets !== maxRetries) complain(`gave up after ${resets} repeats`);
    },
  };
}
