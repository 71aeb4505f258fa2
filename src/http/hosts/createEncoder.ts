import type { AgUiProtocol } from '../wires/agUi/agUi.js';
import { createRunEncoder } from '../wires/agUi/encoder.js';
import { createSseEncoder } from '../wires/sse/encoder.js';
import { createUiEncoder } from '../wires/uiMessages/encoder.js';
import { createEncoderState, type UiMessagesProtocol } from '../wires/uiMessages/encoderState.js';
import type { Wire, WireEncoder, WireProtocol } from '../wires/wire.js';

/**
 * Creates an encoder of a wire: where the frames are not sent by a host, for instance over a WebSocket.
 *
 *     events    start                text-delta "a"                   finish
 *     encode    {"type":"start",…}   {"type":"text-delta",…}          {"type":"finish",…}
 *
 * One stream has one encoder. `encode` writes what an event becomes: nothing, one frame or several. `fail` ends the stream with an error. What reads them
 * is `wire.createDecoder()`.
 *
 * @throws TypeError for `agUi()` without an input: the answer to a run needs its messages.
 * @example createEncoder(sse()).encode(event, (data) => socket.send(data))
 */
export function createEncoder({ encoding }: Wire): WireEncoder {
  if (typeof encoding === 'function') return encoding();
  const options = encoding as SseProtocol | UiMessagesProtocol | AgUiProtocol;
  switch (options.protocol) {
    case 'sse':
      return createSseEncoder();
    case 'uiMessages':
      return createUiEncoder(createEncoderState(options));
    case 'agUi':
      if (options.input === undefined) throw new TypeError('agUi: input is required to encode');
      return createRunEncoder(options.input);
  }
}

interface SseProtocol extends WireProtocol {
  readonly protocol: 'sse';
}
