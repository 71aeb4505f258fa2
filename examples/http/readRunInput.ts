/** A front end sends back what it has: the answer to an interrupt is a decision on the call, and native forms go back to their provider. */
import { type RunInput, readRunInput } from 'rxllm/http';

const body: RunInput = {
  threadId: 'thread-1',
  runId: 'run-2',
  protocolVersion: '1.0',
  messages: [
    { id: 'user-1', role: 'user', content: 'Pay the bill.' },
    { id: 'run-1-0', role: 'assistant', toolCalls: [{ id: 'call-1', function: { name: 'pay', arguments: '{"sum":12}' } }] },
  ],
  resume: [{ interruptId: 'call-1', status: 'resolved', payload: { approved: true } }],
};
for (const { role, parts } of readRunInput(body)) console.log(role, JSON.stringify(parts));

try {
  readRunInput({ ...body, messages: [{ id: 'user-1', role: 'user' }] });
} catch (error) {
  if (error instanceof TypeError) console.log(400, error.message);
}

/* Prints:
user [{"type":"text","text":"Pay the bill."}]
assistant [{"type":"tool-call","callId":"call-1","name":"pay","argumentsText":"{\"sum\":12}","input":{"sum":12},"executor":"client","format":"json","ended":true},{"type":"approval","callId":"call-1","approved":true}]
400 readRunInput: body.messages[0].content must be text or a list
*/
