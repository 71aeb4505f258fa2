/** Emits each line of an answer when it is complete. */
import { splitLines } from 'rxllm';
import { streamOf } from 'rxllm/testing';

await streamOf('Paris is old\nand big.\n\nIt has a river.')
  .pipe(splitLines())
  .forEach((line) => console.log(JSON.stringify(line)));

/* Prints:
"Paris is old"
"and big."
""
"It has a river."
*/
