/**
 * Runs the scripts that docs/comparison.md quotes, and fails where a quote differs in kind from what its script prints.
 *
 *     npm run compare                    all scripts
 *     npm run compare -- truncation      the scripts of this name, and prints their output
 *     npm run compare -- --write         replaces the quotes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { differences } from './compare/figures.js';
import { type Quote, readQuotes, writeQuotes } from './compare/page.js';
import { type Run, runScript } from './compare/runScript.js';
import { listScripts } from './compare/scripts.js';

const page = 'docs/comparison.md';
process.chdir(`${import.meta.dirname}/..`);

const words = process.argv.slice(2);
const write = words.includes('--write');
const names = words.filter((word) => word !== '--write');
const all = listScripts();
const unknown = names.find((name) => !all.some((script) => basename(script, '.ts') === name));
if (unknown !== undefined) {
  console.error(`No script ${unknown}. There are: ${all.map((script) => basename(script, '.ts')).join(', ')}`);
  process.exit(1);
}
const scripts = names.length === 0 ? all : all.filter((script) => names.includes(basename(script, '.ts')));

const quotes = readQuotes(readFileSync(page, 'utf8'));
const fresh: Quote[] = [];
const counts = { passed: 0, failed: 0, skipped: 0 };

function count(outcome: keyof typeof counts, script: string, details: readonly string[] = []): void {
  counts[outcome]++;
  console.log(`${outcome.padEnd(8)}${script}${details.map((line) => `\n    ${line}`).join('')}`);
}

/** How a run differs from the quote. */
function compare({ output, packages }: Run, quote: Quote | undefined): readonly string[] {
  if (quote === undefined) return [`${page} does not quote it`];
  return [...differences(quote.packages, packages), ...differences(quote.output, output)];
}

async function check(script: string): Promise<void> {
  const quote = quotes.find((each) => each.script === script);
  let run = await runScript(script);
  if (run.skipped !== undefined) return count(process.env['CI'] ? 'failed' : 'skipped', script, [run.skipped]);
  // A busy machine disturbs a figure or a time limit once, another fact is there again.
  if (!write && compare(run, quote).length > 0) run = await runScript(script);
  if (names.length > 0) console.log(run.output);
  const { output, packages } = run;
  fresh.push({ script, date: new Date().toISOString().slice(0, 10), node: process.versions.node, packages, output });
  const found = write ? [] : compare(run, quote);
  count(found.length === 0 ? 'passed' : 'failed', script, found);
}

for (const script of scripts) {
  await check(script).catch((error: unknown) => count('failed', script, String(error).split('\n')));
}

if (write) writeFileSync(page, writeQuotes(readFileSync(page, 'utf8'), fresh));
const { passed, failed, skipped } = counts;
console.log(`\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
if (failed > 0) {
  console.error(
    `What a script prints is not what ${page} quotes: is it another fact? Then write it, and npm run compare -- --write`,
  );
  process.exitCode = 1;
}
