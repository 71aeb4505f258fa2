import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';

const run = promisify(execFile);

/** Every example that says what it prints. */
const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, prints: /\/\* Prints:\n([\s\S]*?)\*\/\s*$/.exec(readFileSync(join('examples', file), 'utf8'))?.[1] }))
  .filter((example): example is { file: string; prints: string } => example.prints !== undefined);

function names(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

// Each run starts a process.
jest.setTimeout(60_000);

describe('the examples', () => {
  it('show every operator', () => {
    expect(names('examples/operators')).toEqual(names('src/operators'));
  });

  it('show every source, and how to hold one back', () => {
    expect(names('examples/sources')).toEqual(['createDemand', 'fromChatCompletions', 'fromMessages', 'fromResponses']);
  });

  it.each(examples)(
    '$file prints what it says',
    async ({ file, prints }) => {
      const { stdout } = await run(process.execPath, ['--import', 'tsx', join('examples', file)], { timeout: 50_000 });
      expect(stdout.trim()).toBe(prints.trim());
    },
    40_000,
  );
});
