import { trace } from '@opentelemetry/api';
import * as rxjs from 'rxjs';
import * as rxllm from 'rxllm';
import * as anthropic from 'rxllm/anthropic';
import * as openai from 'rxllm/openai';
import * as otel from 'rxllm/otel';
import * as pricing from 'rxllm/pricing';
import * as testing from 'rxllm/testing';
import * as tiktoken from 'rxllm/tiktoken';
import * as toon from 'rxllm/toon';
import { z } from 'zod';
import type { Run } from './runs.js';
import { createSse } from './sse.js';

export interface Picture {
  readonly svg: string;
  readonly text: string;
}

/** Which names a run may use; those of the page's own entry point come last, because some have the same. */
const entryPoints: Readonly<Record<string, object>> = {
  'rxllm/anthropic': anthropic,
  'rxllm/openai': openai,
  'rxllm/otel': otel,
  'rxllm/pricing': pricing,
  'rxllm/tiktoken': tiktoken,
  'rxllm/toon': toon,
  rxllm,
};

/** Loads what a run could not wait for, because no real time passes in it. */
export async function loadVocabulary(): Promise<void> {
  await tiktoken.tiktokenCounter('gpt-4o').load();
}

/** Runs it in virtual time, and draws what its streams did. */
export async function drawRun(run: Run, entryPoint: string, title: string): Promise<Picture> {
  const lanes = await play(run, entryPoint);
  return {
    svg: testing.toMarbleDiagram(lanes, { format: 'svg', title }),
    text: testing.toMarbleDiagram(lanes).trimEnd(),
  };
}

type Scope = Record<string, unknown>;

async function play(run: Run, entryPoint: string): Promise<readonly testing.MarbleLane[]> {
  const body = testing.marbleLane('body');
  const source = testing.marbleLane('source');
  const result = testing.marbleLane('result');
  const given: testing.RecordedLane[] = [];
  const usesPromises = isRequest(run);

  function start(helpers: testing.MarbleHelpers): void {
    const own = entryPoints[entryPoint];
    const scope: Scope = { ...rxjs, ...testing, ...mergedEntryPoints(), ...own, trace, z, ...helpers, sse: createSse(body) };
    for (const [name, code] of Object.entries(run.given ?? {})) {
      scope[name] = recordGiven(name, evaluate(code, scope), given);
    }
    const source$ = evaluate(run.source, scope) as rxjs.Observable<unknown>;
    const operators = (run.operators ?? []).map((code) => evaluate(code, scope) as rxjs.OperatorFunction<unknown, unknown>);
    const recorded$ = usesPromises ? source$ : source$.pipe(source.record());
    const result$ = operators.reduce((stream$, operator) => stream$.pipe(operator), recorded$);
    result$.pipe(result.record()).subscribe({ error: () => undefined });
  }

  if (usesPromises) {
    await testing.virtualTime(start)();
    return [body, ...given, result];
  }
  testing.marbles((helpers) => {
    start(helpers);
    helpers.flush();
  })();
  return [source, ...given, result];
}

/** A source sends a request, which is a promise. */
function isRequest({ given = {}, source }: Run): boolean {
  return [...Object.values(given), source].some((code) => code.includes('sse('));
}

function mergedEntryPoints(): object {
  return Object.assign({}, ...Object.values(entryPoints));
}

/** An Observable called `other` is recorded where it is subscribed, and what a Subject gets is recorded as it comes. */
function recordGiven(name: string, value: unknown, lanes: testing.RecordedLane[]): unknown {
  const isSubject = value instanceof rxjs.Subject;
  if (!isSubject && name !== 'other') return value;
  const lane = testing.marbleLane(name);
  lanes.push(lane);
  if (!isSubject) return (value as rxjs.Observable<unknown>).pipe(lane.record());
  value.pipe(lane.record()).subscribe();
  return value;
}

/** What the page shows is what is run. */
function evaluate(code: string, scope: Readonly<Scope>): unknown {
  const names = Object.keys(scope).filter((name) => name !== 'default' && code.includes(name));
  return new Function(...names, `return ${code};`)(...names.map((name) => scope[name]));
}
