import type { Subscriber } from 'rxjs';
import { createEventParser, type JsonEvent } from '../codecs/json/events.js';
import type { JsonParser } from '../codecs/json/parser.js';
import type { JsonTextOptions } from '../codecs/json/text.js';
import type { Answer, AnswerHandlers } from './answerKernel.js';
import { endJson } from './endJson.js';

export interface EventReadingOptions extends JsonTextOptions {
  readonly onIncomplete?: 'error' | 'emit';
}

/** What `partialJson` does for those who want events. */
export function readJsonEvents(destination: Subscriber<JsonEvent>, answer: Answer, options: EventReadingOptions): AnswerHandlers {
  let emitted = false;
  let parser = begin();

  function begin(): JsonParser {
    emitted = false;
    return createEventParser((event) => {
      emitted = true;
      destination.next(event);
    }, options);
  }

  return {
    write: (text) => parser.write(text),
    restart(_event, text) {
      if (emitted) destination.next({ type: 'reset' });
      parser = begin();
      parser.write(text);
    },
    end(whole) {
      endJson(parser, whole, answer, options.onIncomplete);
      destination.complete();
    },
  };
}
