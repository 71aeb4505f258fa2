import { nonEmptyText } from '../../codecs/json/jsonFields.js';
import type { VariablePaths } from '../../codecs/jsonTemplate/variables.js';
import type { DeltaEvent, JsonObject } from '../../events.js';
import { hasError } from '../http/reportedError.js';
import { providerError } from '../http/responseErrors.js';
import { isHeartbeat } from '../wire/heartbeats.js';
import type { WireFormat } from '../wire/wireFormat.js';
import { createWriterState, type WriterState } from './answerState.js';
import { createEventWriter, type EventWriter } from './eventWriter.js';

/** What else a format can read of a payload. */
export interface PayloadContext<State> {
  /** The state of this subscription. */
  readonly state: State;
  /** The name of the server-sent event, empty if it has none. */
  readonly name: string;
}

/**
 * How the payloads of one provider become events, for `fromServerSentEvents`. Pure: what it keeps is in its state, so that recorded streams test
 * it without a network.
 *
 * Heartbeats, and errors under `error` or in an event of that name, are read before it is asked; any other error it throws with
 * `providerError(payload)`.
 */
export interface ProviderFormat<State = undefined> {
  /** The `provider` of its `start` and `raw` events. */
  readonly provider: string;
  /** Creates the state of a subscription. @defaultValue no state */
  readonly createState?: () => State;
  /**
   * Whether a payload is one of this provider: a stream without any is a `ProtocolError`, and an error of any shape in any other payload is
   * read. @defaultValue every payload is
   */
  readonly knows?: (payload: JsonObject, name: string) => boolean;
  /** Writes what a payload means: events are emitted at once and in order. */
  readonly decode: (payload: JsonObject, write: EventWriter, context: PayloadContext<State>) => void;
  /**
   * Called at a `[DONE]` marker (`marked`), at the end of the body, and after the grace period, unless the answer has finished. It calls
   * `write.finish()` only if that is evidence that the answer is whole: else the stream is a `TruncatedError`.
   * @defaultValue finishes if `write.ending` has noted a reason for every choice
   */
  readonly end?: (write: EventWriter, context: { readonly state: State; readonly marked: boolean }) => void;
  /**
   * Where the payloads of successive deltas differ. A payload that differs from one before it only there, which emitted one piece of text and
   * did nothing else, is then read without being parsed: with its own text, and without `decode`. So `decode` must depend on nothing but the
   * payload there. @defaultValue every payload is parsed
   */
  readonly variables?: VariablePaths;
}

interface CustomState extends WriterState {
  readonly own: unknown;
  emit: (event: DeltaEvent) => void;
  readonly write: EventWriter;
}

const noVariables: VariablePaths = { text: [], padding: [] };

/** @throws TypeError for a format that lacks what it must have. */
export function toWireFormat<State>(format: ProviderFormat<State>): WireFormat<CustomState> {
  const { provider, createState, knows = () => true, decode, end, variables = noVariables } = format;
  if (nonEmptyText(provider) === undefined) throw new TypeError('format: provider must be a text that is not empty');
  if (typeof decode !== 'function') throw new TypeError('format: decode must be a function');
  return {
    provider,
    variables,
    knows,
    createState() {
      const state = Object.assign(createWriterState(), { own: createState?.(), emit: (_event: DeltaEvent): void => undefined });
      return Object.assign(state, { write: createEventWriter(provider, state, (event) => state.emit(event)) });
    },
    decode(state, payload, name, emit) {
      state.emit = emit;
      state.touches = 0;
      if (name === 'error' || hasError(payload)) throw providerError(payload);
      if (isHeartbeat(payload, name)) return emit({ type: 'ping' });
      decode(payload, state.write, { state: state.own as State, name });
    },
    end(state, marked, emit) {
      state.emit = emit;
      if (end) end(state.write, { state: state.own as State, marked });
      else if (state.settled) state.write.finish();
    },
  };
}
