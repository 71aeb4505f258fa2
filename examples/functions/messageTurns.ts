/** A message of a tool loop as the turns of a conversation: plain data, for any provider. */
import { lastValueFrom, of } from 'rxjs';
import { messageTurns, toMessage } from 'rxllm';
import { finish, start, step, text, toolCallEnd, toolCallStart, toolResult } from 'rxllm/testing';

const rounds$ = of(
  start(),
  toolCallStart('call-1', 'get_weather'),
  toolCallEnd('call-1', 'get_weather', '{"city":"Paris"}'),
  toolResult('call-1', 'get_weather', { celsius: 21 }),
  step(1),
  text('21 degrees.', { block: 1 }),
  finish(),
);
const turns = messageTurns(await lastValueFrom(rounds$.pipe(toMessage())));
for (const { role, parts } of turns) console.log(role, parts.map(({ type }) => type).join(' '));

/* Prints:
assistant tool-call
tool tool-result
assistant text
*/
