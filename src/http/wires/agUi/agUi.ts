import { checkOptions } from '../../../kernel/options.js';
import { keepPartial } from '../keepPartial.js';
import type { Wire, WireProtocol } from '../wire.js';
import { checkRunInput } from './checkRunInput.js';
import { createRunDecoder } from './decoder.js';
import type { RunInput } from './runInput.js';

/** Options of {@link agUi}. */
export interface AgUiOptions {
  /**
   * The body of the request, the same that {@link readRunInput} reads. The answer names its run, keeps to its version of the protocol, and
   * needs its messages to take back what became void. A server gives it; a page that only reads gives none. @defaultValue `undefined`
   */
  readonly input?: RunInput | undefined;
}

/** What its encoder needs. */
export interface AgUiProtocol extends WireProtocol {
  readonly protocol: 'agUi';
  readonly input: RunInput | undefined;
}

/**
 * Creates the wire of AG-UI, the protocol of CopilotKit, of `HttpAgent` of `@ag-ui/client`, and of the chat client of TanStack.
 *
 *     events     start                 text-delta "a"                                finish
 *     frames     {"type":"RUN_STARTED",…}  {"type":"TEXT_MESSAGE_START",…}, {"type":"TEXT_MESSAGE_CONTENT",…}  {"type":"TEXT_MESSAGE_END",…}, {"type":"RUN_FINISHED",…}
 *
 * A request with a `protocolVersion` gets version 1.0 of the protocol. One without gets what the clients before 1.0 (0.0.57 to 0.0.59) and that
 * of TanStack take: an aborted answer has then no outcome of its own, and calls that wait for results are not listed. What is open is ended
 * before the end of the run, so that no client refuses it.
 *
 * What becomes what:
 * - text, a refusal, reasoning: a message for each block
 * - a tool call: `TOOL_CALL_START`, `TOOL_CALL_ARGS` and `TOOL_CALL_END` within the message of the text before it; its result: `TOOL_CALL_RESULT`, whose content is the output if that is text, else its JSON
 * - `block-end`: `REASONING_ENCRYPTED_VALUE`, which clients send back; that of a text, for a client before 1.0, is in the metadata of the end of its message
 * - `step`: `STEP_STARTED` and `STEP_FINISHED`
 * - `reset`: `MESSAGES_SNAPSHOT` with the messages of the input and of the steps that stay
 * - the last `usage`: the `usage` of the terminal frame, one entry, or one for each request if several models were asked
 * - `tool-approval`, a preliminary `tool-result`, `citation`, `file`, `logprobs`: `CUSTOM`, named `rxllm.` and the type
 * - `finish`: `RUN_FINISHED`; with reason `paused`, the calls that wait for a decision are its interrupts
 * - an error: `RUN_ERROR`, whose code is the `kind`
 *
 * The rest is in `metadata.rxllm`: the finish reason, cost, timing, the whole error, and the step and block of each message. A call that did not
 * end is taken back by a snapshot, because clients run the tool of a call that ended.
 *
 * The decoder reads the runs of other servers too, also in chunks. What comes after the result of a tool is another `step`; an interrupt is a
 * call that waits for a decision; the text of a subagent is `commentary`; state, activities, snapshots and unknown frames become `raw` events.
 * Only `RUN_FINISHED` is the end: a body that ends before it, also with `[DONE]`, is a `TruncatedError`. Neither side takes data of more than
 * 16 MiB, or JSON of more than 256 levels: `LimitError`.
 *
 * What it cannot carry:
 * - `ping`, deltas of empty text, and every `usage` but the last, which arrives before the end
 * - choices other than 0, and the results of their calls
 * - the pieces of arguments whose whole differs from them: clients show the whole
 * - of an error, its `cause`, and the messages of the attempts that a `RetryExhaustedError` lists
 * - from an answer to the next request: files that the model made and rounds without content
 * - to the client of TanStack, in addition: blank text, and of several native forms of reasoning in one message all but the last
 *
 * @throws TypeError for an input that is not the body of a run, and by a host or `createEncoder` without an input.
 * @see https://docs.ag-ui.com/concepts/events
 * @example toResponse(fromMessages(client, { model, max_tokens, ...messagesParams(readRunInput(body)) }), { wire: agUi({ input: body }) })
 */
export function agUi(options: AgUiOptions = {}): Wire {
  checkOptions('agUi', options, ['input']);
  const { input } = options;
  if (input !== undefined) checkRunInput(input, 'agUi: input');
  const encoding: AgUiProtocol = { protocol: 'agUi', input };
  return {
    headers: {},
    encoding,
    createDecoder: () => keepPartial(createRunDecoder()),
  };
}
