import type { Subscriber } from 'rxjs';
import { createJsonElements } from '../codecs/json/elements.js';
import type { JsonPath } from '../codecs/json/handler.js';
import { createJsonText, type JsonText, type JsonTextOptions } from '../codecs/json/text.js';
import { fromErrorInfo, ValidationError } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { Answer, AnswerHandlers } from './answerKernel.js';
import { endJson } from './endJson.js';
import type { StandardSchema, Verdict } from './standardSchema.js';
import { createValidationQueue, toValidationIssues } from './validationQueue.js';

export interface ElementReadingOptions extends JsonTextOptions {
  readonly path: JsonPath | undefined;
  readonly schema: StandardSchema | undefined;
  readonly onInvalid: 'error' | 'skip' | 'emit';
  readonly onReset: 'error' | 'restart';
}

interface Element {
  readonly index: number;
  readonly value: JsonValue;
}

/** What `jsonElements` does with an answer: each element as it is or, when it is to be validated, in its turn. */
export function readElements(destination: Subscriber<unknown>, answer: Answer, options: ElementReadingOptions): AnswerHandlers {
  const { path, schema, onInvalid, onReset } = options;
  const queue = schema && createValidationQueue(schema, deliver, (error) => destination.error(error));
  if (queue) destination.add(() => queue.clear());
  /** How many elements were read, and up to which one they have left. */
  let read = 0;
  let left = 0;
  /** How many elements of what is read again have left already. */
  let known = 0;
  let found = (): boolean => false;
  let text = begin();

  function begin(): JsonText {
    const reader = createJsonElements(path, take, () => {
      throw answer.error('The array occurs twice');
    });
    read = 0;
    found = () => reader.found;
    return createJsonText(reader, () => undefined, options);
  }

  function take(value: JsonValue): void {
    const element = { index: read++, value };
    if (element.index < known) return;
    if (queue) queue.push(element);
    else emit(element);
  }

  function emit(element: { readonly index: number; readonly value: unknown; readonly issues?: unknown }): void {
    left = element.index + 1;
    destination.next(element);
  }

  function deliver(element: Element, verdict: Verdict<unknown>): void {
    if (verdict.valid) return emit({ index: element.index, value: verdict.value });
    const issues = toValidationIssues(verdict.issues);
    if (onInvalid === 'error') throw new ValidationError(issues, element.value, { partial: answer.partial });
    if (onInvalid === 'emit') emit({ ...element, issues });
  }

  return {
    write: (piece) => text.write(piece),
    restart({ error }, kept) {
      queue?.clear();
      known = onReset === 'error' ? left : 0;
      text = begin();
      text.write(kept);
      if (read < known) throw fromErrorInfo(error);
      known = 0;
    },
    end(whole) {
      endJson(text, whole, answer);
      if (!found()) throw answer.error('The JSON value has no array there');
      if (queue) queue.whenEmpty(() => destination.complete());
      else destination.complete();
    },
  };
}
