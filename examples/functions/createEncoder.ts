/** The frames of a stream over a connection of one's own, and the events that the other end reads of them. */
import { ignoreElements, lastValueFrom, Observable, tap } from 'rxjs';
import { bufferToText, type DeltaEvent } from 'rxllm';
import { createEncoder, sse } from 'rxllm/http';
import { streamOf } from 'rxllm/testing';

const wire = sse();
const sent: string[] = [];
const encoder = createEncoder(wire);
await lastValueFrom(
  streamOf('Paris').pipe(
    tap((event) => encoder.encode(event, (data) => sent.push(data))),
    ignoreElements(),
  ),
  { defaultValue: undefined },
);
console.log(sent[1]);

const received$ = new Observable<DeltaEvent>((subscriber) => {
  const decoder = wire.createDecoder();
  for (const data of sent) decoder.decode(data, '', (event) => subscriber.next(event));
  if (decoder.finished) subscriber.complete();
});
console.log(await lastValueFrom(received$.pipe(bufferToText())));

/* Prints:
{"type":"text-delta","text":"Paris","block":0,"choice":0,"phase":"answer"}
Paris
*/
