import { createJsonParser } from '../codecs/json/parser.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { fillPartial, ParseError, type ParseErrorDetails } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { PartialFold } from '../message/partialFold.js';

/** Reads the arguments of one tool call as JSON. */
export interface ToolInputReader {
  readonly callId: string;
  readonly ended: boolean;
  /** @throws ParseError where the arguments are not JSON, LimitError past 256 levels. */
  write(argumentsText: string): void;
  /**
   * Ends the call; no arguments at all are `{}`.
   * @throws ParseError if their value is not complete.
   */
  end(argumentsText: string): void;
  parseError(message: string, details?: ParseErrorDetails): ParseError;
}

/**
 * @param message The message around the call, for errors.
 * @param onInput Called with each changed snapshot of the input.
 */
export function createToolInputReader(
  callId: string,
  message: PartialFold,
  onInput: (input: JsonValue) => void,
): ToolInputReader {
  const parser = createJsonParser({
    fences: false,
    controlCharacters: true,
    onSnapshot(value, _complete, changed) {
      if (changed) onInput(value);
    },
  });
  let text = '';
  let ended = false;

  function parseError(problem: string, details: ParseErrorDetails = { offset: parser.offset }): ParseError {
    const partial = message.partial();
    return new ParseError(problem, text, partial.finishReason, { value: parser.value(), partial, ...details });
  }

  return {
    callId,
    get ended() {
      return ended;
    },
    write(argumentsText) {
      text += argumentsText;
      try {
        parser.write(argumentsText);
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw fillPartial(error, message.partial);
        throw parseError(error.message, { offset: error.offset, cause: error });
      }
    },
    end(argumentsText) {
      ended = true;
      if (argumentsText.trim() === '') onInput({});
      else if (!parser.end()) throw parseError('The arguments end before their JSON value does');
    },
    parseError,
  };
}
