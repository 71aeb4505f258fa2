import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { localProvider } from '../examples/localProvider.js';

const run = promisify(execFile);
jest.setTimeout(60_000);

/** The TypeScript of a section, up to a number of its code blocks. */
function snippets(section: string, count: number): string {
  const [, text = ''] = readFileSync('README.md', 'utf8').split(`## ${section}\n`);
  const blocks = [...(text.split('\n## ')[0] ?? '').matchAll(/```ts\n([\s\S]*?)```/g)];
  return blocks
    .slice(0, count)
    .map(([, code]) => code)
    .join('\n');
}

describe('the first snippets of the README', () => {
  const file = `examples/readme.${process.pid}.ts`;

  afterEach(() => rmSync(file, { force: true }));

  it.each([
    ['the first one prints the answer', 1, 1],
    ['the second one prints it and its value, too', 2, 3],
  ])('run as they are: %s', async (_, count, times) => {
    const { openai, stop } = await localProvider();
    writeFileSync(file, snippets('Install', count));
    const env = { ...process.env, OPENAI_API_KEY: 'none', OPENAI_BASE_URL: openai };
    try {
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file], { env, timeout: 50_000 });
      expect({ stderr, times: stdout.match(/I am the local stand-in for a model/g)?.length }).toEqual({ stderr: '', times });
    } finally {
      await stop();
    }
  });
});
