import { imageTokens } from './imageTokens.js';
import type { PromptParts } from './promptParts.js';

/** The tokens of a prompt beside those of its texts. */
export interface PromptOverhead {
  readonly tokens: number;
  /** Whether published rules cover every part of it. */
  readonly isKnown: boolean;
}

/** The models for which OpenAI published how messages and tools become tokens, and its other models, which are near. */
const ruled = /^(gpt-3\.5-turbo|gpt-4)/;
const similar = /^(gpt-|o\d|chatgpt|codex)/;

/** Anthropic adds this many tokens for the use of tools, and has not published how messages become tokens. */
const anthropicTools = 346;

/**
 * Message frames, tool definitions and images by the rules of the provider that answers.
 *
 * @see https://developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken
 * @see https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
 */
export function promptOverhead(parts: PromptParts, provider: string | undefined, answering?: string): PromptOverhead {
  const model = answering ?? parts.model ?? '';
  const name = model.slice(model.lastIndexOf('/') + 1);
  const images = parts.images.map((image) => imageTokens(image, provider, name));
  const ofImages = images.reduce((sum, { tokens }) => sum + tokens, 0);
  if (provider === 'anthropic') return { tokens: ofImages + (parts.tools > 0 ? anthropicTools : 0), isKnown: false };
  if (provider !== 'openai' || !similar.test(name)) return { tokens: ofImages, isKnown: false };
  const isKnown = ruled.test(name) && parts.messages > 0 && !parts.hasOther && images.every((image) => image.isKnown);
  return { tokens: ofImages + frameTokens(parts) + toolTokens(parts, name), isKnown };
}

/** Each message has three tokens and its role, and the answer is begun with three. */
function frameTokens({ messages, names }: PromptParts): number {
  return messages === 0 ? 0 : 4 * messages + names + 3;
}

function toolTokens({ tools, objects, properties, enums, items }: PromptParts, model: string): number {
  if (tools === 0) return 0;
  const each = /^gpt-(3\.5|4(-|$))/.test(model) ? 10 : 7;
  return each * tools + 3 * (objects + properties - enums + items) + 12;
}
