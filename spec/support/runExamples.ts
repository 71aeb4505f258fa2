import { join } from 'node:path';

// Runs the examples one after the other in one process: each resolves after it has printed everything and stopped its servers. The mark separates
// their outputs.
const [mark, ...files] = process.argv.slice(2);
for (const file of files) {
  console.log(`${mark}${file}`);
  await import(join(process.cwd(), 'examples', file)).catch((error: unknown) => console.log('threw', error));
}
