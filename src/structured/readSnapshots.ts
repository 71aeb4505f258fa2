import { from, map, of, type Subscriber } from 'rxjs';
import { createLiveParser } from '../codecs/json/mutableValue.js';
import { createJsonParser, type JsonParser } from '../codecs/json/parser.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import { ValidationError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { AnswerHandlers, AnswerSoFar } from './answerKernel.js';
import { endJson, toJsonParseError, unwrapVerdict } from './jsonAnswer.js';
import type { ParserVerdict } from './parser.js';
import { readValidJson } from './readWholeJson.js';
import { isPromiseLike, type StandardSchema, toValidationIssues, type Verdict } from './standardSchema.js';
import { createValidationQueue } from './validationQueue.js';

export interface ReadSnapshotsOptions extends JsonTextOptions {
  readonly mode?: 'snapshot' | 'mutable' | 'events';
  readonly onIncomplete?: 'error' | 'emit';
  readonly schema?: StandardSchema;
  readonly validatePartials?: boolean;
}

interface Snapshot<Value> {
  readonly value: Value;
  readonly complete: boolean;
  readonly index: number;
}

/** The handlers of `partialJson` in its other modes: a snapshot is emitted at once or, if it is to be validated, in its order after that. */
export function readSnapshots(
  destination: Subscriber<unknown>,
  answer: AnswerSoFar,
  options: ReadSnapshotsOptions,
): AnswerHandlers {
  const { mode, onIncomplete, schema, validatePartials = false, prose = false, trailing } = options;
  /** In prose the schema chooses among the values, so none of them is the last one before the end. */
  const chosenAtEnd = schema !== undefined && prose && trailing === undefined;
  const createParser = mode === 'mutable' ? createLiveParser : createJsonParser;
  const queue = schema && createValidationQueue(schema, emitValidated, (error) => destination.error(error));
  // A verdict that comes after unsubscribe is not emitted.
  if (queue) destination.add(() => queue.clear());
  let index = 0;
  let parser = startParser();

  function startParser(): JsonParser {
    index = 0;
    return createParser({ ...options, several: chosenAtEnd, onSnapshot: pushSnapshot });
  }

  function pushSnapshot(value: JsonValue, whole: boolean, changed: boolean): void {
    const complete = whole && !chosenAtEnd;
    const snapshot = { value, complete, index };
    if (complete) index++;
    if (queue && (complete || (validatePartials && changed))) queue.push(snapshot, !complete);
    else if (changed || (complete && onIncomplete === 'emit')) emit(snapshot);
  }

  function emit(snapshot: Snapshot<unknown>): void {
    destination.next(onIncomplete === 'emit' ? snapshot : snapshot.value);
  }

  function emitValidated(snapshot: Snapshot<JsonValue>, verdict: Verdict<unknown>): void {
    if (verdict.valid) emit({ ...snapshot, value: verdict.value });
    else if (snapshot.complete) {
      throw new ValidationError(toValidationIssues(verdict.issues), snapshot.value, { partial: answer.partial });
    }
  }

  function complete(): void {
    if (queue) queue.whenEmpty(() => destination.complete());
    else destination.complete();
  }

  /** Emits the value that the schema chooses. */
  function choose(whole: boolean): void {
    queue?.clear();
    const verdict = readValidJson(answer.text, !whole, options, schema);
    const verdict$ = isPromiseLike(verdict) ? from(verdict) : of(verdict);
    const toValue = map((settled: ParserVerdict<unknown>) => unwrapVerdict(settled, answer));
    destination.add(
      verdict$.pipe(toValue).subscribe({
        next: (value) => emit({ value, complete: true, index: 0 }),
        error: (error: unknown) => destination.error(error),
        complete: () => destination.complete(),
      }),
    );
  }

  return {
    write: (text) => parser.write(text),
    restart(remaining) {
      queue?.clear();
      parser = startParser();
      parser.write(remaining);
    },
    end(whole) {
      const ended = endJson(parser, whole, answer, onIncomplete);
      if (ended && chosenAtEnd) return choose(whole);
      if (!ended) parser.flush();
      complete();
    },
    toParseError: (error) => toJsonParseError(error, answer, options, parser),
  };
}
