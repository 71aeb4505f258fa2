import { type ChildProcess, spawn } from 'node:child_process';
import { describe, expect, it, jest } from '@jest/globals';
import { startServer } from './support/server.js';

interface Outcome {
  readonly output: string;
  readonly errors: string;
  readonly code: number | null;
}

/** Runs the quickstart without keys, so that no request is sent to the internet. */
function quickstart(
  flags: readonly string[],
  watch: (output: string, process: ChildProcess) => void = () => undefined,
): Promise<Outcome> {
  const { OPENAI_API_KEY: _openai, ANTHROPIC_API_KEY: _anthropic, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/quickstart.ts', ...flags], { env, timeout: 50_000 });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    watch(output, child);
  });
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ output, errors: errors.trim(), code }));
  });
}

// Each run starts a process.
jest.setTimeout(60_000);

describe('the quickstart', () => {
  it.each(['openai', 'responses', 'anthropic'])(
    'streams an answer over the wire of %s, then its usage, time, cost, reason and data',
    async (provider) => {
      const { output, errors, code } = await quickstart(['--provider', provider]);
      expect({ errors, code }).toEqual({ errors: '', code: 0 });
      expect(output).toContain('What is the most expensive product?');
      expect(output).toContain('The most expensive product is Laptop Pro, at 1999.');
      expect(output).toMatch(/^```toon\n\[4\]\{id,name,price,stock\}:\n {2}1,USB Cable,9\.5,420$/m);
      expect(output).toMatch(/^\d+ tokens as TOON, \d+ as compact JSON: \d+ % saved$/m);
      expect(output).toMatch(/^usage {3}in \d+, out \d+$/m);
      expect(output).toMatch(/^time {4}first token after \d+ ms, [\d.]+ tokens per second$/m);
      expect(output).toMatch(/^cost {4}\$0\.\d{6} \(list price of (gpt-4o-mini|claude-haiku-4-5)\)$/m);
      expect(output).toMatch(/^finish {2}stop$/m);
      expect(output).toMatch(/^parsed {2}toon \{"answer":\[\{"name":"Laptop Pro","price":1999\}\]\}$/m);
    },
  );

  it('says why there is no cost', async () => {
    const { output } = await quickstart(['--model', 'llama3.2']);
    expect(output).toMatch(/^cost {4}unknown: the list has no price for such a request of llama3\.2$/m);
  });

  it('accepts a question', async () => {
    const { output } = await quickstart(['Which product is the cheapest?']);
    expect(output).toContain('parsed  toon {"answer":[{"name":"USB Cable","price":9.5}]}');
  });

  it('prints the text as it arrives', async () => {
    const lengths = new Set<number>();
    await quickstart([], (output) => lengths.add(output.length));
    expect(lengths.size).toBeGreaterThan(5);
  });

  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['--provider', 'azure'], '--provider must be one of openai, responses, anthropic, got "azure"'],
    [['--base-url', 'nowhere'], '--base-url must be a URL, got "nowhere"'],
    [['two', 'questions'], 'Only one question is allowed: put it in quotes'],
  ])('reports a wrong argument in one line, and fails: %j', async (flags, message) => {
    expect(await quickstart(flags)).toEqual({ output: '', errors: `rxllm quickstart: ${message}`, code: 1 });
  });

  it('reports an unreachable server in one line, and fails', async () => {
    // A port that was free a moment ago.
    const server = await startServer();
    await server.close();
    const { errors, code } = await quickstart(['--base-url', `${server.url}/v1`]);
    const address = new URL(server.url).host;
    expect({ errors, code }).toEqual({
      errors: `rxllm quickstart: All 3 attempts failed: The server refused the connection (ECONNREFUSED): connect ECONNREFUSED ${address}`,
      code: 1,
    });
  });

  it('completes with the text so far on Ctrl-C', async () => {
    let interrupted = false;
    const { output, code } = await quickstart([], (soFar, child) => {
      if (!interrupted && soFar.includes('The most')) interrupted = child.kill('SIGINT');
    });
    expect(code).toBe(0);
    expect(output).toContain('finish  aborted');
    expect(output).toMatch(/usage {3}in \d+, out \d+ \(estimated\)/);
  });
});
