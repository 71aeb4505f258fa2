import type { Subscriber } from 'rxjs';
import { createJsonElements } from '../codecs/json/elements.js';
import type { JsonHandler, JsonPath } from '../codecs/json/handler.js';
import { createJsonText, type JsonText, type JsonTextOptions } from '../codecs/json/text.js';
import { fromFault, ValidationError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { AnswerHandlers, AnswerSoFar } from './answerKernel.js';
import { endJson, toJsonParseError } from './jsonAnswer.js';
import { type StandardSchema, toValidationIssues, type Verdict } from './standardSchema.js';
import { createValidationQueue } from './validationQueue.js';

export interface ReadElementsOptions extends JsonTextOptions {
  readonly path: JsonPath | undefined;
  readonly schema: StandardSchema | undefined;
  readonly onInvalid: 'error' | 'skip' | 'emit';
  readonly onReset: 'error' | 'restart';
}

interface Element {
  readonly index: number;
  readonly value: JsonValue;
}

/** The handlers of `jsonElements`: each element is emitted at once or, with a schema, in its order after it was validated. */
export function readElements(
  destination: Subscriber<unknown>,
  answer: AnswerSoFar,
  options: ReadElementsOptions,
): AnswerHandlers {
  const { path, schema, onInvalid, onReset } = options;
  const queue = schema && createValidationQueue(schema, emitValidated, (error) => destination.error(error));
  // A verdict that comes after unsubscribe is not emitted.
  if (queue) destination.add(() => queue.clear());
  let read = 0;
  /** The index after the last element of the round that was emitted. */
  let emitted = 0;
  /** During the restart after a reset: the elements before this index are not emitted a second time. */
  let skipped = 0;
  let found = (): boolean => false;
  let text = startText();

  function startText(): JsonText {
    return createJsonText({ begin: startReader, close: () => undefined, giveWay: requireNone }, options);
  }

  function startReader(instead: boolean): JsonHandler {
    if (instead) requireNone();
    const reader = createJsonElements(path, pushElement, () => {
      throw answer.parseError('The array occurs twice');
    });
    read = 0;
    found = () => reader.found;
    return reader;
  }

  /** Elements cannot be taken back. */
  function requireNone(reason?: () => Error): void {
    if (read > 0) throw reason?.() ?? answer.parseError('A better value follows the one that elements were emitted from');
  }

  function pushElement(value: JsonValue): void {
    const element = { index: read++, value };
    if (element.index < skipped) return;
    if (queue) queue.push(element);
    else emit(element);
  }

  function emit(element: { readonly index: number; readonly value: unknown; readonly issues?: unknown }): void {
    emitted = element.index + 1;
    destination.next(element);
  }

  function emitValidated(element: Element, verdict: Verdict<unknown>): void {
    if (verdict.valid) return emit({ index: element.index, value: verdict.value });
    const issues = toValidationIssues(verdict.issues);
    if (onInvalid === 'error') throw new ValidationError(issues, element.value, { partial: answer.partial });
    if (onInvalid === 'emit') emit({ ...element, issues });
  }

  return {
    write: (piece) => text.write(piece),
    restart(remaining, fault) {
      queue?.clear();
      if (!fault) emitted = 0;
      skipped = onReset === 'error' ? emitted : 0;
      text = startText();
      text.write(remaining);
      if (fault && read < skipped) throw fromFault(fault);
      skipped = 0;
    },
    end(whole) {
      endJson(text, whole, answer);
      if (!found()) throw answer.parseError('The JSON value has no array there');
      if (queue) queue.whenEmpty(() => destination.complete());
      else destination.complete();
    },
    toParseError: (error) => toJsonParseError(error, answer, options),
  };
}
