import { charactersPerToken } from '../metering/tallies.js';
import type { TokenCounter, TokenStream } from '../metering/tokenCounter.js';
import { encodingOf, type TiktokenEncoding } from './encodings.js';
import { createTokenStream } from './tokenStream.js';
import { loadedVocabulary, loadVocabulary } from './vocabulary.js';

/**
 * Counts tokens as OpenAI's models do, by the vocabularies of `js-tiktoken`: exactly what its `encode(text, [], [])` has, after every piece of a
 * text that is still arriving, and for what the piece costs, not the text. Special tokens such as `<|endoftext|>` count as plain text.
 *
 * `load()` loads the one vocabulary, once a process, and in slices, so that no event waits for it; it rejects where `js-tiktoken` is not
 * installed. Until then `ready` is false, and `count` and `stream` throw.
 *
 * A run of more than 256 characters without a place to cut (no blank, no change between letters, digits and signs) counts as one piece too, but
 * where it ends is only guessed, which may err by a token or so: from then on `stream().approximate` is true, and a usage that is estimated
 * by it has confidence `'low'`.
 *
 * A model that is not known, such as another provider's, needs no loading: its tokens are guessed from the characters (3.5 a token for
 * `claude…`, 4.2 for `grok…`, else 4), and always approximate.
 *
 * @param model A model, with or without a date or a prefix (`gpt-4o`, `openai/gpt-4o-2024-08-06`, `ft:gpt-4o-mini:…`), or an encoding (`o200k_base`).
 * @throws TypeError at call time if it is not a name.
 * @see https://github.com/openai/tiktoken
 * @example events$.pipe(aggregateUsage({ countTokens: tiktokenCounter('gpt-4o'), prompt: messages, every: 10 }))
 */
export function tiktokenCounter(model: string): TokenCounter {
  if (typeof model !== 'string' || model === '') throw new TypeError('tiktokenCounter: model must be the name of a model');
  const encoding = encodingOf(model);
  return encoding === undefined ? guessingCounter(model) : exactCounter(encoding);
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

function guessingCounter(model: string): TokenCounter {
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

/** Gateways put other words before the name, as in `anthropic/claude-…` or `us.anthropic.claude-…`. */
function providerOf(model: string): string | undefined {
  if (/\bclaude\b/i.test(model)) return 'anthropic';
  return /\bgrok\b/i.test(model) ? 'xai' : undefined;
}
