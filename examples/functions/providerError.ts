/** What an error of any provider means, whatever its shape: whether a repeat may cure it, and what it says. */
import { providerError } from 'rxllm/http';

const bodies = [
  { error: { type: 'overloaded_error', message: 'Overloaded' } },
  { code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' },
  { __type: 'ThrottlingException', message: 'Too many tokens' },
  { detail: 'The key sk-proj-abcdefghijklmnopqrstuvwx is not known here' },
];

for (const body of bodies) {
  const { kind, retryable, message } = providerError(body);
  console.log(`${kind}, ${retryable ? 'retryable' : 'not retryable'}: ${message}`);
}

/* Prints:
overloaded, retryable: Overloaded
invalid-request, not retryable: Input data may contain inappropriate content.
rate-limit, retryable: Too many tokens
server, retryable: The key … is not known here
*/
