/** Counts the frames of a marble as RxJS does. */
export interface MarbleClock {
  frame(): number;
  /** The frame of `^`, the subscription to a hot stream; 0 without one. */
  zero(): number;
  advance(frames: number): void;
  openGroup(): void;
  closeGroup(): void;
  subscribeHere(): void;
}

export function createMarbleClock(): MarbleClock {
  let now = 0;
  let group: number | undefined;
  let subscribed = 0;
  return {
    frame: () => group ?? now,
    zero: () => subscribed,
    advance: (frames) => {
      now += frames;
    },
    openGroup: () => {
      group = now;
    },
    closeGroup: () => {
      group = undefined;
    },
    subscribeHere: () => {
      subscribed = now;
    },
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/** A time progression as RxJS reads it: `10ms`, `1.5s` or `2m`, at the start or after a blank, and followed by a blank. */
export function timeProgression(
  characters: readonly string[],
  index: number,
): { readonly ms: number; readonly length: number } | undefined {
  if (!/^[0-9]$/.test(characters[index] ?? '') || (index > 0 && characters[index - 1] !== ' ')) return undefined;
  const [found, amount, unit] =
    /^([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m) /.exec(characters.slice(index, index + 24).join('')) ?? [];
  return found === undefined ? undefined : { ms: Number(amount) * (units[unit ?? ''] ?? 1), length: found.length };
}
