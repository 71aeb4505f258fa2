import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLineSplitter } from '../../../src/codecs/text/lineSplitter.js';
import { anyChunking, anyText, cut } from '../../support/chunks.js';

function split(text: string, sizes: readonly number[] = []): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const piece of cut(text, sizes)) splitter.write(piece);
  splitter.end();
  return lines;
}

describe('createLineSplitter', () => {
  it('emits a line as soon as it ends, and an unfinished line at the end of the text', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    splitter.write('a\nb');
    expect(lines).toEqual(['a']);
    splitter.write('c\n');
    expect(lines).toEqual(['a', 'bc']);
    splitter.write('d');
    splitter.end();
    expect(lines).toEqual(['a', 'bc', 'd']);
  });

  it('treats CRLF as one line ending, also where it is cut, and a lone CR as part of the line', () => {
    for (const size of [1, 2, 3, 10]) expect(split('a\r\nb\rc\r\n\r\nd\r', [size])).toEqual(['a', 'b\rc', '', 'd']);
  });

  it('emits blank lines, and no line for empty text', () => {
    expect(split('\n\n')).toEqual(['', '']);
    expect(split('')).toEqual([]);
  });

  it('emits nothing after stop, not even the rest of the same piece', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => {
      lines.push(line);
      splitter.stop();
    });
    splitter.write('a\nb\nc');
    splitter.write('d\n');
    splitter.end();
    expect(lines).toEqual(['a']);
  });

  it('emits the same lines however the text is cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (text, sizes) => {
        const lines = text.replace(/\n$/, '').split('\n');
        expect(split(text, sizes)).toEqual(text === '' ? [] : lines.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 1_000 },
    );
  });
});
