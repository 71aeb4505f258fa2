import { afterAll, describe, expect, it, jest } from '@jest/globals';
import type { TiktokenBPE } from 'js-tiktoken/lite';
import { encodings } from '../../src/tiktoken/encodings.js';
import { loadedVocabulary, loadVocabulary } from '../../src/tiktoken/vocabulary.js';

/** An independent implementation. */
async function read(encoding: string) {
  const { default: source } = (await import(`js-tiktoken/ranks/${encoding}`)) as { default: TiktokenBPE };
  const lines = source.bpe_ranks.split('\n').map((line) => line.split(' '));
  const ranked = lines.flatMap(([, first, ...tokens]) => tokens.map((token, index) => [token, Number(first) + index] as const));
  return {
    pattern: source.pat_str,
    ranks: new Map(ranked.map(([token, rank]) => [Buffer.from(token, 'base64').toString('latin1'), rank])),
  };
}

function merge(bytes: string, ranks: ReadonlyMap<string, number>): readonly string[] {
  const parts = bytes.split('');
  for (;;) {
    const pairs = parts.slice(1).map((right, index) => ranks.get(parts[index] + right) ?? Infinity);
    const lowest = pairs.indexOf(Math.min(...pairs));
    if (pairs[lowest] === undefined || pairs[lowest] === Infinity) return parts;
    parts.splice(lowest, 2, `${parts[lowest]}${parts[lowest + 1]}`);
  }
}

describe('loadVocabulary', () => {
  it.each(encodings)('reads the pattern and the ranks of %s', async (encoding) => {
    await loadVocabulary(encoding);
    const { pattern, encode } = loadedVocabulary(encoding) ?? {};
    const source = await read(encoding);
    expect(pattern?.source).toBe(new RegExp(source.pattern, 'u').source);
    expect([...source.ranks.keys()].filter((token) => encode?.(token).length !== 1)).toEqual([]);
  });

  it.each(encodings)('may assume that each token of %s is the encoding of its own bytes', async (encoding) => {
    const { ranks } = await read(encoding);
    expect([...ranks.keys()].filter((token) => merge(token, ranks).length !== 1)).toEqual([]);
  });

  it('loads again after a failure, which it reports once', async () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    let attempts = 0;
    jest.unstable_mockModule('js-tiktoken/ranks/gpt2', () => {
      if (++attempts <= 2) throw new Error('not installed');
      return { default: { pat_str: '.', special_tokens: {}, bpe_ranks: '! 0 YQ== Yg== YWI=' } };
    });
    jest.resetModules();
    const fresh = (await import('../../src/tiktoken/vocabulary.js')) as typeof import('../../src/tiktoken/vocabulary.js');
    await expect(fresh.loadVocabulary('gpt2')).rejects.toThrow('not installed');
    await expect(fresh.loadVocabulary('gpt2')).rejects.toThrow('not installed');
    expect(fresh.loadedVocabulary('gpt2')).toBeUndefined();
    expect(warn.mock.calls).toEqual([[expect.stringContaining('Is js-tiktoken installed?')]]);
    warn.mockRestore();
    await fresh.loadVocabulary('gpt2');
    expect(fresh.loadedVocabulary('gpt2')?.encode('aab')).toEqual(['a', 'ab']);
  });

  afterAll(() => {
    jest.resetModules();
  });
});
