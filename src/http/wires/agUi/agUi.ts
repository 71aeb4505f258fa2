import { checkOptions } from '../../../kernel/options.js';
import { keepPartial } from '../keepPartial.js';
import type { Wire } from '../wire.js';
import { checkRunInput } from './checkRunInput.js';
import { createRunDecoder } from './decoder.js';
import { createRunEncoder } from './encoder.js';
import type { RunInput } from './runInput.js';

/** Options of {@link agUi}. */
export interface AgUiOptions {
  /**
   * The body of the request, the same that {@link readRunInput} reads. The answer names its run, keeps to its version of the protocol, and
   * needs its messages to take back what became void. A server gives it; a page that only reads gives none. @defaultValue `undefined`
   */
  readonly input?: RunInput | undefined;
}

/**
 * Creates the wire of AG-UI, which CopilotKit, the clients of the protocol (`HttpAgent`) and of TanStack speak.
 *
 *     events     s--------a--------------------------------b----------------------f|
 *     frames     RUN_STARTED  TEXT_MESSAGE_START, _CONTENT  TEXT_MESSAGE_CONTENT   TEXT_MESSAGE_END, RUN_FINISHED
 *
 * A request with a `protocolVersion` gets version 1.0 of the protocol; one without gets what the clients before 1.0 (0.0.57 to 0.0.59) and
 * that of TanStack take: `aborted` is then no outcome of its own, and no pending calls are listed. Nothing that is written is refused: what is
 * open is ended first.
 *
 * | event | frames |
 * |---|---|
 * | text, refusal, reasoning | a message for each block, open until its `block-end`, the end of the round, or a `reset` |
 * | tool call, result | `TOOL_CALL_…` within the message of the text before it; the output as text, or as JSON |
 * | `block-end` | `REASONING_ENCRYPTED_VALUE`, which clients send back; that of a text, to a client before 1.0, in the metadata of its end |
 * | `step` | `STEP_STARTED` and `STEP_FINISHED` |
 * | `reset` | `MESSAGES_SNAPSHOT`: the messages of the input, and those of the steps that stay |
 * | `usage` | the last one, as `usage` of the terminal frame: an entry, or one for each request if several models were asked |
 * | `tool-approval`, preliminary results, `citation`, `file`, `logprobs` | `CUSTOM` frames of the name `rxllm.` and the type |
 * | `finish` | `RUN_FINISHED`; calls that wait for a decision, with reason `paused`, are its interrupts |
 * | an error | `RUN_ERROR` with the `kind` as `code` |
 *
 * What the protocol has no field for is in `metadata.rxllm`: finish reason, cost, timing, the error as `ErrorInfo`, steps and blocks. A call
 * that did not end is taken back by a snapshot, because clients run what has ended.
 *
 * What is lost between the encoder and this decoder: `ping`, all choices but 0 with the results of their calls, deltas of empty text, every
 * `usage` but the last, the partial message of errors. What else is lost between an answer and the next request: files that the model made, approvals that
 * `resume` does not carry, and rounds without content. To clients before 1.0, whether a result is an error; to that of TanStack, all native forms
 * of reasoning in a message but the last, and which text of several that alternate comes first.
 *
 * The decoder reads the runs of other servers, too: chunks, results as parts, the frames of servers before 0.0.45. A result of a tool and
 * content after it begins another `step`; interrupts are calls that wait for a decision; text of a subagent is `commentary`; state, activities,
 * snapshots and unknown frames are `raw`. Only RUN_FINISHED is the end: a body that ends before it, or with `[DONE]`, is a {@link TruncatedError}.
 * Neither side takes data of more than 16 MiB, or JSON of more than 256 levels: {@link LimitError}.
 *
 * @throws TypeError for an input that is no body of a run, and by `createEncoder` without an input.
 * @see https://docs.ag-ui.com/concepts/events
 * @example
 * const turns = readRunInput(body);
 * const encoder = agUi({ input: body }).createEncoder();
 */
export function agUi(options: AgUiOptions = {}): Wire {
  checkOptions('agUi', options, ['input']);
  const { input } = options;
  if (input !== undefined) checkRunInput(input, 'agUi: input');
  return {
    headers,
    createEncoder() {
      if (input === undefined) throw new TypeError('agUi: input is required to encode');
      return createRunEncoder(input);
    },
    createDecoder: () => keepPartial(createRunDecoder()),
  };
}

const headers: Wire['headers'] = {};
