import { findKeys } from '../../codecs/text/secretForms.js';

/** Overwrites secrets in chunks, without changing their lengths. */
export interface Scrubber<Tag> {
  /** Adds a chunk and returns the chunks that are ready. A chunk that may end with the start of a secret is held back. */
  push(chunk: Uint8Array, tag: Tag): readonly Scrubbed<Tag>[];
  /** Returns the chunks that were held back. */
  flush(): readonly Scrubbed<Tag>[];
}

export interface Scrubbed<Tag> {
  readonly chunk: Uint8Array;
  readonly tag: Tag;
}

const asterisk = '*'.charCodeAt(0);

/** A longer word is hardly a key, but encoded data. */
const longestKey = 300;

interface Pending<Tag> extends Scrubbed<Tag> {
  /** The original bytes: an overwritten secret may be the start of a longer one. */
  readonly original: Uint8Array;
}

/** Creates a scrubber for the secrets that a server may repeat in its response. */
export function createScrubber<Tag>(secrets: readonly string[]): Scrubber<Tag> {
  const hidden = secrets.map((secret) => new TextEncoder().encode(secret));
  let pending: Pending<Tag>[] = [];

  function release(count: number): readonly Scrubbed<Tag>[] {
    const ready = pending.slice(0, count);
    pending = pending.slice(count);
    return ready;
  }

  return {
    flush: () => release(pending.length),
    push(chunk, tag) {
      pending.push({ chunk: chunk.slice(), original: chunk.slice(), tag });
      const original = join(pending.map((each) => each.original));
      const whole = join(pending.map((each) => each.chunk));
      for (const secret of hidden) overwrite(whole, original, secret);
      // One character for each byte, so that places in the text are places in the bytes.
      const text = new TextDecoder('latin1').decode(original);
      for (const [from, to] of findKeys(text)) whole.fill(asterisk, from, to);
      const started = hidden.map((secret) => startedLength(original, secret));
      const settled = whole.length - Math.max(wordLength(text), ...started);
      let offset = 0;
      let ready = 0;
      for (const each of pending) {
        each.chunk.set(whole.subarray(offset, offset + each.chunk.length));
        offset += each.chunk.length;
        if (offset <= settled) ready++;
      }
      return release(ready);
    },
  };
}

/** The length of the word at the end, which may be the start of a key. */
function wordLength(text: string): number {
  let length = 0;
  while (length < longestKey && /[\w.~+-]/.test(text.charAt(text.length - 1 - length))) length++;
  return length;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

function overwrite(whole: Uint8Array, original: Uint8Array, secret: Uint8Array): void {
  const [first = 0] = secret;
  for (let at = original.indexOf(first); at >= 0; at = original.indexOf(first, at + 1)) {
    if (startsAt(original, at, secret, secret.length)) whole.fill(asterisk, at, at + secret.length);
  }
}

/** Length of the longest start of the secret with which the bytes end. */
function startedLength(whole: Uint8Array, secret: Uint8Array): number {
  for (let length = Math.min(secret.length - 1, whole.length); length > 0; length--) {
    if (startsAt(whole, whole.length - length, secret, length)) return length;
  }
  return 0;
}

function startsAt(whole: Uint8Array, at: number, secret: Uint8Array, length: number): boolean {
  if (at + length > whole.length) return false;
  for (let index = 0; index < length; index++) if (whole[at + index] !== secret[index]) return false;
  return true;
}
