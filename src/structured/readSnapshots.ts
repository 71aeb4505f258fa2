import type { Subscriber } from 'rxjs';
import { createLiveParser } from '../codecs/json/live.js';
import { createJsonParser, type JsonParser } from '../codecs/json/parser.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import { ValidationError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { Answer, AnswerHandlers } from './answerKernel.js';
import { endJson } from './endJson.js';
import type { StandardSchema, Verdict } from './standardSchema.js';
import { createValidationQueue, toValidationIssues } from './validationQueue.js';

export interface SnapshotOptions extends JsonTextOptions {
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

/** What `partialJson` does for those who want values: each snapshot as it is or, when it is to be validated, in its turn. */
export function readSnapshots(destination: Subscriber<unknown>, answer: Answer, options: SnapshotOptions): AnswerHandlers {
  const { mode, onIncomplete, schema, validatePartials = false } = options;
  const createParser = mode === 'mutable' ? createLiveParser : createJsonParser;
  const queue = schema && createValidationQueue(schema, deliver, (error) => destination.error(error));
  if (queue) destination.add(() => queue.clear());
  let index = 0;
  let parser = begin();

  function begin(): JsonParser {
    index = 0;
    return createParser({ ...options, onSnapshot: take });
  }

  function take(value: JsonValue, complete: boolean, changed: boolean): void {
    const snapshot = { value, complete, index };
    if (complete) index++;
    if (queue && (complete || (validatePartials && changed))) queue.push(snapshot, !complete);
    else if (changed || (complete && onIncomplete === 'emit')) emit(snapshot);
  }

  function emit(snapshot: Snapshot<unknown>): void {
    destination.next(onIncomplete === 'emit' ? snapshot : snapshot.value);
  }

  function deliver(snapshot: Snapshot<JsonValue>, verdict: Verdict<unknown>): void {
    if (verdict.valid) emit({ ...snapshot, value: verdict.value });
    else if (snapshot.complete) {
      throw new ValidationError(toValidationIssues(verdict.issues), snapshot.value, { partial: answer.partial });
    }
  }

  return {
    write: (text) => parser.write(text),
    restart(_event, text) {
      queue?.clear();
      parser = begin();
      parser.write(text);
    },
    end(whole) {
      if (!endJson(parser, whole, answer, onIncomplete)) parser.flush();
      if (queue) queue.whenEmpty(() => destination.complete());
      else destination.complete();
    },
    value: () => parser.value(),
  };
}
