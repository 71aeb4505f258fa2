/** Events that crossed a wire, here as lines of JSON: what is no event is dropped, and the rest has its type again. */
import { filter, from, lastValueFrom, map } from 'rxjs';
import { bufferToText, isDeltaEvent } from 'rxllm';

const lines = [
  '{"type":"hello","version":2}',
  '{"type":"start","id":"msg_1","model":"m-1","provider":"anthropic"}',
  '{"type":"text-delta","text":"Paris","block":0,"choice":0,"phase":"answer"}',
  '{"type":"text-delta","text":", of course","block":0,"choice":0,"phase":"answer"}',
];

const events$ = from(lines).pipe(
  map((line): unknown => JSON.parse(line)),
  filter(isDeltaEvent),
);
console.log(await lastValueFrom(events$.pipe(bufferToText())));

/* Prints:
Paris, of course
*/
