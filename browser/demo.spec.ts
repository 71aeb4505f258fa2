import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { chromiumPath } from './support/chromium.js';
import { demoCommand } from './support/demoCommand.js';

interface Outcome {
  readonly output: string;
  readonly errors: string;
  readonly code: number | null;
}

const root = fileURLToPath(new URL('..', import.meta.url));
let child: ChildProcess | undefined;

/** Runs the script of `npm run demo`. @param watch Gets what it has printed so far. */
async function demo(
  [command = '', ...args]: readonly string[],
  watch: (output: string, process: ChildProcess) => void = () => undefined,
): Promise<Outcome> {
  const { OPENAI_API_KEY: _, OPENAI_BASE_URL: __, ANTHROPIC_API_KEY: ___, ...env } = process.env;
  // A group of its own, which gets a signal as from the keyboard.
  const started = spawn(command, args, { cwd: root, env, detached: true });
  child = started;
  let output = '';
  let errors = '';
  started.stdout.on('data', (data: Buffer) => {
    output += data.toString();
    watch(output, started);
  });
  started.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const [code] = await once(started, 'close');
  return { output, errors: errors.trim(), code };
}

function interrupt({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGINT');
}

/** Asks, and reads the beginning of the answer. */
async function beginAnswer(url: string): Promise<void> {
  const turns = [{ role: 'user', parts: [{ type: 'text', text: 'Explain streaming' }] }];
  const headers = { authorization: 'Bearer demo', 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/chat`, { method: 'POST', headers, body: JSON.stringify({ id: 'demo', turns }) });
  await response.body?.getReader().read();
}

const thisNode = (...flags: readonly string[]): readonly string[] => ['node', 'scripts/demo.js', ...flags];

describe('the applications of the examples', () => {
  const files = ['angular-chat', 'nest-server'].flatMap((name) =>
    readdirSync(`${root}examples/${name}/src`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name: file }) => `${parentPath}/${file}`),
  );

  it('have files of at most 150 lines', () => {
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 151)).toEqual([]);
  });
});

describe.skipIf(chromiumPath === undefined)('npm run demo', () => {
  afterEach(() => {
    if (child && child.exitCode === null && child.signalCode === null) interrupt(child);
  });

  it('builds and serves the page and the chat, and ends with Ctrl-C in the middle of an answer', async () => {
    let page: Promise<string> | undefined;
    const { output, errors, code } = await demo(demoCommand('--port', '0'), (printed, started) => {
      const url = /The chat is at (http:\S+)/.exec(printed)?.[1];
      if (url === undefined || page) return;
      page = fetch(url).then((response) => response.text());
      const asked = page.then(() => beginAnswer(url));
      const stop = (): void => interrupt(started);
      asked.then(stop, stop);
    });
    expect({ errors, code }).toEqual({ errors: '', code: 0 });
    expect(await page).toContain('<app-root');
    expect(output).toContain('It asks the local provider');
    expect(output.trim()).toMatch(/The chat has ended\.$/);
  }, 180_000);

  it('reports a port that is in use before it builds', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { output, errors, code } = await demo(demoCommand('--port', String(port)));
    other.close();
    expect(code).toBe(1);
    expect(output).not.toContain('Building');
    expect(errors).toBe(`Port ${port} is in use. Choose another: npm run demo -- --port ${port + 1}`);
  });

  it.each([
    [['--prot', '4000'], "Unknown option '--prot'. The options are --port NUMBER, --build and --help"],
    [
      ['4000'],
      "Unexpected argument '4000'. The options are --port NUMBER, --build and --help, after two hyphens: npm run demo -- --port 4000",
    ],
    [['--port', 'abc'], '--port must be a number up to 65535, got "abc"'],
  ])('names the right options for %j', async (flags, message) => {
    const { output, errors, code } = await demo(thisNode(...flags));
    expect({ output, code }).toEqual({ output: '', code: 1 });
    expect(errors).toContain(message);
  });

  it.skipIf(Number(process.versions.node.split('.')[0]) >= 22)(
    'names the Node that it needs, where this one is too old',
    async () => {
      const { errors, code } = await demo(thisNode());
      expect(code).toBe(1);
      expect(errors).toContain(`and this is Node ${process.versions.node}`);
      expect(errors).toContain('@22 -- npm run demo');
    },
  );
});
