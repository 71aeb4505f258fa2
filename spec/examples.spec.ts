import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';

const run = promisify(execFile);

/** Every example that lists what it prints. */
const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
  .map((file) => ({ file, prints: /\/\* Prints:\n([\s\S]*?)\*\/\s*$/.exec(readFileSync(join('examples', file), 'utf8'))?.[1] }))
  .filter((example): example is { file: string; prints: string } => example.prints !== undefined);

/** Separates the outputs of the examples. */
const mark = '=====';

jest.setTimeout(250_000);

describe('an example', () => {
  const printed = new Map<string, string>();

  beforeAll(async () => {
    const runner = ['--import', 'tsx', 'spec/support/runExamples.ts', mark, ...examples.map(({ file }) => file)];
    const { stdout } = await run(process.execPath, runner, { timeout: 240_000 });
    for (const output of stdout.split(mark)) {
      const [file = '', ...lines] = output.split('\n');
      printed.set(file, lines.join('\n').trim());
    }
  });

  it.each(examples)('$file prints what it lists', ({ file, prints }) => {
    expect(printed.get(file)).toBe(prints.trim());
  });
});
