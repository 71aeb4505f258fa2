import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Tiktoken, type TiktokenBPE } from 'js-tiktoken/lite';
import type { TokenCounter } from '../../src/metering/tokenCounter.js';
import { encodings, type TiktokenEncoding } from '../../src/tiktoken/encodings.js';
import { tiktokenCounter } from '../../src/tiktoken/tiktokenCounter.js';
import { createTokenStream, longestPiece } from '../../src/tiktoken/tokenStream.js';
import { anyChunking, cut } from '../support/chunks.js';

/** Characters of every kind that a pattern distinguishes, and characters that change the pieces before them. */
const kinds: readonly (readonly string[])[] = [
  ['a', 'e', 'ß', 'я', 'ff'],
  ['A', 'Ж', 'İ'],
  ['中', '文', 'ก', 'ﷺ', 'ª'],
  ['ʰ', 'ー'],
  ['ǅ'],
  ['\u0301', '\u0e31', '\ufe0f', '\u20e3'],
  ['1', '٣', '½', 'Ⅷ'],
  [' ', ' ', '\t', '\u00a0', '\u3000', '\u2028', '\ufeff', '\v'],
  ['\n', '\r', '\r\n'],
  ["'s", "'T", "'re", "'VE", "'m", "'lL", "'d", "'", '’s'],
  ['s', 't', 'r', 'R', 'v', 'l', 'L', 'd', 'm'],
  ['/', '.', '!', '(', '_', '"', '=', '-', '\\', '$'],
  ['😀', '👨‍👩‍👧', '🇩🇪', '𝐀', '𝐚', '𝟏', '𠮷'],
  ['\ud83d', '\ud835', '\udc00', '\ude00'],
  ['\0', '\u200b', '\ufffd', '<|endoftext|>'],
];
const anyKindOfText = fc
  .array(
    fc.tuple(
      fc.constantFrom(...kinds.map((kind) => fc.constantFrom(...kind))).chain((kind) => kind),
      fc.integer({ min: 1, max: 5 }),
    ),
    {
      maxLength: 30,
    },
  )
  .map((runs) => runs.map(([character, times]) => character.repeat(times)).join(''));

const texts = {
  prose:
    "The quick brown fox doesn’t jump over the lazy dog. It DIDN'T, they've said; I'd have, we'll see… \"Yes!\" (1,234.56)\n\n",
  code: 'export function f<T>(a: T[], b = 0x1f): T {\n\t// TODO: x_1 != y\n    return a.map((x) => x?.y ?? b)[0]!;\n}\n\n\n  \n#end /* */\r\n',
  chinese: '中文分词是自然语言处理的基础。今天天气很好，我们去公园吧！ABC中文abcДа，ИЛИ нет?',
  japanese: '吾輩は猫である。名前はまだ無い。ｶﾀｶﾅとひらがなとー、スーパーマーケット2025年。',
  scripts: 'Привет МИР! γειά σου Κόσμε שלום עולם مرحبا بالعالم नमस्ते दुनिया สวัสดีชาวโลก 안녕하세요 Việt Nam',
  emoji: 'ok 👍🏽👨‍👩‍👧‍👦 🇩🇪🇫🇷 1️⃣ ❤️‍🔥 𝐀𝐁𝐂𝐚𝐛𝐜 𝟏𝟐𝟑 😀😀😀!',
  base64:
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  blanks: 'a  b   c\n\n  d \n \n\t\te\r\n\r\n   \n   f    \n',
  contractions: "I'm you're he'd she'll it's we've DON'T DON'Tx x'RE 'tis 's 'll' o'clock rock'n'roll y'all'd've",
  caps: 'HTTPServer XMLHttpRequest ABCdef中ABCdef中ABC def ÀÉÎõü',
  json: '{"id":1,"name":"Lamp","tags":["a","b"],"price":9.5,"ok":true,"none":null}\n'.repeat(3),
};

/** The counters of js-tiktoken and of this package. */
async function both(encoding: TiktokenEncoding) {
  const { default: source } = (await import(`js-tiktoken/ranks/${encoding}`)) as { default: TiktokenBPE };
  const tiktoken = new Tiktoken(source);
  const counter = tiktokenCounter(encoding);
  await counter.load();
  const exact = (text: string): number => tiktoken.encode(text, [], []).length;
  return { exact, counter, pattern: new RegExp(source.pat_str, 'gu') };
}

function running(counter: Pick<TokenCounter, 'stream'>, pieces: readonly string[]): readonly number[] {
  const stream = counter.stream();
  return pieces.map((piece) => stream.push(piece));
}

function wholes(pieces: readonly string[]): readonly string[] {
  return pieces.map((_, index) => pieces.slice(0, index + 1).join(''));
}

describe.each(encodings)('createTokenStream with %s', (encoding) => {
  let exact: (text: string) => number;
  let counter: TokenCounter;
  let pattern: RegExp;

  beforeAll(async () => {
    ({ exact, counter, pattern } = await both(encoding));
  });

  it('splits an arriving text into the same pieces as the pattern splits the whole text', () => {
    // A vocabulary in which every piece is one token.
    const pieceCounter = { stream: () => createTokenStream({ pattern, encode: (bytes) => [bytes] }) };
    fc.assert(
      fc.property(anyKindOfText, anyChunking, (text, sizes) => {
        const pieces = cut(text, sizes);
        expect(running(pieceCounter, pieces)).toEqual(wholes(pieces).map((whole) => whole.match(pattern)?.length ?? 0));
      }),
      { numRuns: 5_000 },
    );
    const pieces = ['中A\ud835', '\udc1a'];
    expect(running(pieceCounter, pieces)).toEqual(wholes(pieces).map((whole) => whole.match(pattern)?.length ?? 0));
  });

  it('counts the same as js-tiktoken after every delta', () => {
    fc.assert(
      fc.property(anyKindOfText, anyChunking, (text, sizes) => {
        const pieces = cut(text, sizes);
        expect(running(counter, pieces)).toEqual(wholes(pieces).map(exact));
      }),
      { numRuns: encoding === 'o200k_base' || encoding === 'cl100k_base' ? 3_000 : 1_000 },
    );
  });

  it('counts the same as js-tiktoken for any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), anyChunking, (text, sizes) => {
        const pieces = cut(text, sizes);
        expect(running(counter, pieces)).toEqual(wholes(pieces).map(exact));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(Object.entries(texts))('counts the same as js-tiktoken for %s, one code unit per delta', (_, text) => {
    const pieces = cut(text, [1]);
    expect(running(counter, pieces)).toEqual(wholes(pieces).map(exact));
    expect(counter.count(text)).toBe(exact(text));
  });

  it.each(['x', '中', ' ', '=', '\n', 'é', '😀', 'aB', 'e\u0301', '中A'])(
    'counts a run of %j up to the bound exactly',
    (unit) => {
      const text = unit.repeat(longestPiece / unit.length);
      const stream = counter.stream();
      for (const piece of cut(text, [7])) stream.push(piece);
      expect([stream.push(''), stream.approximate]).toEqual([exact(text), false]);
    },
  );
});
