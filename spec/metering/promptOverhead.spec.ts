import { describe, expect, it } from '@jest/globals';
import { promptOverhead } from '../../src/metering/promptOverhead.js';
import { readPrompt } from '../../src/metering/promptParts.js';

const user = (content: unknown): object => ({ role: 'user', content });

function base64(...bytes: readonly number[]): string {
  return btoa(String.fromCharCode(...bytes));
}

const be = (value: number, size: number): number[] =>
  Array.from({ length: size }, (_, index) => (value >>> (8 * (size - 1 - index))) & 0xff);
const le = (value: number, size: number): number[] => be(value, size).reverse();
const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

const png = (width: number, height: number): string =>
  base64(0x89, ...ascii('PNG\r\n\x1a\n'), ...be(13, 4), ...ascii('IHDR'), ...be(width, 4), ...be(height, 4), 8, 6, 0, 0, 0);
const gif = (width: number, height: number): string => base64(...ascii('GIF89a'), ...le(width, 2), ...le(height, 2));
const jpeg = (width: number, height: number): string =>
  base64(0xff, 0xd8, 0xff, 0xe0, ...be(4, 2), 0, 0, 0xff, 0xc2, ...be(11, 2), 8, ...be(height, 2), ...be(width, 2), 1);
const webp = (format: string, ...rest: number[]): string =>
  base64(...ascii('RIFF'), ...le(100, 4), ...ascii('WEBP'), ...ascii(format), ...le(10, 4), ...rest);

const imagePart = (data: string, detail?: string): object => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${data}`, detail },
});

// imageTokens.ts and imageSize.ts are tested through the prompt.
describe('promptOverhead', () => {
  const overhead = (prompt: unknown, model: string, provider = 'openai') => promptOverhead(readPrompt(prompt), provider, model);

  describe('of message frames', () => {
    it.each([
      // The API counts 8 tokens for "hi", and 53 for ten messages of "ok": each of these texts is one token.
      ['one message', [user('hi')], 8 - 1],
      ['ten messages', Array.from({ length: 10 }, () => user('ok')), 53 - 10],
      ['a text, which is sent as one message', 'hi', 8 - 1],
      ['a message with a name', [{ ...user('hi'), name: 'Ann' }], 8],
      ['the params of responses', { model: 'gpt-4o', instructions: 'Be brief.', input: 'hi' }, 4 + 4 + 3],
    ])('follows the rule of OpenAI: %s', (_, prompt, tokens) => {
      for (const model of ['gpt-4o', 'gpt-4', 'gpt-3.5-turbo-0125', 'openai/gpt-4o-mini']) {
        expect(overhead(prompt, model)).toEqual({ tokens, isKnown: true });
      }
      expect(overhead(prompt, 'gpt-5')).toEqual({ tokens, isKnown: false });
    });

    it.each([
      ['claude-haiku-4-5', 'anthropic'],
      ['llama3.2:3b', 'openai'],
      ['model-1', 'test'],
    ])('is unknown for %s of %s', (model, provider) => {
      expect(overhead([user('hi')], model, provider)).toEqual({ tokens: 0, isKnown: false });
    });

    it('is unknown for texts that are no messages', () => {
      expect(overhead(['a', 'b'], 'gpt-4o')).toEqual({ tokens: 0, isKnown: false });
    });

    it('takes the model of the params before the provider has named it', () => {
      expect(promptOverhead(readPrompt({ model: 'gpt-4o', messages: [user('hi')] }), 'openai').tokens).toBe(7);
    });
  });

  describe('of tools', () => {
    const tool = (properties: object): object => ({ type: 'function', function: { name: 'a', parameters: { properties } } });
    const enums = { unit: { type: 'string', enum: ['C', 'F', 'K'] } };

    it.each([
      ['no properties', [tool({})], 7 + 12],
      ['two properties', [tool({ a: { type: 'string' }, b: { type: 'number' } })], 7 + 3 + 6 + 12],
      ['an enum', [tool(enums)], 7 + 3 + 3 - 3 + 9 + 12],
      ['two tools', [tool({}), tool(enums)], 7 + 7 + 3 + 3 - 3 + 9 + 12],
    ])('follows the rule of OpenAI: %s', (_, tools, tokens) => {
      expect(overhead({ messages: [user('hi')], tools }, 'gpt-4o')).toEqual({ tokens: 7 + tokens, isKnown: true });
      expect(overhead({ messages: [user('hi')], tools }, 'gpt-4').tokens).toBe(7 + tokens + 3 * tools.length);
    });

    it.each([
      ['a schema within a schema', tool({ a: { type: 'array', items: { type: 'string' } } })],
      ['a tool of the provider', { type: 'web_search' }],
    ])('has no rule for %s', (_, given) => {
      expect(overhead({ messages: [user('hi')], tools: [given] }, 'gpt-4o').isKnown).toBe(false);
    });

    it('of Anthropic is a prompt of its own', () => {
      expect(
        overhead({ messages: [user('hi')], tools: [{ name: 'a', input_schema: {} }] }, 'claude-haiku-4-5', 'anthropic').tokens,
      ).toBe(346);
    });
  });

  describe('of images', () => {
    it.each([
      // The examples of the provider's page: 1024 × 1024 and 2048 × 4096 are 765 and 1,105 tokens, low detail is 85.
      ['gpt-4o', png(1_024, 1_024), 'high', 765],
      ['gpt-4o', png(2_048, 4_096), undefined, 1_105],
      ['gpt-4o', png(4_096, 8_192), 'low', 85],
      ['gpt-4o', gif(500, 500), 'auto', 85 + 170],
      ['gpt-4o-mini', jpeg(1_024, 1_024), 'high', 2_833 + 4 * 5_667],
      ['gpt-4.1', jpeg(512, 512), 'high', 85 + 170],
      // 1024 × 1024 is 1,024 patches; 1800 × 2400 is made smaller.
      ['gpt-4.1-mini', png(1_024, 1_024), undefined, Math.ceil(1_024 * 1.62)],
      ['gpt-4.1-nano', png(64, 65), undefined, Math.ceil(6 * 2.46)],
    ])('follows the rule of %s', (model, data, detail, tokens) => {
      expect(overhead([user([imagePart(data, detail)])], model)).toEqual({ tokens: 7 + tokens, isKnown: true });
    });

    it('never exceeds the most patches', () => {
      const { tokens } = overhead([user([imagePart(png(1_800, 2_400))])], 'gpt-4.1-mini');
      expect(tokens).toBeLessThanOrEqual(7 + Math.ceil(1_536 * 1.62));
      expect(tokens).toBeGreaterThan(7 + 1_400 * 1.62);
    });

    it.each([
      ['lossy WebP', webp('VP8 ', 0, 0, 0, 0x9d, 0x01, 0x2a, ...le(300, 2), ...le(600, 2))],
      ['lossless WebP', webp('VP8L', 0x2f, ...le(299 | (599 << 14), 4))],
      ['extended WebP', webp('VP8X', 0, 0, 0, 0, ...le(299, 3), ...le(599, 3))],
      ['PNG', png(300, 600)],
      ['GIF', gif(300, 600)],
      ['JPEG', jpeg(300, 600)],
    ])('reads the size of %s', (_, data) => {
      expect(overhead([user([imagePart(data)])], 'gpt-4o')).toEqual({ tokens: 7 + 85 + 2 * 170, isKnown: true });
    });

    it.each([
      ['claude-sonnet-4-5', png(1_000, 1_000), 36 * 36],
      ['claude-sonnet-4-5', png(200, 200), 64],
      ['claude-sonnet-4-5', png(4_000, 4_000), 1_568],
      ['claude-opus-4-8', png(1_400, 1_400), 2_500],
      ['claude-opus-4-8', png(6_000, 6_000), 4_784],
    ])('is a patch of 28 × 28 pixels each for %s', (model, data, tokens) => {
      const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data } };
      const counted = overhead([user([image])], model, 'anthropic').tokens;
      expect(counted).toBeLessThanOrEqual(tokens);
      expect(counted).toBeGreaterThan(tokens * 0.97);
    });

    it.each([
      'https://a.example/a.png',
      'data:image/png;base64,iVBO',
      'data:image/tiff;base64,SUkqAA==',
      'data:image/png;base64,%%%',
    ])('is a guess where the size cannot be read: %s', (url) => {
      const prompt = [user([{ type: 'image_url', image_url: { url } }])];
      expect(overhead(prompt, 'gpt-4o')).toEqual({ tokens: 7 + 765, isKnown: false });
    });
  });
});
