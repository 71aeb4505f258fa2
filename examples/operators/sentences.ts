/** Emits each sentence of an answer when it is complete, for a voice that reads it aloud. */
import { sentences } from 'rxllm';
import { streamOf } from 'rxllm/testing';

const answer = 'Dr. Lee paid 3.50 dollars, e.g. for tea. Then she left. Why? Nobody knows.';

await streamOf(answer)
  .pipe(sentences({ locale: 'en', minChars: 10 }))
  .forEach((sentence) => console.log(JSON.stringify(sentence)));

/* Prints:
"Dr. Lee paid 3.50 dollars, e.g. for tea. "
"Then she left. "
"Why? Nobody knows."
*/
