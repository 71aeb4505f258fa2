/**
 * Installs and builds the chat of `examples/`, and serves it on one port. Plain JavaScript, because it runs before anything is installed.
 *
 *     npm run demo -- --port 4000
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = `${root}examples/angular-chat`;
const server = `${root}examples/nest-server`;
const help = `Usage: npm run demo -- [--port NUMBER] [--build]

Builds the Angular chat and its NestJS server, and serves both at http://127.0.0.1:3000.
Asks a provider if OPENAI_API_KEY, OPENAI_BASE_URL or ANTHROPIC_API_KEY is set, else a local one that plays a script.

Options:
  --port NUMBER   another port; 0 for any that is free
  --build         only install and build
  -h, --help      print this help`;

/** A mistake of the user, or of a step that has printed why. */
class DemoError extends Error {}

const options = {
  port: { type: 'string', default: '3000' },
  build: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

function readOptions() {
  const { port, build: onlyBuild, help: onlyHelp } = parsedArguments();
  const isPort = /^\d{1,5}$/.test(port) && Number(port) < 65_536;
  if (!isPort) throw new DemoError(`--port must be a number up to 65535, got "${port}"`);
  return { port: Number(port), onlyBuild, onlyHelp };
}

function parsedArguments() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    const [sentence] = error.message.split(/\. /);
    const known = '--port NUMBER, --build and --help, after two hyphens: npm run demo -- --port 4000';
    throw new DemoError(`${sentence}. The options are ${known}`);
  }
}

/** Whether this Node is in a range such as `^22.22.3 || >=26.0.0`. */
function isNodeIn(range) {
  const own = process.versions.node.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, sign, version] = /^\s*(\^|>=)([\d.]+)\s*$/.exec(part) ?? [];
    if (version === undefined) throw new TypeError(`Unknown range of versions: ${part}`);
    const least = version.split('.').map(Number);
    const index = least.findIndex((number, place) => number !== own[place]);
    const isNewer = index < 0 || own[index] > least[index];
    return isNewer && (sign === '>=' || own[0] === least[0]);
  });
}

function checkNode() {
  const { node: range } = JSON.parse(readFileSync(`${page}/package.json`, 'utf8')).engines;
  if (isNodeIn(range)) return;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  throw new DemoError(`Angular needs Node ${range.replaceAll('||', 'or')}, and this is Node ${process.versions.node}.
Install one from https://nodejs.org, or use one for this command only:

    npx -y -p node-${system}-${process.arch}@22 -- npm run demo`);
}

/** @returns A promise that rejects if something listens on the port. */
function checkPort(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve()));
  });
}

function run(title, folder, command, args) {
  console.log(title);
  const env = { ...process.env, NG_CLI_ANALYTICS: 'false' };
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8' });
  if (status === 0) return;
  if (signal === 'SIGINT') process.exit(130);
  console.error(error?.message ?? `${stdout}${stderr}`);
  throw new DemoError(`This step failed: ${title}`);
}

const runNode = (title, folder, ...args) => run(title, folder, process.execPath, args);

/** npm is a script of its own where it is not a program. */
function runNpm(title, folder, ...args) {
  const script = process.env['npm_execpath'];
  if (script) runNode(title, folder, script, ...args);
  else run(title, folder, 'npm', args);
}

function build() {
  if (!existsSync(`${root}node_modules/tsdown`)) runNpm('Installing the packages of the library …', root, 'ci');
  runNode('Building the library …', root, 'node_modules/tsdown/dist/run.mjs');
  for (const [name, folder] of Object.entries({ 'the page': 'examples/angular-chat', 'the server': 'examples/nest-server' })) {
    runNode(`Installing the packages of ${name} …`, root, '--import', 'tsx', 'scripts/installPackages.ts', folder);
  }
  runNode('Building the page …', page, 'node_modules/@angular/cli/bin/ng.js', 'build');
  runNode('Building the server …', server, 'node_modules/typescript/bin/tsc');
}

async function main() {
  const { port, onlyBuild, onlyHelp } = readOptions();
  if (onlyHelp) return console.log(help);
  checkNode();
  if (!onlyBuild) await checkPort(port);
  build();
  if (onlyBuild) return;
  const { serve } = await import(pathToFileURL(`${server}/dist/serve.js`).href);
  const { url, model, close } = await serve({ port, page: `${page}/dist/browser` });
  console.log(`\nThe chat is at ${url}\nIt asks ${model.label}.\nCtrl-C ends it.\n`);
  const stop = () => void close().then(() => console.log('\nThe chat has ended.'));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error) => {
  const port = error.port ?? 3000;
  if (error.code === 'EADDRINUSE') console.error(`Port ${port} is in use. Choose another: npm run demo -- --port ${port + 1}`);
  else if (error.code === 'EACCES') console.error(`Port ${port} is reserved. Choose another: npm run demo -- --port 3000`);
  else console.error(error instanceof DemoError ? error.message : error);
  process.exitCode = 1;
});
