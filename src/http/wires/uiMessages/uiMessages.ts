import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { continuedMessage } from './continuedMessage.js';
import { createUiDecoder } from './decoder.js';
import { createUiEncoder } from './encoder.js';
import { createEncoderState } from './encoderState.js';

/** Options of {@link uiMessages}. */
export interface UiMessagesOptions {
  /** The major version of the AI SDK that the client has. @defaultValue 7 */
  readonly version?: 6 | 7 | undefined;
  /**
   * The body of the request that is answered, as `useChat` posts it: after a tool output or an approval the client continues its last message,
   * and the stream may have results of the calls of that message. @defaultValue the stream is a message of its own
   */
  readonly input?: unknown;
  /** The names of the tools that the client does not declare, or true for all: their parts are of the type `dynamic-tool`. @defaultValue none */
  readonly dynamicTools?: readonly string[] | boolean | undefined;
}

export function uiMessages(options: UiMessagesOptions = {}): Wire {
  const { version = 7, input, dynamicTools = false } = options;
  const names = new Set(typeof dynamicTools === 'boolean' ? [] : dynamicTools);
  const isDynamic = (name: string): boolean => dynamicTools === true || names.has(name);
  const continued = continuedMessage(input);
  return {
    headers,
    createEncoder: () => createUiEncoder(createEncoderState(version, isDynamic, continued)),
    createDecoder: () => keepPartial(createUiDecoder()),
  };
}

const headers: Wire['headers'] = {
  'cache-control': 'no-cache',
  'x-vercel-ai-ui-message-stream': 'v1',
  'x-accel-buffering': 'no',
};
