import * as rxjs from 'rxjs';
import { isDeltaEvent } from 'rxllm';
import * as testing from 'rxllm/testing';
import * as tiktoken from 'rxllm/tiktoken';
import type { Run } from './runs.js';
import { modulesOf, namesIn, type Scope } from './scope.js';
import { createSse } from './sse.js';

export interface Picture {
  readonly svg: string;
  readonly text: string;
}

/** Loads what a run could not wait for, because no real time passes in it. */
export async function loadVocabulary(): Promise<void> {
  await tiktoken.tiktokenCounter('gpt-4o').load();
}

/** Runs it in virtual time, and draws what its streams did. Errors name the run. */
export async function drawRun(id: string, run: Run, entryPoint: string, title: string): Promise<Picture> {
  const lanes = await named(id, () => play(run, entryPoint));
  return {
    svg: testing.toMarbleDiagram(lanes, { format: 'svg', title }),
    text: testing.toMarbleDiagram(lanes).trimEnd(),
  };
}

/** Creates the source of a run alone, to be recorded without its operators. */
export function evaluateSource(
  id: string,
  run: Run,
  entryPoint: string,
  helpers: testing.MarbleHelpers,
): rxjs.Observable<unknown> {
  const scope: Record<string, unknown> = Object.assign({ testing }, ...modulesOf(entryPoint).map(({ names }) => names), helpers);
  for (const [name, code] of Object.entries(run.given ?? {})) scope[name] = evaluate(`given.${name}`, code, scope);
  const source$ = evaluate('source', run.source, scope);
  if (!rxjs.isObservable(source$)) throw new TypeError(`scripts/docs/runs.ts, ${id}: its source must be an Observable`);
  return source$;
}

async function named<T>(id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const place = error instanceof CodeError ? `${id}, ${error.part}` : id;
    const { message } = (error instanceof CodeError ? error.cause : error) as Error;
    throw new Error(`scripts/docs/runs.ts, ${place}: ${message}`, { cause: error });
  }
}

async function play(run: Run, entryPoint: string): Promise<readonly testing.MarbleLane[]> {
  const body = testing.marbleLane('body');
  const source = testing.marbleLane('source');
  const result = testing.marbleLane('result');
  const given: testing.RecordedLane[] = [];
  const hasBody = isRequest(run);
  const usesPromises =
    hasBody || /fromAiSdk\(|mcpTools\(|memoryStore\(/.test([run.source, ...Object.values(run.given ?? {})].join());

  function start(helpers: testing.MarbleHelpers): void {
    const modules = modulesOf(entryPoint).map(({ names }) => names);
    const scope: Record<string, unknown> = Object.assign({ testing }, ...modules, helpers);
    scope['stream'] = checkedStream(helpers);
    scope['eventStream'] = createSse(body);
    // On a page of `rxllm/http`, `sse` is the wire.
    if (entryPoint !== 'rxllm/http') scope['sse'] = scope['eventStream'];
    for (const [name, code] of Object.entries(run.given ?? {})) {
      scope[name] = recordGiven(name, evaluate(`given.${name}`, code, scope), given);
    }
    const source$ = evaluate('source', run.source, scope);
    if (!rxjs.isObservable(source$)) throw new CodeError('source', new TypeError('it must be an Observable'));
    const recorded$ = hasBody ? source$ : source$.pipe(source.record());
    const operators = (run.operators ?? []).map((code, index) => {
      const part = `operators[${index}]`;
      const operator = evaluate(part, code, scope);
      if (typeof operator !== 'function') throw new CodeError(part, new TypeError('it must be a function'));
      return operator as rxjs.OperatorFunction<unknown, unknown>;
    });
    const result$ = operators.reduce((stream$, operator) => stream$.pipe(operator), recorded$);
    result$.pipe(result.record()).subscribe({ error: () => undefined });
  }

  if (usesPromises) {
    await testing.virtualTime(start)();
    return [hasBody ? body : source, ...given, result];
  }
  testing.marbles((helpers) => {
    start(helpers);
    helpers.flush();
  })();
  return [source, ...given, result];
}

/** A source sends a request, which is a promise. */
function isRequest({ given = {}, source }: Run): boolean {
  return [...Object.values(given), source].some((code) => /sse\(\{|eventStream\(/.test(code));
}

/** `stream`, but its letters must be events: on a page of `rxllm`, `text('a')` is the parser and not the event. */
function checkedStream({ stream }: testing.MarbleHelpers): testing.MarbleHelpers['stream'] {
  return (marbles, letters, error) => {
    for (const [letter, value] of Object.entries(letters ?? {})) {
      if (isDeltaEvent(value)) continue;
      throw new TypeError(`the letter ${letter} of stream is not an event; events are made by testing.text, testing.start, …`);
    }
    return stream(marbles, letters, error);
  };
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
function evaluate(part: string, code: string, scope: Scope): unknown {
  const names = namesIn(code, scope);
  try {
    return new Function(...names, `return ${code};`)(...names.map((name) => scope[name]));
  } catch (error) {
    throw new CodeError(part, error);
  }
}

/** An error of one piece of a run. */
class CodeError extends Error {
  readonly part: string;

  constructor(part: string, cause: unknown) {
    super(part, { cause });
    this.part = part;
  }
}
