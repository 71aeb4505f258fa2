/** Decodes UTF-8 that arrives in pieces. A character that is cut is held back until the rest arrives; invalid bytes become U+FFFD. */
export interface TextDecoding {
  decode(bytes: Uint8Array): string;
  /** Ends the bytes: returns U+FFFD for a character that is still held back, else empty text. */
  end(): string;
}

export function createTextDecoding(): TextDecoding {
  return createBufferDecoding();
}

/** The streaming decoder of the platform: what any decoding has to give. */
export function createStreamDecoding(): TextDecoding {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    decode: (bytes) => decoder.decode(bytes, { stream: true }),
    end: () => decoder.decode(),
  };
}

/** Holds back what is cut by itself, because engines decode whole texts in half the time that a streaming decoder takes. */
export function createBufferDecoding(): TextDecoding {
  // Not at load: where the platform has no TextDecoder, such as in some test environments, all else works.
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The first bytes of a character that is cut: at most 3. */
  let held = new Uint8Array(0);
  return {
    decode(bytes) {
      const all = held.length === 0 ? bytes : concat(held, bytes);
      const whole = all.length - cutLength(all);
      // A copy, also of a Buffer, so that the chunk is not kept alive.
      held = new Uint8Array(all.subarray(whole));
      return utf8.decode(all.subarray(0, whole));
    },
    end() {
      const rest = held;
      held = new Uint8Array(0);
      return utf8.decode(rest);
    },
  };
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

/**
 * Returns a copy of a slice. V8 keeps the string from which a slice was cut alive as long as the slice, and compares slices slowly.
 */
export function flatCopy(slice: string): string {
  return JSON.parse(JSON.stringify(slice)) as string;
}

/**
 * Returns the number of bytes at the end that belong to an incomplete character. UTF-8 may be cut before any lead byte without changing
 * its text (https://encoding.spec.whatwg.org/#utf-8-decoder), so only the last lead byte matters.
 */
function cutLength(bytes: Uint8Array): number {
  for (let length = 1; length <= 3 && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if (byte >= 0xc0) return characterLength(byte) > length ? length : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function characterLength(lead: number): number {
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
