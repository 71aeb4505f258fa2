import { wholeText } from '../../../codecs/text/growingText.js';
import type { JsonObject, JsonValue } from '../../../events.js';
import type { CallBlock, ChatBlock, ReasoningBlock, TextBlock } from './blocks.js';

/**
 * A block as a fragment of the assistant message, in the fields that the server used: the fragments of all blocks, merged, are the message
 * that goes back on the next turn.
 */
export function chatNative(block: ChatBlock): JsonObject {
  switch (block.kind) {
    case 'text':
      return textNative(block);
    case 'reasoning':
      return reasoningNative(block);
    case 'refusal':
      return { refusal: wholeText(block.text) };
    case 'tool_call':
      return { tool_calls: [toolCallNative(block)] };
    case 'function_call':
      return { function_call: functionNative(block) };
    case 'audio':
      return block.id === undefined ? {} : { audio: { id: block.id } };
    case 'image':
    case 'other':
      return block.native;
  }
}

function textNative({ text, parts, annotations, extraContent }: TextBlock): JsonObject {
  return {
    content: parts ? [...parts, ...(text.length === 0 ? [] : [{ type: 'text', text: wholeText(text) }])] : wholeText(text),
    ...(annotations && { annotations }),
    ...(extraContent !== undefined && { extra_content: extraContent }),
  };
}

function reasoningNative({ reasoningContent, reasoning, reasoningText, thinking, details }: ReasoningBlock): JsonObject {
  return {
    ...(reasoningContent.length > 0 && { reasoning_content: wholeText(reasoningContent) }),
    ...(reasoning.length > 0 && { reasoning: wholeText(reasoning) }),
    ...(reasoningText.length > 0 && { reasoning_text: wholeText(reasoningText) }),
    ...(thinking.length > 0 && { content: [{ type: 'thinking', thinking: [{ type: 'text', text: wholeText(thinking) }] }] }),
    ...(details && Object.fromEntries(details)),
  };
}

function toolCallNative(call: CallBlock): JsonValue {
  const { id, format, name, argumentsText, extras, functionExtras } = call;
  return {
    ...(id !== undefined && { id }),
    ...(format === 'text'
      ? { type: 'custom', custom: { name, input: wholeText(argumentsText), ...Object.fromEntries(functionExtras) } }
      : { type: 'function', function: functionNative(call) }),
    ...Object.fromEntries(extras),
  };
}

function functionNative({ name, argumentsText, functionExtras }: CallBlock): JsonObject {
  return { name, arguments: wholeText(argumentsText), ...Object.fromEntries(functionExtras) };
}
