/** Writes data for a prompt as TOON: a table takes fewer tokens than the same data as JSON. */
import { toonPrompt } from 'rxllm/toon';

const products = [
  { id: 1, name: 'USB Cable', price: 9.5 },
  { id: 2, name: 'Laptop Pro', price: 1999 },
];
console.log(toonPrompt(products).text);

try {
  toonPrompt({ price: () => 9.5 });
} catch (error) {
  if (error instanceof TypeError) console.log(error.message);
}

/* Prints:
```toon
[2]{id,name,price}:
  1,USB Cable,9.5
  2,Laptop Pro,1999
```
toonPrompt: cannot encode a function at $.price
*/
