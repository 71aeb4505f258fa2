/**
 * Two deltas of an answer, then the body ends without its end: no finish reason, no `[DONE]`, no `message_stop`. A proxy that gives up does
 * that. Prints how each library ends: with a clean end of the body, and with a reset of the socket.
 */
import { outcomeOf, printTable } from './support/outcome.js';
import { startProvider } from './support/provider.js';
import { readers } from './support/readers.js';

const ends = ['end', 'reset'] as const;
const rows: string[][] = [['reader', 'clean end', 'socket reset']];

for (const [name, read] of Object.entries(readers)) {
  const row = [name];
  for (const end of ends) {
    const provider = await startProvider((answer) => {
      answer.text('The answer');
      answer.text(' is');
      answer[end]();
    });
    row.push(await outcomeOf(read(provider, () => undefined)));
    provider.stop();
  }
  rows.push(row);
}
printTable(rows);
