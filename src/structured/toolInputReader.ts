import { createJsonParser, type JsonParser } from '../codecs/json/parser.js';
import { JsonSyntaxError } from '../codecs/json/syntaxError.js';
import { fillPartial, ParseError, type ParseErrorDetails } from '../errors.js';
import type { JsonValue } from '../events.js';
import type { PartialFold } from '../message/partialFold.js';

/** Reads the arguments of one tool call as JSON. */
export interface ToolInputReader {
  readonly callId: string;
  readonly ended: boolean;
  /** @throws LimitError past 256 levels. */
  write(argumentsText: string): void;
  /**
   * Ends the call with its whole arguments, which may contradict the deltas; no arguments at all are `{}`.
   * @throws ParseError if they are not JSON, or if their value is not complete.
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
  const createParser = (): JsonParser =>
    createJsonParser({
      fences: false,
      controlCharacters: true,
      onSnapshot(value, _complete, changed) {
        if (changed) onInput(value);
      },
    });
  let parser = createParser();
  let text = '';
  let ended = false;
  /** Where the deltas are not JSON. Only the end of the call shows whether they are its arguments. */
  let failure: ParseError | undefined;

  function parseError(problem: string, details: ParseErrorDetails = { offset: parser.offset }): ParseError {
    const partial = message.partial();
    return new ParseError(problem, text, partial.finishReason, { value: parser.value(), partial, ...details });
  }

  function write(argumentsText: string): void {
    text += argumentsText;
    if (failure) return;
    try {
      parser.write(argumentsText);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw fillPartial(error, message.partial);
      failure = parseError(error.message, { offset: error.offset, cause: error });
    }
  }

  return {
    callId,
    get ended() {
      return ended;
    },
    write,
    end(argumentsText) {
      ended = true;
      if (argumentsText.trim() === '') return onInput({});
      if (argumentsText !== text) {
        parser = createParser();
        failure = undefined;
        text = '';
        write(argumentsText);
      }
      if (failure) throw failure;
      if (!parser.end()) throw parseError('The arguments end before their JSON value does');
    },
    parseError: (problem, details) => failure ?? parseError(problem, details),
  };
}
