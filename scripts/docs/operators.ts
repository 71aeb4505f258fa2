import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import * as rxjs from 'rxjs';
import * as rxllm from 'rxllm';
import * as otel from 'rxllm/otel';
import * as testing from 'rxllm/testing';
import * as toon from 'rxllm/toon';
import { type OperatorRun, operatorRuns } from './operatorRuns.js';

/** The folder of the pages. */
export const operatorPagesFolder = 'docs/operators';

/** Every page of the operators by its file name, drawn from runs in virtual time. */
export function operatorPages(): ReadonlyMap<string, string> {
  const operators = publicOperators();
  const missing = operators.filter(({ name }) => operatorRuns[name] === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    throw new Error(
      `No run for ${missing.join(', ')}: add a line to operatorRuns in scripts/docs/operatorRuns.ts, then npm run docs`,
    );
  }
  const pages = new Map<string, string>();
  for (const { name, sentence } of operators) {
    const run = operatorRuns[name];
    if (!run) continue;
    const lanes = play(run);
    pages.set(`${name}.svg`, testing.toMarbleDiagram(lanes, { format: 'svg', title: `${name}: ${sentence}` }));
    pages.set(`${name}.md`, page(name, sentence, run, testing.toMarbleDiagram(lanes)));
  }
  const rows = operators.map(({ name, sentence }) => `| [${name}](${name}.md) | ${sentence} |`);
  pages.set('README.md', ['# Operators', '', '| operator | does |', '|---|---|', ...rows, ''].join('\n'));
  return pages;
}

/** Writes the pages, and deletes the pages of removed operators. */
export function writeOperatorPages(): void {
  const pages = operatorPages();
  mkdirSync(operatorPagesFolder, { recursive: true });
  for (const file of readdirSync(operatorPagesFolder)) if (!pages.has(file)) rmSync(join(operatorPagesFolder, file));
  for (const [file, content] of pages) writeFileSync(join(operatorPagesFolder, file), content);
}

interface PublicOperator {
  readonly name: string;
  /** The first sentence of its doc comment. */
  readonly sentence: string;
}

/** The exports of the entry point of each folder. */
const entryPoints: Readonly<Record<string, object>> = { 'src/operators': rxllm, 'src/toon': toon, 'src/otel': otel };

/** The files in the folders of entry points that export an operator of the same name. */
function publicOperators(): readonly PublicOperator[] {
  return Object.entries(entryPoints)
    .flatMap(([folder, names]) => readdirSync(folder).flatMap((file) => publicOperator(join(folder, file), names)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function publicOperator(path: string, exported: object): readonly PublicOperator[] {
  const name = /(\w+)\.ts$/.exec(path)?.[1];
  if (name === undefined || !(name in exported)) return [];
  const declaration = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export function ${name}\\b([\\s\\S]*?)\\{\\n`);
  const [, comment = '', signature = ''] = declaration.exec(readFileSync(path, 'utf8')) ?? [];
  return /OperatorFunction</.test(signature) ? [{ name, sentence: firstSentence(comment) }] : [];
}

function firstSentence(comment: string): string {
  const text = comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
  return /^.*?[.](?= |$)/.exec(text)?.[0] ?? text;
}

/** The smallest Standard Schema: it accepts only numbers. */
const numbers = {
  '~standard': {
    version: 1,
    vendor: 'docs',
    validate: (value: unknown) => (typeof value === 'number' ? { value } : { issues: [{ message: 'must be a number' }] }),
  },
};

function play({ source, operators, other, unsubscribeMs }: OperatorRun): readonly testing.MarbleLane[] {
  const lanes = {
    source: testing.marbleLane('source'),
    other: testing.marbleLane('other'),
    result: testing.marbleLane('result'),
  };
  testing.marbles((helpers) => {
    const scope: Record<string, unknown> = { ...rxjs, ...testing, ...rxllm, ...toon, ...otel, trace, ...helpers, numbers };
    if (other !== undefined) {
      scope['other'] = (evaluate(other, scope) as rxjs.Observable<unknown>).pipe(lanes.other.record());
    }
    const source$ = evaluate(source, scope) as rxjs.Observable<unknown>;
    const piped = evaluate(`[${operators}]`, scope) as rxjs.OperatorFunction<unknown, unknown>[];
    const result$ = piped.reduce((stream$, operator) => stream$.pipe(operator), source$.pipe(lanes.source.record()));
    const subscription = result$.pipe(lanes.result.record()).subscribe({ error: () => undefined });
    if (unsubscribeMs !== undefined) rxjs.asyncScheduler.schedule(() => subscription.unsubscribe(), unsubscribeMs);
    helpers.flush();
  })();
  return other === undefined ? [lanes.source, lanes.result] : [lanes.source, lanes.other, lanes.result];
}

/** Runs the code that the page shows. */
function evaluate(code: string, scope: Readonly<Record<string, unknown>>): unknown {
  const names = Object.keys(scope).filter((name) => name !== 'default' && code.includes(name));
  return new Function(...names, `return ${code};`)(...names.map((name) => scope[name]));
}

function page(name: string, sentence: string, { source, operators, other }: OperatorRun, picture: string): string {
  return [
    `# ${name}`,
    '',
    sentence,
    '',
    `![What it makes of a stream](${name}.svg)`,
    '',
    '```ts',
    ...(other === undefined ? [] : [`const other = ${other};`]),
    `${source}.pipe(${operators})`,
    '```',
    '',
    '```text',
    picture.trimEnd(),
    '```',
    '',
    'Drawn by `npm run docs` from a run in virtual time.',
    '',
  ].join('\n');
}
