/** A call that a person must approve: the run pauses, its turns are stored, and another process goes on with the decision. */
import { lastValueFrom } from 'rxjs';
import { messageTurns, resumeTools, runTools, type Turn, toMessage } from 'rxllm';
import { fakeProvider, fakeTools, finish, start, toolCallEnd, toolCallStart } from 'rxllm/testing';

const calling = [
  start(),
  toolCallStart('call-1', 'delete_file'),
  toolCallEnd('call-1', 'delete_file', '{"path":"a.txt"}'),
  finish('tool-calls'),
];
const model = fakeProvider([calling, 'It is deleted.']);
const { tools } = fakeTools({ delete_file: ['deleted'] });
const turns: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'Delete a.txt' }] }];

// Not decided here: the run pauses.
const first = await lastValueFrom(runTools(() => model, { turns, tools, approve: () => undefined }).pipe(toMessage()));
console.log(first.finishReason);
const stored = JSON.stringify([...turns, ...messageTurns(first)]);

// Later, elsewhere.
const resumed = resumeTools(JSON.parse(stored), { 'call-1': true });
const second = await lastValueFrom(runTools(() => model, { turns: resumed, tools }).pipe(toMessage()));
console.log(second.text);

/* Prints:
paused
It is deleted.
*/
