import { EmptyStreamError, MalformedEventError, ProviderError, TruncatedError } from '../../../errors.js';
import type { DeltaEvent, JsonValue, Phase } from '../../../events.js';
import { checkBytes, checkDepth } from '../bounds.js';
import { readError } from '../fields/errorFields.js';
import { eventFields } from '../fields/eventFields.js';
import { count, isRecord, readFields, wrong } from '../fields/readers.js';
import type { EventDecoder } from '../keepPartial.js';
import type { EmitEvent } from '../wire.js';

/** Reads what `createSseEncoder` writes, and checks it: a frame may come from anywhere. */
export function createSseDecoder(): EventDecoder {
  let begun = false;
  let finished = false;

  function decodePayload(payload: unknown, emit: EmitEvent): void {
    if (!isRecord(payload)) throw new MalformedEventError('An event is not an object');
    const { type } = payload;
    if (typeof type !== 'string') throw new MalformedEventError('An event has no type');
    if (type === 'text-delta' && isTextDelta(payload)) {
      const { text, block, choice, phase } = payload;
      return emit({ type, text, block, choice, phase });
    }
    checkDepth(payload);
    if (type === 'error') throw readError(payload['error']) ?? unknownError();
    const event = toEvent(type, payload);
    finished = event.type === 'finish';
    emit(event);
  }

  /** A framework may add frames of its own, or name each frame by the type of its event. */
  function decodeNamed(name: string, data: JsonValue, emit: EmitEvent): void {
    if (isRecord(data) && data['type'] === name) decodePayload(data, emit);
    else emit(raw(name, data));
  }

  return {
    get finished() {
      return finished;
    },
    decode(data, name, emit) {
      if (finished) return;
      begun = true;
      checkBytes(data);
      if (name === '' || name === 'message') decodePayload(parse(data), emit);
      else if (name === 'error') throw reportedError(data);
      else decodeNamed(name, otherData(data), emit);
    },
    end() {
      if (finished) return;
      throw begun ? new TruncatedError() : new EmptyStreamError();
    },
  };
}

interface TextDeltaPayload {
  readonly text: string;
  readonly block: number;
  readonly choice: number;
  readonly phase: Phase;
}

function isTextDelta(payload: object): payload is TextDeltaPayload {
  const { text, block, choice, phase } = payload as Readonly<Record<string, unknown>>;
  return (
    typeof text === 'string' &&
    count(block) !== wrong &&
    count(choice) !== wrong &&
    (phase === 'answer' || phase === 'commentary')
  );
}

/** An event of a type that this version does not know is passed on. */
function toEvent(type: string, payload: Readonly<Record<string, unknown>>): DeltaEvent {
  if (!isKnown(type)) return raw(type, payload as JsonValue);
  return readFields(type, eventFields[type], payload) as unknown as DeltaEvent;
}

function isKnown(type: string): type is keyof typeof eventFields {
  return Object.hasOwn(eventFields, type);
}

function raw(name: string, data: JsonValue): DeltaEvent {
  return { type: 'raw', provider: 'rxllm', name, data };
}

function parse(data: string): unknown {
  // A server that ends every stream in this way ends a cut one too.
  if (data === '[DONE]') throw new TruncatedError();
  try {
    return JSON.parse(data);
  } catch {
    throw new MalformedEventError();
  }
}

/** The data of a frame of another name. */
function otherData(data: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(data) as JsonValue;
  } catch {
    return data;
  }
  checkDepth(value);
  return value;
}

/** A framework reports an error of the handler in a frame of that name, often as text. */
function reportedError(data: string): Error {
  const payload = otherData(data);
  return readError(isRecord(payload) ? (payload['error'] ?? payload) : undefined) ?? unknownError();
}

function unknownError(): ProviderError {
  return new ProviderError('The server ended the stream with an error', { kind: 'server' });
}
