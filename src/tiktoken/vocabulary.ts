import type { TiktokenBPE } from 'js-tiktoken/lite';
import { lastValueFrom, timer } from 'rxjs';
import { createEncodeBytes, type EncodeBytes, type Ranks } from './bytePairs.js';
import type { TiktokenEncoding } from './encodings.js';

/** An encoding: it splits a text into pieces, and each piece into tokens. */
export interface Vocabulary {
  /** Matches one piece at a time. */
  readonly pattern: RegExp;
  readonly encode: EncodeBytes;
}

/** Literal import paths, so that bundlers find them. */
const sources: Readonly<Record<TiktokenEncoding, () => Promise<{ readonly default: TiktokenBPE }>>> = {
  cl100k_base: () => import('js-tiktoken/ranks/cl100k_base'),
  gpt2: () => import('js-tiktoken/ranks/gpt2'),
  o200k_base: () => import('js-tiktoken/ranks/o200k_base'),
  p50k_base: () => import('js-tiktoken/ranks/p50k_base'),
  p50k_edit: () => import('js-tiktoken/ranks/p50k_edit'),
  r50k_base: () => import('js-tiktoken/ranks/r50k_base'),
};

const loading = new Map<TiktokenEncoding, Promise<void>>();
const loaded = new Map<TiktokenEncoding, Vocabulary>();
const warned = new Set<TiktokenEncoding>();

export function loadedVocabulary(encoding: TiktokenEncoding): Vocabulary | undefined {
  return loaded.get(encoding);
}

/** Loads a vocabulary once per process. After a failure, which is reported once, the next call tries again. */
export function loadVocabulary(encoding: TiktokenEncoding): Promise<void> {
  const known = loading.get(encoding);
  if (known) return known;
  const promise = read(encoding).catch((error: unknown) => {
    loading.delete(encoding);
    warnOnce(encoding);
    throw error;
  });
  loading.set(encoding, promise);
  return promise;
}

/** The failure is not an error of a stream: its usage is then estimated from characters, which would otherwise go unnoticed. */
function warnOnce(encoding: TiktokenEncoding): void {
  if (warned.has(encoding)) return;
  warned.add(encoding);
  console.warn(
    `rxllm: tiktokenCounter could not load ${encoding} of js-tiktoken, so tokens are estimated from characters. Is js-tiktoken installed?`,
  );
}

async function read(encoding: TiktokenEncoding): Promise<void> {
  const { default: source } = await sources[encoding]();
  const ranks = await decode(source.bpe_ranks);
  loaded.set(encoding, { pattern: new RegExp(source.pat_str, 'gu'), encode: createEncodeBytes(ranks) });
}

/** The number of tokens to decode at a time: about 5 ms, so that events are not blocked for long. */
const slice = 10_000;

/** Decodes lines of a mark, the rank of the first token, and tokens in base64 with ascending ranks. */
async function decode(lines: string): Promise<Ranks> {
  const ranks = new Map<string, number>();
  for (const line of lines.split('\n')) {
    const [, first, ...tokens] = line.split(' ');
    for (const [index, token] of tokens.entries()) {
      ranks.set(atob(token), Number(first) + index);
      if (index % slice === slice - 1) await lastValueFrom(timer(0), { defaultValue: 0 });
    }
  }
  return ranks;
}
