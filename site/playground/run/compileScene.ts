import { isObservable, type Observable, type OperatorFunction, Subject } from 'rxjs';
import { type MarbleHelpers, marbleLane, type RecordedLane } from 'rxllm/testing';
import { createBudget, evaluate, namesOf } from '../expression/evaluate.js';
import { readExpression } from '../expression/readExpression.js';
import { ExpressionError } from '../expression/syntax.js';
import { globals, vocabulary } from '../expression/vocabulary.js';
import type { Scene } from '../scene/scene.js';
import { isGivenName } from '../scene/sceneHash.js';
import { type Script, ScriptSyntaxError } from '../script/attempt.js';
import { readScript } from '../script/readScript.js';
import { scriptStream } from '../script/scriptStream.js';

/** Where the fault of a scene is. */
export type ScenePart =
  | { readonly kind: 'script'; readonly line: number }
  | { readonly kind: 'given' | 'operator'; readonly index: number };

/** A scene that cannot be played; the message is the one of the library where it throws. */
export class SceneError extends Error {
  readonly part: ScenePart;

  constructor(part: ScenePart, cause: unknown) {
    super(messageOf(cause), { cause });
    this.name = 'SceneError';
    this.part = part;
  }
}

function messageOf(cause: unknown): string {
  if (cause instanceof ScriptSyntaxError || cause instanceof ExpressionError) return cause.message;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}

/** A scene that can be subscribed once. */
export interface CompiledScene {
  readonly lanes: readonly RecordedLane[];
  readonly result$: Observable<unknown>;
}

/** Runs a piece of a scene; a fault is the scene's. */
function within<T>(part: ScenePart, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SceneError(part, error);
  }
}

/** Reads the script of a scene. @throws SceneError with the line. */
export function scriptOf(scene: Scene): Script {
  try {
    return readScript(scene.script);
  } catch (error) {
    throw new SceneError({ kind: 'script', line: error instanceof ScriptSyntaxError ? error.line : 1 }, error);
  }
}

/**
 * Creates the streams of a scene.
 *
 * @param helpers The marbles of the run.
 * @param script The script of the scene, as it was read.
 * @throws SceneError for what cannot be read, and for what the library throws at call time.
 */
export function compileScene(
  scene: Scene,
  script: Script,
  helpers: Pick<MarbleHelpers, 'answer' | 'stream' | 'cold'>,
): CompiledScene {
  const budget = createBudget();
  const source = marbleLane('source');
  const result = marbleLane('result');
  const lanes: RecordedLane[] = [];
  const names = namesOf(globals, ...[...vocabulary].reverse().map((each) => each.names), {
    answer: helpers.answer,
    stream: helpers.stream,
    cold: helpers.cold,
  });
  for (const [index, { name, code }] of scene.given.entries()) {
    const part = { kind: 'given', index } as const;
    within(part, () => {
      if (!isGivenName(name)) throw new TypeError(`${name} cannot be the name of a value`);
      names[name] = recorded(name, evaluate(readExpression(code), names, budget), lanes);
    });
  }
  const operators = scene.operators.map((code, index) =>
    within({ kind: 'operator', index }, () => toOperator(evaluate(readExpression(code), names, budget))),
  );
  const source$ = scriptStream(script, helpers).pipe(source.record());
  const result$ = operators.reduce<Observable<unknown>>(
    (stream$, operator, index) => within({ kind: 'operator', index }, () => toObservable(operator(stream$))),
    source$,
  );
  return { lanes: [source, ...lanes, result], result$: result$.pipe(result.record()) };
}

function toOperator(value: unknown): OperatorFunction<unknown, unknown> {
  if (typeof value !== 'function') throw new TypeError('an operator is a function, such as toMessage()');
  return value as OperatorFunction<unknown, unknown>;
}

function toObservable(value: unknown): Observable<unknown> {
  if (!isObservable(value)) throw new TypeError('an operator must return an Observable');
  return value;
}

/** An Observable called `other` is recorded where it is subscribed, and what a Subject gets as it comes. */
function recorded(name: string, value: unknown, lanes: RecordedLane[]): unknown {
  const isSubject = value instanceof Subject;
  if (!isSubject && !(name === 'other' && isObservable(value))) return value;
  const lane = marbleLane(name);
  lanes.push(lane);
  if (!isSubject) return (value as Observable<unknown>).pipe(lane.record());
  value.pipe(lane.record()).subscribe();
  return value;
}
