import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { localProvider } from '../examples/localProvider.js';
import { decisionTree } from '../scripts/docs/decisionTree.js';

const run = promisify(execFile);
jest.setTimeout(60_000);

/** The first TypeScript of the README. */
function firstSnippet(): string {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  return code;
}

describe('the first snippet of the README', () => {
  const file = `examples/readme.${process.pid}.ts`;

  afterEach(() => rmSync(file, { force: true }));

  it('runs as it is, and prints the answer', async () => {
    const { openai, stop } = await localProvider();
    writeFileSync(file, firstSnippet());
    const env = { ...process.env, OPENAI_API_KEY: 'none', OPENAI_BASE_URL: openai };
    try {
      const { stdout, stderr } = await run(process.execPath, ['--import', 'tsx', file], { env, timeout: 50_000 });
      expect({ stderr, times: stdout.match(/I am the local stand-in for a model/g)?.length }).toEqual({ stderr: '', times: 1 });
    } finally {
      await stop();
    }
  });
});

describe('the README', () => {
  it('has at most 200 lines', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(201);
  });

  it('has the groups of the decision tree, in its order', () => {
    const groups = [...readFileSync('README.md', 'utf8').matchAll(/^\| \*\*(.+)\*\*: (.+?) \|/gm)];
    expect(groups.map(([, name, about]) => [name, about])).toEqual(decisionTree.map(({ name, about }) => [name, about]));
  });
});
