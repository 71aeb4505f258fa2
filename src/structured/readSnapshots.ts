import type { Subscriber } from 'rxjs';
import { createLiveParser } from '../codecs/json/mutableValue.js';
import { createJsonParser, type JsonParser } from '../codecs/json/parser.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import { ValidationError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { AnswerHandlers, AnswerSoFar } from './answerKernel.js';
import { endJson, toJsonParseError } from './jsonAnswer.js';
import { type StandardSchema, toValidationIssues, type Verdict } from './standardSchema.js';
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
  const { mode, onIncomplete, schema, validatePartials = false } = options;
  const createParser = mode === 'mutable' ? createLiveParser : createJsonParser;
  const queue = schema && createValidationQueue(schema, emitValidated, (error) => destination.error(error));
  // A verdict that comes after unsubscribe is not emitted.
  if (queue) destination.add(() => queue.clear());
  let index = 0;
  let parser = startParser();

  function startParser(): JsonParser {
    index = 0;
    return createParser({ ...options, onSnapshot: pushSnapshot });
  }

  function pushSnapshot(value: JsonValue, complete: boolean, changed: boolean): void {
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

  return {
    write: (text) => parser.write(text),
    restart(remaining) {
      queue?.clear();
      parser = startParser();
      parser.write(remaining);
    },
    end(whole) {
      if (!endJson(parser, whole, answer, onIncomplete)) parser.flush();
      if (queue) queue.whenEmpty(() => destination.complete());
      else destination.complete();
    },
    toParseError: (error) => toJsonParseError(error, answer, parser),
  };
}
