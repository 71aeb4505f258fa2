/**
 * Measures ratios to the limit and to the peers: `npm run bench -- streams` and so on; with `--quick` in seconds. A missed bar is reported and
 * does not fail, because people judge the figures. The benchmarks are built first, as the published package is: tsx defines the name of each
 * function as a property, which costs more than the function.
 */
import { installPeers } from './peers.js';

const benches: Readonly<Record<string, () => Promise<(quick: boolean) => Promise<void>>>> = {
  durable: async () => (await import('./durable.js')).benchDurable,
  'first-delta': async () => (await import('./firstDelta.js')).benchFirstDelta,
  json: async () => (await import('./json.js')).benchJson,
  memory: async () => (await import('./memory.js')).benchMemory,
  relay: async () => (await import('./relay.js')).benchRelay,
  streams: async () => (await import('./streams.js')).benchStreams,
  tokens: async () => (await import('./tokens.js')).benchTokens,
  tools: async () => (await import('./tools.js')).benchTools,
  toon: async () => (await import('./toon.js')).benchToon,
  view: async () => (await import('./view.js')).benchView,
};

const usage = `Usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--quick]`;

function exitWithUsage(reason: string): never {
  console.error(`${reason} ${usage}`);
  process.exit(1);
}

const words = process.argv.slice(2);
const [name, ...others] = words.filter((word) => !word.startsWith('-'));
const unknownFlag = words.find((word) => word.startsWith('-') && word !== '--quick');
if (unknownFlag !== undefined) exitWithUsage(`Unknown flag ${unknownFlag}.`);
if (name === undefined) exitWithUsage('Name a benchmark.');
if (others.length > 0) exitWithUsage('Only one benchmark is allowed.');
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!load) exitWithUsage(`Unknown benchmark ${name}.`);

installPeers();
const bench = await load();
await bench(words.includes('--quick'));
