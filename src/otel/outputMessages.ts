import { writeJson } from '../codecs/json/writeJson.js';
import type { JsonValue, MessagePart, PartialMessage } from '../events.js';

/**
 * Formats a message as the conventions require for an attribute. Omits the bytes of files, which would be too large for a span.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-output-messages.json
 */
export function outputMessages({ parts, finishReason }: PartialMessage): string {
  return writeJson([{ role: 'assistant', parts: parts.map(toPart), finish_reason: finishReason ?? 'error' }] as JsonValue);
}

function toPart(part: MessagePart): object {
  switch (part.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return { type: part.type, content: part.text };
    case 'tool-call': {
      const { callId: id, name, input = part.argumentsText } = part;
      if (part.executor === 'client') return { type: 'tool_call', id, name, arguments: input };
      return { type: 'server_tool_call', id, name, server_tool_call: { type: name, arguments: input } };
    }
    case 'tool-result':
      return { type: 'tool_call_response', id: part.callId, response: part.output };
    case 'approval':
      return { type: 'tool_call_approval', id: part.callId, approved: part.approved };
    case 'file':
      return { type: 'file', mime_type: part.mediaType };
    case 'other':
      return { type: part.kind };
  }
}
