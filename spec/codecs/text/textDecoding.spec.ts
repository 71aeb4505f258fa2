import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createBufferDecoding,
  createStreamDecoding,
  createTextDecoding,
  flatCopy,
  type TextDecoding,
} from '../../../src/codecs/text/textDecoding.js';
import { anyChunking, anyText, cut } from '../../support/chunks.js';

const decodings = { createBufferDecoding, createStreamDecoding, createTextDecoding };
const cases = { numRuns: 1_000 };

function decodeAll(decoding: TextDecoding, chunks: Iterable<Uint8Array>): string {
  let text = '';
  for (const chunk of chunks) text += decoding.decode(chunk);
  return text + decoding.end();
}

const atOnce = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

describe.each(Object.entries(decodings))('%s', (_, create) => {
  it('decodes to the same text however the bytes are cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (text, sizes) => {
        const bytes = new TextEncoder().encode(text);
        expect(decodeAll(create(), cut(bytes, sizes))).toBe(atOnce(bytes));
      }),
      cases,
    );
  });

  it('decodes invalid bytes to as many U+FFFD as the platform does, however they are cut', () => {
    const edges = [
      0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...edges), { maxLength: 24 }), anyChunking, (values, sizes) => {
        const bytes = Uint8Array.from(values);
        expect(decodeAll(create(), cut(bytes, sizes))).toBe(atOnce(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it('returns a character as soon as it is whole', () => {
    const decoding = create();
    const texts = [...Buffer.from('aé漢😀')].map((byte) => decoding.decode(Uint8Array.of(byte)));
    expect(texts).toEqual(['a', '', 'é', '', '', '漢', '', '', '', '😀']);
    expect(decoding.end()).toBe('');
  });

  it('keeps a byte order mark', () => {
    expect(decodeAll(create(), [new TextEncoder().encode('\ufeffa\ufeff')])).toBe('\ufeffa\ufeff');
  });

  it('decodes a part of a larger buffer', () => {
    const memory = new TextEncoder().encode('xx漢xx');
    expect(decodeAll(create(), [memory.subarray(2, 4), memory.subarray(4, 5)])).toBe('漢');
  });

  it('copies what it holds back, so that the memory of a chunk may be reused', () => {
    const memory = new Uint8Array(1);
    const reused = function* (): Generator<Uint8Array> {
      for (const byte of new TextEncoder().encode('é漢😀')) {
        memory[0] = byte;
        yield memory;
      }
    };
    expect(decodeAll(create(), reused())).toBe('é漢😀');
  });
});

describe('flatCopy', () => {
  it('returns an equal string for any text, a lone surrogate too', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(flatCopy(text)).toBe(text);
      }),
      cases,
    );
  });
});
