import * as rxjs from 'rxjs';
import * as testing from 'rxllm/testing';
import { freeNames } from '../../site/playground/expression/freeNames.js';
import type { Catalogue, CatalogueOperator, Preset } from '../../site/playground/scene/catalogue.js';
import type { Attempt } from '../../site/playground/script/attempt.js';
import { scriptOfError } from '../../site/playground/script/errors.js';
import { readScript } from '../../site/playground/script/readScript.js';
import { writeScript } from '../../site/playground/script/writeScript.js';
import { oneLine } from './docComment.js';
import { evaluateSource } from './pictures.js';
import type { Option, PublicApi, PublicFunction } from './publicFunctions.js';
import { type Run, runs } from './runs.js';

/** Where the playground reads it. */
export const cataloguePath = 'site/playground/generated/catalogue.json';

/** What the playground knows of every operator: its options, and the run of its page as a preset. */
export function playgroundCatalogue(api: PublicApi): string {
  const operators = api.functions.filter(({ kind }) => kind === 'operators');
  const catalogue: Catalogue = { operators: operators.map((each) => describe(each, runs[each.id])) };
  return `${JSON.stringify(catalogue, undefined, 2)}\n`;
}

function describe({ id, name, entryPoint, doc, signature, options }: PublicFunction, run: Run | undefined): CatalogueOperator {
  if (!run) throw new Error(`No run for ${id}: add it to scripts/docs/runs.ts`);
  return {
    id,
    name,
    from: entryPoint,
    does: plain(doc.sentence),
    signature: oneLine(signature),
    options: options.map(describeOption),
    preset: presetOf(id, run, entryPoint),
  };
}

function describeOption({ name, type, required, doc }: Option): CatalogueOperator['options'][number] {
  const does = plain(oneLine(`${doc.sentence} ${doc.details}`));
  return {
    name,
    type,
    default: required ? 'required' : plain(oneLine(doc.defaultValue ?? 'none')),
    unit: unitOf(name, does),
    does,
  };
}

/** The unit as the name or the text has it. */
function unitOf(name: string, does: string): string | undefined {
  if (/Ms$/.test(name)) return 'ms';
  if (/Bytes$/.test(name)) return 'bytes';
  if (/Chars$/.test(name)) return 'UTF-16 code units';
  if (/Tokens$/.test(name)) return 'tokens';
  return /\bin milliseconds\b/.test(does) ? 'ms' : undefined;
}

function plain(text: string): string {
  return text.replace(/\{@link (\w+)\}/g, '$1');
}

/** The run of a page as a scene; its source becomes a script. */
function presetOf(id: string, run: Run, entryPoint: string): Preset {
  const operators = run.operators ?? [];
  const used = new Set(operators.flatMap((code) => [...freeNames(code)]));
  const names = Object.entries(run.given ?? {}).reverse();
  const given: { readonly name: string; readonly code: string }[] = [];
  // From the last to the first, because one uses those before it.
  for (const [name, code] of names) {
    if (!used.has(name)) continue;
    given.unshift({ name, code });
    for (const other of freeNames(code)) used.add(other);
  }
  return { script: scriptOf(id, run, entryPoint), given, operators };
}

function scriptOf(id: string, run: Run, entryPoint: string): string {
  const [, frames, source = run.source] = /^\(animate\('([-x]+)'\), (.*)\)$/.exec(run.source) ?? [];
  // In a script, the error of a marble is a ConnectionError.
  const [, kind, marble] = /^(answer|stream)\('([^']*)'(?:, \{\}, new ConnectionError\(\))?\)$/.exec(source) ?? [];
  if (kind !== undefined) return `${frames === undefined ? '' : `frames ${frames}\n`}${kind} ${marble}`;
  const attempts = recordAttempts(id, run, entryPoint);
  const script = writeScript({ frames, attempts });
  readScript(script);
  return script;
}

const mostAttempts = 10;

/** Subscribes to the source alone: a fake provider once for each of its attempts. */
function recordAttempts(id: string, run: Run, entryPoint: string): readonly Attempt[] {
  const lane = testing.marbleLane('source');
  testing.marbles((helpers) => {
    const source$ = evaluateSource(id, run, entryPoint, helpers);
    const times = run.source.includes('fakeProvider(') ? mostAttempts : 1;
    for (let request = 0; request < times; request++) {
      source$.pipe(lane.record(), rxjs.take(1_000)).subscribe({ error: () => undefined });
      helpers.flush();
    }
  })();
  return lane.runs.filter(({ marks }) => !isUnscripted(marks.at(-1))).map(toAttempt);
}

/** The error of a fake provider behind its last attempt. */
function isUnscripted(mark: testing.LaneMark | undefined): boolean {
  return mark?.kind === 'error' && mark.error instanceof RangeError;
}

function toAttempt({ subscribedAtMs, marks }: testing.LaneRun): Attempt {
  const values = marks.flatMap((mark) => (mark.kind === 'next' ? [mark.value] : []));
  const pausesMs = marks.map(({ atMs }, index) => atMs - (marks[index - 1]?.atMs ?? subscribedAtMs));
  const last = marks.at(-1);
  if (last?.kind !== 'error')
    return { values, pausesMs, end: last?.kind === 'complete' ? 'complete' : 'open', marble: undefined };
  const end = scriptOfError(last.error);
  if (!end) throw new Error(`the error ${String(last.error)} cannot be scripted`);
  return { values, pausesMs, end, marble: undefined };
}
