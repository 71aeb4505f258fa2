import type { Subscriber } from 'rxjs';
import { createEventParser, type JsonEvent } from '../codecs/json/events.js';
import type { JsonParser } from '../codecs/json/parser.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import type { AnswerHandlers, AnswerSoFar } from './answerKernel.js';
import { endJson, toJsonParseError } from './jsonAnswer.js';

export interface ReadJsonEventsOptions extends JsonTextOptions {
  readonly onIncomplete?: 'error' | 'emit';
}

/** The handlers of `partialJson` with `mode: 'events'`. */
export function readJsonEvents(
  destination: Subscriber<JsonEvent>,
  answer: AnswerSoFar,
  options: ReadJsonEventsOptions,
): AnswerHandlers {
  let emitted = false;
  let parser = startParser();

  function startParser(): JsonParser {
    emitted = false;
    return createEventParser((event) => {
      emitted = true;
      destination.next(event);
    }, options);
  }

  return {
    write: (text) => parser.write(text),
    restart(remaining) {
      if (emitted) destination.next({ type: 'reset' });
      parser = startParser();
      parser.write(remaining);
    },
    end(whole) {
      endJson(parser, whole, answer, options.onIncomplete);
      destination.complete();
    },
    toParseError: (error) => toJsonParseError(error, answer, options),
  };
}
