/** The plain JSON of an error back to an error of the same class, with its fields. */
import { fromErrorInfo, isStreamError, StreamTimeoutError, toErrorInfo } from 'rxllm';

const stored = JSON.stringify(toErrorInfo(new StreamTimeoutError('first', 5_000)));
const error = fromErrorInfo(JSON.parse(stored));
console.log(String(error));
console.log(error instanceof StreamTimeoutError && error.phase, error.retryable, isStreamError(error, 'timeout'));

/* Prints:
StreamTimeoutError: Nothing arrived within 5000 ms
first true true
*/
