/** The run that a request means, in the ways of three clients. A client chooses it: the account of the user goes in front of it. */
import { readRunId } from 'rxllm/http';

const user = { id: 'user-7' };
const requests = [
  new Request('http://localhost/api/answer', { method: 'POST', headers: { 'x-run-id': 'run-1' } }),
  new Request('http://localhost/api/answer?offset=-1&runId=run-1'),
  new Request('http://localhost/api/chat/run-1/stream'),
];
for (const request of requests) console.log(`${user.id}:${readRunId(request)}`);

/* Prints:
user-7:run-1
user-7:run-1
user-7:run-1
*/
