import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Packs the library, installs the tarball into an empty project as a user would, and runs that project. */
const root = join(import.meta.dirname, '..');
const { devDependencies, overrides } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const project = mkdtempSync(join(tmpdir(), 'rxllm-consumer-'));
/** The oldest and the newest TypeScript that the declarations are for. */
const compilers = ['5.4.5', '6.0.3'];

function run(command: string, ...args: string[]): string {
  return runIn(project, command, ...args);
}

function runIn(cwd: string, command: string, ...args: string[]): string {
  console.log(`$ ${command} ${args.join(' ')}`);
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Compiles a project that has neither SDK, with the declarations of the package checked too. */
function compileWithoutSdk(typescript: string, tarball: string): void {
  const bare = mkdtempSync(join(tmpdir(), 'rxllm-without-sdk-'));
  try {
    const dependencies = { rxjs: devDependencies.rxjs, rxllm: `file:${tarball}`, typescript };
    writeFileSync(join(bare, 'package.json'), JSON.stringify({ private: true, dependencies }));
    cpSync(join(root, 'scripts/consumer/withoutSdk'), bare, { recursive: true });
    copyFileSync(join(bare, 'functions.mts'), join(bare, 'functions.cts'));
    runIn(bare, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
    runIn(bare, 'npx', 'tsc', '-p', '.');
    console.log(`TypeScript ${typescript} without an SDK, ESM and CommonJS: ok`);
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
}

try {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], { cwd: root, encoding: 'utf8' }),
  );
  const peers = ['@anthropic-ai/sdk', '@opentelemetry/api', '@pydantic/genai-prices', 'js-tiktoken', 'openai', 'rxjs'];
  const versions = [...peers, 'jest', 'typescript'].map((name) => [name, devDependencies[name]]);
  const dependencies = { ...Object.fromEntries(versions), rxllm: `file:${packed.filename}` };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  cpSync(join(root, 'scripts/consumer'), project, { recursive: true, filter: (path) => !path.includes('withoutSdk') });
  // The same program, once as an ES module and once as CommonJS.
  copyFileSync(join(project, 'types.mts'), join(project, 'types.cts'));

  run('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error');
  process.stdout.write(run('node', 'esm.mjs'));
  process.stdout.write(run('node', 'cjs.cjs'));
  run('npx', 'tsc', '-p', '.');
  console.log('TypeScript consumer, ESM and CommonJS: ok');
  run('npx', 'jest');
  console.log('CommonJS Jest consumer: ok');
  for (const typescript of compilers) compileWithoutSdk(typescript, join(project, packed.filename));
} finally {
  rmSync(project, { recursive: true, force: true });
}
