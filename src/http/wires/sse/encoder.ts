import type { DeltaEvent, TextDeltaEvent } from '../../../events.js';
import { checkBytes, checkDepth } from '../bounds.js';
import { errorFrame } from '../fields/errorFrame.js';
import type { WireEncoder } from '../wire.js';

/** Encodes each event as one frame: the event as JSON. */
export function createSseEncoder(): WireEncoder {
  /** The text delta that was encoded last, and the JSON after its text: most likely the next one differs in its text only. */
  let last: TextDeltaEvent | undefined;
  let afterText = '';
  let ended = false;

  function textDelta(event: TextDeltaEvent): string {
    const { text, block, choice, phase } = event;
    if (last === undefined || block !== last.block || choice !== last.choice || phase !== last.phase) {
      last = event;
      afterText = `,"block":${block},"choice":${choice},"phase":"${phase}"}`;
    }
    return `{"type":"text-delta","text":${JSON.stringify(text)}${afterText}`;
  }

  function toJson(event: DeltaEvent): string {
    switch (event.type) {
      case 'text-delta':
        return textDelta(event);
      case 'reasoning-delta':
        return `{"type":"reasoning-delta","text":${JSON.stringify(event.text)},"block":${event.block},"choice":${event.choice}}`;
      case 'tool-call-delta': {
        const { callId, argumentsText, block, choice } = event;
        const texts = `"callId":${JSON.stringify(callId)},"argumentsText":${JSON.stringify(argumentsText)}`;
        return `{"type":"tool-call-delta",${texts},"block":${block},"choice":${choice}}`;
      }
      default:
        checkDepth(event);
        return JSON.stringify(event);
    }
  }

  return {
    encode(event, write) {
      if (ended) return;
      const data = toJson(event);
      checkBytes(data);
      ended = event.type === 'finish';
      write(data);
    },
    fail(error, write) {
      if (ended) return;
      ended = true;
      write(errorFrame(error, (info) => JSON.stringify({ type: 'error', error: info })));
    },
  };
}
