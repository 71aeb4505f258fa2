import { imageSize } from './imageSize.js';

/** An image of a prompt. */
export interface PromptImage {
  /** Its base64, its data URL, its address, or empty text. */
  readonly data: string;
  /** How closely the model looks at it: `low`, `high` or `auto`. */
  readonly detail: string | undefined;
}

interface ImageTokens {
  readonly tokens: number;
  /** Whether they follow from a published rule and the size of the image. */
  readonly isKnown: boolean;
}

/** OpenAI's models with a factor for patches of 32 × 32 pixels, or with base tokens and tokens for a tile of 512 × 512 pixels. */
const openaiRules =
  'gpt-4.1-mini 1.62|gpt-4.1-nano 2.46|gpt-5-mini 1.62|gpt-5-nano 2.46|o4-mini 1.72|gpt-4o-mini 2833 5667|gpt-4o 85 170|gpt-4.1 85 170|gpt-4.5-preview 85 170|gpt-4-turbo 85 170|gpt-5 70 140|o1 75 150|o3 75 150';

/** The size that is assumed where only the provider can read the image. */
const typical = { width: 1_024, height: 1_024 };

/**
 * The tokens of an image by the provider's rule.
 *
 * @see https://developers.openai.com/api/docs/guides/images-vision and https://platform.claude.com/docs/en/build-with-claude/vision
 */
export function imageTokens({ data, detail }: PromptImage, provider: string | undefined, model: string): ImageTokens {
  const size = imageSize(data);
  const { width, height } = size ?? typical;
  if (provider === 'anthropic') return { tokens: anthropicTokens(width, height, model), isKnown: size !== undefined };
  const rule = openaiRules.split('|').find((entry) => isOf(model, entry.slice(0, entry.indexOf(' '))));
  const [, one = '85', tile] = (rule ?? 'gpt-4o 85 170').split(' ');
  const isLow = detail === 'low';
  if (tile === undefined) {
    const isKnown = size !== undefined && !isLow;
    return { tokens: Math.ceil(Number(one) * patches(width, height, 32, Infinity, 1_536)), isKnown };
  }
  const tokens = isLow ? Number(one) : Number(one) + Number(tile) * tiles(width, height);
  return { tokens, isKnown: rule !== undefined && (isLow || size !== undefined) };
}

/** The model itself or a dated version of it. */
function isOf(model: string, name: string): boolean {
  return model === name || (model.startsWith(`${name}-`) && !/^[a-z]/.test(model.slice(name.length + 1)));
}

/** Fits within 2,048 × 2,048, then its shorter side is at most 768. */
function tiles(width: number, height: number): number {
  const fit = Math.min(1, 2_048 / Math.max(width, height));
  const scale = Math.min(fit, 768 / Math.min(width, height));
  return Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}

/** Models from Opus 4.7 on see more. */
function anthropicTokens(width: number, height: number, model: string): number {
  const isClose = /opus-4-[7-9]|claude-[a-z]+-[5-9](-|$)/.test(model);
  return isClose ? patches(width, height, 28, 2_576, 4_784) : patches(width, height, 28, 1_568, 1_568);
}

/** The number of patches after the image was made small enough. */
function patches(width: number, height: number, side: number, longest: number, most: number): number {
  const area = Math.sqrt((most * side * side) / (width * height));
  const scale = Math.min(1, longest / Math.max(width, height));
  const count = (by: number): number => Math.ceil((width * by) / side) * Math.ceil((height * by) / side);
  return Math.min(most, count(scale) > most ? count(Math.min(scale, area)) : count(scale));
}
