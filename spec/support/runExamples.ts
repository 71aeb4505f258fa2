import { join } from 'node:path';

// All in one process, one after the other: each waits until it has printed everything and has stopped what it started. A mark tells them apart.
const [mark, ...files] = process.argv.slice(2);
for (const file of files) {
  console.log(`${mark}${file}`);
  await import(join(process.cwd(), 'examples', file)).catch((error: unknown) => console.log('threw', error));
}
