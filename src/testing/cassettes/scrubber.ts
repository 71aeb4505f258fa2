/** Chunks without secrets: each as long as it was. */
export interface Scrubber<Tag> {
  /** Takes a chunk, and gives those that are ready: one whose end may be the beginning of a secret waits for the next. */
  push(chunk: Uint8Array, tag: Tag): readonly Scrubbed<Tag>[];
  /** Gives what has waited. */
  flush(): readonly Scrubbed<Tag>[];
}

export interface Scrubbed<Tag> {
  readonly chunk: Uint8Array;
  readonly tag: Tag;
}

const star = '*'.charCodeAt(0);

interface Waiting<Tag> extends Scrubbed<Tag> {
  /** As it came: a secret that is found may be the beginning of a longer one. */
  readonly seen: Uint8Array;
}

/** Secrets that a server says back are overwritten in place, so that every chunk keeps its length. */
export function createScrubber<Tag>(secrets: readonly string[]): Scrubber<Tag> {
  const hidden = secrets.map((secret) => new TextEncoder().encode(secret));
  let waiting: Waiting<Tag>[] = [];

  function release(count: number): readonly Scrubbed<Tag>[] {
    const ready = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return ready;
  }

  return {
    flush: () => release(waiting.length),
    push(chunk, tag) {
      waiting.push({ chunk: chunk.slice(), seen: chunk.slice(), tag });
      const seen = join(waiting.map((each) => each.seen));
      const whole = join(waiting.map((each) => each.chunk));
      for (const secret of hidden) overwrite(whole, seen, secret);
      const settled = whole.length - Math.max(0, ...hidden.map((secret) => pendingLength(seen, secret)));
      let offset = 0;
      let ready = 0;
      for (const each of waiting) {
        each.chunk.set(whole.subarray(offset, offset + each.chunk.length));
        offset += each.chunk.length;
        if (offset <= settled) ready++;
      }
      return release(ready);
    },
  };
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

function overwrite(whole: Uint8Array, seen: Uint8Array, secret: Uint8Array): void {
  const [first = 0] = secret;
  for (let at = seen.indexOf(first); at >= 0; at = seen.indexOf(first, at + 1)) {
    if (startsAt(seen, at, secret, secret.length)) whole.fill(star, at, at + secret.length);
  }
}

/** How much of the end is a beginning of the secret. */
function pendingLength(whole: Uint8Array, secret: Uint8Array): number {
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
