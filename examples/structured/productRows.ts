/** Renders a product list row by row from a TOON table while the answer is still arriving. */
import { connect, ignoreElements, merge, tap } from 'rxjs';
import { textDeltas } from 'rxllm';
import { toonRows } from 'rxllm/toon';
import { localAnswer } from '../localAnswer.js';

interface Product {
  readonly name: string;
  readonly price: number;
  readonly stock: number;
}

const { events$, stop } = await localAnswer('Give me three products as TOON.', { latencyMs: 2 });

// One request with two subscribers: the text counts the characters so far, the rows are rendered.
let characters = 0;
const rows$ = events$.pipe(
  connect((shared$) =>
    merge(
      shared$.pipe(
        textDeltas(),
        tap((text) => {
          characters += text.length;
        }),
        ignoreElements(),
      ),
      shared$.pipe(toonRows<Product>({ path: 'products', lenient: true })),
    ),
  ),
);

let total = 0;
await rows$.forEach(({ index, expected, row: { name, price, stock } }) => {
  total += price * stock;
  console.log(`${index + 1}/${expected}  ${name.padEnd(12)}${price.toFixed(2).padStart(8)}   after ${characters} characters`);
});
console.log(`in stock: ${total.toFixed(2)}, after ${characters} characters`);
await stop();

/* Prints:
1/3  USB Cable       9.50   after 85 characters
2/3  Dock, small    79.00   after 105 characters
3/3  Laptop Pro   1999.00   after 125 characters
in stock: 18931.00, after 129 characters
*/
