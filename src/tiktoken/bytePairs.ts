/** The rank of each token; its bytes are characters of one byte each. A lower rank merges first. */
export type Ranks = ReadonlyMap<string, number>;

/** The tokens of some bytes. */
export type EncodeBytes = (bytes: string) => readonly string[];

/** Merging scans all pairs for each merge: bytes go in by so many. */
const window = 64;

/** Of so many texts no longer than this the tokens are remembered: words come again, and a run of one character is the same at each turn. */
const rememberedTexts = 4_096;
const longestRemembered = 256;

/** Encodes what is short: the time grows with the square of its length. */
export function createEncodeBytes(ranks: Ranks): EncodeBytes {
  const remembered = new Map<string, readonly string[]>();
  return (bytes) => {
    // Each token of each of the known vocabularies is the encoding of its own bytes.
    if (ranks.has(bytes)) return [bytes];
    const known = remembered.get(bytes);
    if (known) return known;
    const tokens = mergePairs(bytes, ranks);
    if (bytes.length > longestRemembered) return tokens;
    if (remembered.size >= rememberedTexts) remembered.clear();
    remembered.set(bytes, tokens);
    return tokens;
  };
}

/**
 * Appends bytes to their tokens, exactly as if all of them were encoded at once.
 *
 * Tokens are the encoding of their bytes if, and only if, each two neighbours are the encoding of theirs: before the first merge over a border
 * in the whole, both sides merged as they do alone, so that the two of them alone would make that merge too. So an append takes back the last
 * token, and more of them until what stays and what comes are good neighbours.
 */
export function appendBytes(tokens: string[], bytes: string, encode: EncodeBytes): void {
  for (let from = 0; from < bytes.length; from += window) join(tokens, bytes.slice(from, from + window), encode);
}

/** Takes bytes back from the end: what stays are the tokens of the rest. */
export function dropBytes(tokens: string[], length: number, encode: EncodeBytes): void {
  let rest = '';
  while (rest.length < length) rest = (tokens.pop() ?? '') + rest;
  appendBytes(tokens, rest.slice(0, rest.length - length), encode);
}

function join(tokens: string[], bytes: string, encode: EncodeBytes): void {
  let kept = tokens.length;
  let text = bytes;
  for (let taken = 1; ; taken *= 2) {
    for (let count = 0; count < taken && kept > 0; count++) text = tokens[--kept] + text;
    const fresh = encode(text);
    const before = tokens[kept - 1];
    if (before !== undefined && encode(before + fresh[0])[0] !== before) continue;
    tokens.length = kept;
    for (const token of fresh) tokens.push(token);
    return;
  }
}

/** Merges the pair of the lowest rank, of equals the leftmost, until no pair is a token. */
function mergePairs(bytes: string, ranks: Ranks): readonly string[] {
  const parts = bytes.split('');
  /** The rank of each part with the next one. */
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
