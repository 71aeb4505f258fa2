import { checkOptions } from '../../../kernel/options.js';
import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { createUiDecoder } from './decoder.js';
import type { UiMessagesProtocol } from './encoderState.js';

/** Options of {@link uiMessages}. */
export interface UiMessagesOptions {
  /** The major version of the AI SDK that the client has. The decoder reads both. @defaultValue 7 */
  readonly version?: 6 | 7 | undefined;
  /**
   * The body of the request that is answered, as `useChat` posts it. After a tool output or an approval the client continues its last message:
   * the answer then has the id of that message, and may have results of its calls. @defaultValue the answer is a message of its own
   */
  readonly input?: unknown;
  /**
   * The names of the tools that the client does not declare, or `true` for all of them: their parts are of the type `dynamic-tool` instead of
   * `tool-NAME`. @defaultValue none
   */
  readonly dynamicTools?: readonly string[] | boolean | undefined;
}

/**
 * Creates the wire of the AI SDK's front ends (`useChat`, `AbstractChat`): its UI message stream, of version 6 or 7.
 *
 *     events   start              text-delta "a"                                     finish
 *     frames   {"type":"start"}   {"type":"text-start"} {"type":"text-delta"}   …    {"type":"finish"} [DONE]
 *
 * Their client shows choice 0: texts, reasoning, tool calls with their results and approvals, files, sources and steps. The usage with its
 * cost, the finish reason in our terms and the timing are in the metadata of the message. A refusal is shown as text. An error is a chunk with
 * its message; what was cut upstream is one too, because their client takes a body that merely ends for success. Parts that are open are ended
 * before that. Native forms travel with the parts, or in `data-rxllm` parts that no interface shows, and come back with the next request:
 * {@link readUiMessages}.
 *
 * A `reset` voids the step that runs (version 7). One that voids more, or anything in version 6, cannot be expressed: the stream ends with the
 * error of the attempt that failed, and the host unsubscribes from the source. One that voids nothing, because nothing was shown yet, is not visible.
 *
 * The decoder emits the events of what this wire and the servers of the AI SDK write. It takes an answer for complete only with its `finish`: a body that ends
 * before it, also with `[DONE]`, and one that was interrupted, is a `TruncatedError`. An error that this wire wrote has its class and kind; any
 * other is a `ProviderError`. Unknown chunks and `data-*` parts become `raw` events. Neither side takes data of more than 16 MiB, or JSON of
 * more than 256 levels: `LimitError`.
 *
 * What it cannot carry:
 * - `ping`, `raw` and `logprobs` events, and every choice but choice 0
 * - an approval of a call that neither the stream nor the continued message has, and results of calls of other choices
 * - the pieces of a file: it is sent when it is whole, and not at all if the stream is cut before that
 * - in version 6, that a call was approved; a denied one is shown as denied until it has a result
 * - that the provider's own API asks for an approval (MCP tools of the responses API): the request goes back with the next request, and no
 *   interface shows it
 * - of several resets that void nothing, all but the last, which arrives with the `start` that follows it
 * - keys named `__proto__`, and `constructor` with a `prototype`, at which their client ends the stream; in native forms, arguments and
 *   results our decoder has them all the same
 * - of an error, its `cause` and the message so far
 *
 * @throws TypeError for an unknown option or a wrong value.
 * @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 * @example pipeToNode(events$, response, { wire: uiMessages({ input: body }) })
 */
export function uiMessages(options: UiMessagesOptions = {}): Wire {
  checkOptions('uiMessages', options, ['version', 'input', 'dynamicTools']);
  const { version = 7, input, dynamicTools = false } = options;
  if (version !== 6 && version !== 7) throw new TypeError('uiMessages: version must be 6 or 7');
  const isNames = Array.isArray(dynamicTools) && dynamicTools.every((name) => typeof name === 'string');
  if (typeof dynamicTools !== 'boolean' && !isNames) {
    throw new TypeError('uiMessages: dynamicTools must be a list of names, or true or false');
  }
  const encoding: UiMessagesProtocol = { protocol: 'uiMessages', version, input, dynamicTools };
  return {
    headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
    replays: true,
    encoding,
    createDecoder: () => keepPartial(createUiDecoder()),
  };
}
