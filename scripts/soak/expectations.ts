import { type DeltaEvent, isStreamError, RetryExhaustedError } from 'rxllm';
import { answerOf, faultOf, kindOf } from './faults.js';

/** What must hold of one stream, whatever happens to it. */
export interface Expectations {
  /** The request that runs, or ran last, counted from 0. */
  readonly attempt: number;
  /** Whether a request was begun, and its answer is not whole yet. */
  readonly midway: boolean;
  /** What is not as it must be; empty if all is well. */
  readonly complaints: readonly string[];
  complain(complaint: string): void;
  /** A request begins. */
  begin(): void;
  take(event: DeltaEvent): void;
  complete(): void;
  /** @param aborted Whether the caller's signal was aborted. */
  error(error: unknown, aborted: boolean): void;
}

export function createExpectations(seed: number, stream: number, maxRetries: number): Expectations {
  const complaints: string[] = [];
  let attempt = -1;
  let text = '';
  let resets = 0;
  let last: DeltaEvent['type'] | undefined;

  const complain = (complaint: string): void => void complaints.push(`stream ${stream}: ${complaint}`);
  const fault = (): ReturnType<typeof faultOf> => faultOf(seed, { stream, attempt });

  /** A silence may also be the machine's. */
  function checkKind(kind: string, attempt: number): void {
    const fault = faultOf(seed, { stream, attempt });
    if (kind !== kindOf(fault) && kind !== 'timeout') complain(`${kind} where the fault is "${fault}"`);
  }

  return {
    complaints,
    complain,
    get attempt() {
      return attempt;
    },
    get midway() {
      // The final usage comes when the answer is whole.
      return attempt >= 0 && last !== 'usage' && last !== 'finish';
    },
    begin() {
      attempt++;
    },
    take(event) {
      if (last === 'finish') complain(`${event.type} after finish`);
      if (event.type === 'finish' && last !== 'usage') complain(`finish after ${last}`);
      last = event.type;
      if (event.type === 'text-delta') text += event.text;
      if (event.type !== 'reset') return;
      text = '';
      resets++;
      checkKind(event.error.kind, event.attempt - 2);
      if (event.attempt - 2 !== attempt) complain(`reset ${event.attempt} after request ${attempt + 1}`);
    },
    complete() {
      if (kindOf(fault()) !== undefined) complain(`success where the fault is "${fault()}"`);
      if (text !== answerOf(seed, stream).join('')) complain(`a wrong text: ${JSON.stringify(text)}`);
      if (last !== 'finish') complain(`complete after ${last}`);
    },
    error(error, aborted) {
      if (!isStreamError(error)) return complain(`${String(error)} is no StreamError`);
      if (error.partial === undefined) complain('an error without what was said');
      if (error.kind === 'aborted') return aborted ? undefined : complain('aborted by nobody');
      if (!(error instanceof RetryExhaustedError)) {
        return error.retryable ? complain('not repeated') : checkKind(error.kind, attempt);
      }
      if (resets !== maxRetries) complain(`gave up after ${resets} repeats`);
      error.errors.forEach((each, index) => checkKind(isStreamError(each) ? each.kind : String(each), index));
    },
  };
}
