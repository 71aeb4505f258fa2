/**
 * Ratios against the limit and the peers: `npm run bench -- streams` and so on, each with `--quick` in seconds. A bar that is
 * missed is said to be missed and fails nothing: a figure is for people to judge. It is built first, as what we publish is: tsx keeps the
 * name of each function in a property of its own, which costs more than the function.
 */
import { installPeers } from './peers.js';

const benches: Readonly<Record<string, () => Promise<(quick: boolean) => Promise<void>>>> = {
  'first-delta': async () => (await import('./firstDelta.js')).benchFirstDelta,
  json: async () => (await import('./json.js')).benchJson,
  memory: async () => (await import('./memory.js')).benchMemory,
  streams: async () => (await import('./streams.js')).benchStreams,
  tokens: async () => (await import('./tokens.js')).benchTokens,
  toon: async () => (await import('./toon.js')).benchToon,
};

const usage = `Usage: npm run bench -- ${Object.keys(benches).join(' | ')} [--quick]`;

function refuse(reason: string): never {
  console.error(`${reason} ${usage}`);
  process.exit(1);
}

const words = process.argv.slice(2);
const [name, ...others] = words.filter((word) => !word.startsWith('-'));
const unknownFlag = words.find((word) => word.startsWith('-') && word !== '--quick');
if (unknownFlag !== undefined) refuse(`Unknown flag ${unknownFlag}.`);
if (name === undefined) refuse('Which benchmark?');
if (others.length > 0) refuse('One benchmark at a time.');
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (!load) refuse(`Unknown benchmark ${name}.`);

installPeers();
const bench = await load();
await bench(words.includes('--quick'));
