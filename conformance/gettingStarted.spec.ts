import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localProvider } from '../examples/localProvider.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const project = mkdtempSync(join(tmpdir(), 'rxllm-getting-started-'));
const packed = mkdtempSync(join(tmpdir(), 'rxllm-packed-'));

/** One thing that the page makes its reader do. */
type Step =
  | { readonly kind: 'file'; readonly name: string; readonly code: string }
  | { readonly kind: 'command'; readonly line: string; readonly prints: string | undefined }
  | { readonly kind: 'edit'; readonly diff: readonly string[] };

/** The steps of a page. The name of a file is the paragraph before its code; a text is what the command before it prints. */
function stepsOf(page: string): readonly Step[] {
  const blocks = [...page.matchAll(/(?:^`([\w./-]+)`:\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, name, language, code = ''], index): readonly Step[] => {
    const [, , nextLanguage, next] = blocks[index + 1] ?? [];
    const lines = code.trimEnd().split('\n');
    switch (language) {
      case 'sh':
        return lines.map((line, place) => {
          const isLast = place === lines.length - 1;
          return { kind: 'command', line, prints: isLast && nextLanguage === 'text' ? next?.trimEnd() : undefined };
        });
      case 'ts':
        if (name === undefined) throw new Error(`A file without a name:\n${code}`);
        return [{ kind: 'file', name, code }];
      case 'diff':
        return [{ kind: 'edit', diff: lines }];
      case 'text':
        return [];
      default:
        throw new Error(`A reader cannot follow a block of ${language}:\n${code}`);
    }
  });
}

const steps = stepsOf(readFileSync(join(root, 'docs/guides/getting-started.md'), 'utf8'));
const titleOf = (step: Step): string => (step.kind === 'file' ? step.name : step.kind === 'edit' ? 'the edit' : step.line);

/** Edits the file that has the lines that the diff removes; a line that is added takes the place of the one before it. */
function edit(diff: readonly string[]): string {
  const marked = (mark: string): readonly string[] =>
    diff.filter((line) => line.startsWith(mark)).map((line) => line.slice(1).trim());
  const removed = marked('-');
  const files = readdirSync(project).filter((file) => /\.ts$/.test(file));
  const [name = '', ...others] = files.filter((file) => {
    const lines = readFileSync(join(project, file), 'utf8').split('\n');
    return removed.every((line) => lines.some((each) => each.trim() === line));
  });
  expect({ name, others }).toEqual({ name: expect.stringMatching(/\.ts$/), others: [] });
  const code = readFileSync(join(project, name), 'utf8').split('\n');
  const first = code.findIndex((line) => removed.includes(line.trim()));
  const [imported = '', ...added] = marked('+');
  const edited = code.flatMap((line, index) => {
    const isRemoved = removed.includes(line.trim());
    if (index === first) return [imported];
    return isRemoved ? added : [line];
  });
  writeFileSync(join(project, name), edited.join('\n'));
  return name;
}

describe('getting started, word for word in an empty folder', () => {
  let tarball = '';

  beforeAll(() => {
    const options = ['--json', '--pack-destination', packed];
    const output = execFileSync('npm', ['pack', ...options], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // The build prints before the JSON.
    const [{ filename }] = JSON.parse(output.slice(output.lastIndexOf('\n[\n') + 1)) as [{ filename: string }];
    tarball = join(packed, filename);
  }, 120_000);
  afterAll(() => {
    for (const folder of [project, packed]) rmSync(folder, { recursive: true, force: true });
  });

  it('has a file, a command and what it prints for each step', () => {
    expect(steps.filter(({ kind }) => kind === 'file').length).toBeGreaterThan(4);
    expect(steps.filter((step) => step.kind === 'command' && step.prints !== undefined).length).toBeGreaterThan(4);
  });

  it.each(steps.map((step) => [titleOf(step), step] as const))('%s', { timeout: 120_000 }, async (_title, step) => {
    if (step.kind === 'file') writeFileSync(join(project, step.name), step.code);
    else if (step.kind === 'command') {
      // The package is not published yet: its name is that of the tarball.
      const line = step.line.startsWith('npm install ') ? step.line.replace(/\brxllm\b/, tarball) : step.line;
      const env = { ...process.env, npm_config_audit: 'false', npm_config_fund: 'false', npm_config_prefer_offline: 'true' };
      const { stdout } = await run('sh', ['-c', line], { cwd: project, env });
      if (step.prints !== undefined) expect(stdout.trimEnd()).toBe(step.prints);
    } else {
      const name = edit(step.diff);
      const { openai, stop } = await localProvider();
      try {
        const env = { ...process.env, OPENAI_API_KEY: 'none', OPENAI_BASE_URL: openai };
        const { stdout, stderr } = await run('npx', ['tsx', name], { cwd: project, env });
        expect({ stdout, stderr }).toEqual({
          stdout: expect.stringContaining('Paris is the capital of France.\nstop '),
          stderr: '',
        });
      } finally {
        await stop();
      }
    }
  });
});
