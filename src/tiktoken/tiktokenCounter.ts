import { charactersPerToken } from '../metering/tallies.js';
import type { TokenCounter, TokenStream } from '../metering/tokenCounter.js';
import { encodingOf, type TiktokenEncoding } from './encodings.js';
import { createTokenStream } from './tokenStream.js';
import { loadedVocabulary, loadVocabulary } from './vocabulary.js';

/**
 * Counts tokens as OpenAI's models do, with the vocabularies of `js-tiktoken`.
 *
 * The count equals the length of `encode(text, [], [])` of `js-tiktoken`, also after every delta of a text that is still arriving; a delta costs
 * time for its own length, not for the whole text. Special tokens such as `<|endoftext|>` count as plain text.
 *
 * `load()` loads the vocabulary once per process, in slices of about 5 ms, so that it does not block events. It rejects if `js-tiktoken` is not
 * installed. Before that `ready` is false, and `count` and `stream` throw.
 *
 * A run of more than 256 characters without a boundary (white space, or a change between letters, digits and signs) also counts as one piece,
 * but its end is guessed, so the count may be off by about one token: from then on `stream().approximate` is true, and a usage estimated with it
 * has the confidence `'low'`.
 *
 * An unknown model, such as another provider's, needs no loading: its tokens are estimated from the characters (3.5 per token for `claude…`, 4.2
 * for `grok…`, else 4) and are always approximate.
 *
 * @param model A model, with or without a date or a prefix (`gpt-4o`, `openai/gpt-4o-2024-08-06`, `ft:gpt-4o-mini:…`), or an encoding (`o200k_base`).
 * @throws TypeError at call time if `model` is not a non-empty string.
 * @see https://github.com/openai/tiktoken
 * @example events$.pipe(aggregateUsage({ countTokens: tiktokenCounter('gpt-4o'), prompt: messages, every: 10 }))
 */
export function tiktokenCounter(model: string): TokenCounter {
  if (typeof model !== 'string' || model === '') throw new TypeError('tiktokenCounter: model must be the name of a model');
  const encoding = encodingOf(model);
  return encoding === undefined ? estimatingCounter(model) : exactCounter(encoding);
}

function exactCounter(encoding: TiktokenEncoding): TokenCounter {
  function stream(): TokenStream {
    const vocabulary = loadedVocabulary(encoding);
    if (!vocabulary) throw new Error(`tiktokenCounter: ${encoding} is not loaded yet: await load() first`);
    return createTokenStream(vocabulary);
  }

  return {
    get ready() {
      return loadedVocabulary(encoding) !== undefined;
    },
    load: () => loadVocabulary(encoding),
    count: (text) => stream().push(text),
    stream,
  };
}

function estimatingCounter(model: string): TokenCounter {
  const ratio = charactersPerToken(providerOf(model));
  const toTokens = (characters: number): number => Math.ceil(characters / ratio);
  return {
    ready: true,
    load: () => Promise.resolve(),
    count: (text) => toTokens(text.length),
    stream() {
      let characters = 0;
      return {
        approximate: true,
        push(text) {
          characters += text.length;
          return toTokens(characters);
        },
      };
    },
  };
}

/** Searches the whole name, because gateways add prefixes: `anthropic/claude-…`, `us.anthropic.claude-…`. */
function providerOf(model: string): string | undefined {
  if (/\bclaude\b/i.test(model)) return 'anthropic';
  return /\bgrok\b/i.test(model) ? 'xai' : undefined;
}
