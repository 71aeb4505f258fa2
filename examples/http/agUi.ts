/** A server for front ends that speak AG-UI: the body of a request is turns for the provider, and its answer keeps to the version of the client. */
import { lastValueFrom, toArray } from 'rxjs';
import { agUi, createEncoder, type RunInput, readRunInput } from 'rxllm/http';
import { chatMessages } from 'rxllm/openai';
import { streamOf } from 'rxllm/testing';

const body: RunInput = {
  threadId: 'thread-1',
  runId: 'run-1',
  protocolVersion: '1.0',
  messages: [{ id: 'user-1', role: 'user', content: 'What is the capital of France?' }],
};
console.log(JSON.stringify(chatMessages(readRunInput(body))));

const encoder = createEncoder(agUi({ input: body }));
const frames: string[] = [];
for (const event of await lastValueFrom(streamOf('Paris').pipe(toArray()))) encoder.encode(event, (data) => frames.push(data));
for (const frame of frames) console.log((JSON.parse(frame) as { readonly type: string }).type);

/* Prints:
[{"role":"user","content":"What is the capital of France?"}]
RUN_STARTED
TEXT_MESSAGE_START
TEXT_MESSAGE_CONTENT
TEXT_MESSAGE_END
RUN_FINISHED
*/
