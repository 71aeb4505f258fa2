import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, jest } from '@jest/globals';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'rxllm-loaded-'));
symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Node calls it for every ES module, and for every CommonJS module that an ES module imports. */
const hooks = write(
  'hooks.mjs',
  `import { appendFileSync } from 'node:fs';
  let log;
  export const initialize = (data) => void (log = data);
  export function load(url, context, next) {
    appendFileSync(log, url + '\\n');
    return next(url, context);
  }`,
);

/** The packages that Node loads when it imports a file. Those that only CommonJS modules require are found in the module cache. */
async function packagesOf(file: string): Promise<string[]> {
  const log = write(`${Math.floor(performance.now() * 1e6)}.log`, '');
  const script = `import module from 'node:module';
    module.register(${JSON.stringify(pathToFileURL(hooks))}, { data: ${JSON.stringify(log)} });
    await import(${JSON.stringify(pathToFileURL(file))});
    console.log(Object.keys(module._cache).join('\\n'));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { timeout: 50_000 });
  const files = `${readFileSync(log, 'utf8')}\n${stdout}`.split('\n');
  const packages = files.map((loaded) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(loaded)?.[1] ?? '');
  return [...new Set(packages)].filter((name) => name !== '').sort();
}

/** An entry point as its consumers load it, but with all packages external. */
async function build(source: string, format: 'esm' | 'cjs'): Promise<string> {
  const file = join(folder, `${source.replaceAll('/', '-')}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const options = ['--bundle', '--packages=external', `--format=${format}`, `--outfile=${file}`, '--log-level=error'];
  await run('node_modules/.bin/esbuild', [source, ...options], { timeout: 50_000 });
  return file;
}

// Each case starts two processes.
jest.setTimeout(120_000);

describe('what an entry point loads', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rxjs = ['rxjs'];

  describe.each(['esm', 'cjs'] as const)('as %s', (format) => {
    it.each([
      ['rxllm', 'src/index.ts', rxjs],
      ['rxllm/openai', 'src/providers/openai/index.ts', rxjs],
      ['rxllm/anthropic', 'src/providers/anthropic/index.ts', rxjs],
      ['rxllm/otel', 'src/otel/index.ts', rxjs],
      ['rxllm/http', 'src/http/index.ts', rxjs],
      ['rxllm/ai-sdk', 'src/ai-sdk/index.ts', rxjs],
      ['rxllm/mcp', 'src/mcp/index.ts', rxjs],
      ['rxllm/durable', 'src/durable/index.ts', rxjs],
      ['rxllm/redis', 'src/redis/index.ts', rxjs],
      // `load()` loads its vocabulary.
      ['rxllm/tiktoken', 'src/tiktoken/index.ts', rxjs],
      ['rxllm/pricing', 'src/pricing/index.ts', ['@pydantic/genai-prices']],
    ])('%s loads these packages and no others', async (_, source, packages) => {
      expect(await packagesOf(await build(source, format))).toEqual(packages);
    });
  });

  it('loads where the platform has no streams and no text encoders, as in Jest with jsdom', async () => {
    const names = ['TextEncoder', 'TextDecoder', 'ReadableStream', 'TransformStream', 'fetch', 'Response', 'Request', 'Headers'];
    const entryPoints = [
      'index',
      'providers/openai/index',
      'providers/anthropic/index',
      'toon/index',
      'otel/index',
      'http/index',
      'ai-sdk/index',
      'mcp/index',
      'durable/index',
      'redis/index',
      'testing/index',
    ];
    const files = await Promise.all(entryPoints.map((entryPoint) => build(`src/${entryPoint}.ts`, 'cjs')));
    const script = `for (const name of ${JSON.stringify(names)}) delete globalThis[name];
      for (const file of ${JSON.stringify(files)}) require(file);
      console.log('loaded');`;
    const { stdout } = await run(process.execPath, ['--eval', script], { timeout: 50_000 });
    expect(stdout).toBe('loaded\n');
  });

  it.each(['js-tiktoken', '@pydantic/genai-prices', '@opentelemetry/api', 'openai', '@anthropic-ai/sdk'])(
    '%s would be detected, imported or required',
    async (name) => {
      const imports = write('imports.mjs', `import ${JSON.stringify(name)};`);
      const requires = write('requires.cjs', `require(${JSON.stringify(name)});`);
      const indirectly = write('indirectly.cjs', `require('./requires.cjs');`);
      for (const file of [imports, requires, indirectly]) expect(await packagesOf(file)).toContain(name);
    },
  );
});
