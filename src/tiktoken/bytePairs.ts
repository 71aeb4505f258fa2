/** The rank of each token; the pair with the lowest rank is merged first. A token is a string with one character per byte. */
export type Ranks = ReadonlyMap<string, number>;

/** Encodes bytes, given as one character per byte, into tokens. */
export type EncodeBytes = (bytes: string) => readonly string[];

/** Bytes are appended in slices of this size, because each merge scans all pairs. */
const window = 64;

/** The cache size: words repeat, and each slice of a run of one character is the same. */
const maxCachedTexts = 4_096;
/** Only texts of at most this many bytes are cached. */
const maxCachedLength = 256;

/** Creates an encoder for short texts: its time grows with the square of the length. */
export function createEncodeBytes(ranks: Ranks): EncodeBytes {
  const cache = new Map<string, readonly string[]>();
  return (bytes) => {
    // In every known vocabulary, each token is the encoding of its own bytes.
    if (ranks.has(bytes)) return [bytes];
    const known = cache.get(bytes);
    if (known) return known;
    const tokens = mergePairs(bytes, ranks);
    if (bytes.length > maxCachedLength) return tokens;
    if (cache.size >= maxCachedTexts) cache.clear();
    cache.set(bytes, tokens);
    return tokens;
  };
}

/**
 * Appends bytes to their tokens, with the same result as encoding all the bytes at once.
 *
 * A list of tokens is the encoding of its bytes if, and only if, every pair of neighbours is the encoding of its own bytes: up to the first
 * merge across a border, both sides merge as they do alone, so the pair alone would make that merge too. So `join` encodes the last token
 * again together with the new bytes, and more tokens before it until the last kept token and the first new one are such a pair.
 */
export function appendBytes(tokens: string[], bytes: string, encode: EncodeBytes): void {
  for (let from = 0; from < bytes.length; from += window) join(tokens, bytes.slice(from, from + window), encode);
}

/** Removes bytes from the end. The result is the encoding of the remaining bytes. */
export function dropBytes(tokens: string[], length: number, encode: EncodeBytes): void {
  let rest = '';
  while (rest.length < length) rest = (tokens.pop() ?? '') + rest;
  appendBytes(tokens, rest.slice(0, rest.length - length), encode);
}

function join(tokens: string[], bytes: string, encode: EncodeBytes): void {
  let kept = tokens.length;
  let text = bytes;
  for (let removed = 1; ; removed *= 2) {
    for (let count = 0; count < removed && kept > 0; count++) text = tokens[--kept] + text;
    const fresh = encode(text);
    const before = tokens[kept - 1];
    if (before !== undefined && encode(before + fresh[0])[0] !== before) continue;
    tokens.length = kept;
    for (const token of fresh) tokens.push(token);
    return;
  }
}

/** Merges the pair with the lowest rank, the leftmost if several have it, until no pair is a token. */
function mergePairs(bytes: string, ranks: Ranks): readonly string[] {
  const parts = bytes.split('');
  /** The rank of the pair of each part and the next one. */
  const pairs: number[] = [];
  for (let index = 1; index < parts.length; index++) pairs.push(rankOf(parts, index - 1, ranks));
  for (;;) {
    const lowest = indexOfLowest(pairs);
    if (lowest === undefined) return parts;
    parts.splice(lowest, 2, `${parts[lowest]}${parts[lowest + 1]}`);
    pairs.splice(lowest, 1);
    if (lowest > 0) pairs[lowest - 1] = rankOf(parts, lowest - 1, ranks);
    if (lowest < pairs.length) pairs[lowest] = rankOf(parts, lowest, ranks);
  }
}

function rankOf(parts: readonly string[], index: number, ranks: Ranks): number {
  return ranks.get(`${parts[index]}${parts[index + 1]}`) ?? Infinity;
}

function indexOfLowest(ranks: readonly number[]): number | undefined {
  let lowest: number | undefined;
  let lowestRank = Infinity;
  for (let index = 0; index < ranks.length; index++) {
    const rank = ranks[index] ?? Infinity;
    if (rank >= lowestRank) continue;
    lowest = index;
    lowestRank = rank;
  }
  return lowest;
}
