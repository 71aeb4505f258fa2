import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as toonFunctions from '../src/toon/index.js';

const run = promisify(execFile);

/** Every example that lists what it prints. */
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

/** Separates the outputs of the examples. */
const mark = '=====';

jest.setTimeout(250_000);

describe('the examples', () => {
  it('include every operator', () => {
    // The presets are no operator: examples/guide/presets.ts shows them.
    expect(names('examples/operators')).toEqual(names('src/operators').filter((name) => name !== 'presets'));
  });

  it('include every source, and handles', () => {
    expect(names('examples/sources')).toEqual(['fromChatCompletions', 'fromMessages', 'fromResponses']);
    expect(names('examples/handles')).toEqual(['createBreaker', 'createDemand']);
  });

  it('include every function of rxllm/toon', () => {
    expect(names('examples/toon')).toEqual(Object.keys(toonFunctions).sort());
  });

  describe('run', () => {
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
});
