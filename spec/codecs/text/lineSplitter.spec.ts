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
  it('delivers a line when its end is there, and an unfinished one at the end', () => {
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

  it('takes CRLF for one end, also where it is cut, and a CR of its own for a part of the line', () => {
    for (const size of [1, 2, 3, 10]) expect(split('a\r\nb\rc\r\n\r\nd\r', [size])).toEqual(['a', 'b\rc', '', 'd']);
  });

  it('knows blank lines, and no line in no text', () => {
    expect(split('\n\n')).toEqual(['', '']);
    expect(split('')).toEqual([]);
  });

  it('delivers nothing after it was stopped, not even what is left of a piece', () => {
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

  it('gives the same lines however the text is cut', () => {
    fc.assert(
      fc.property(anyText, anyChunking, (text, sizes) => {
        const lines = text.replace(/\n$/, '').split('\n');
        expect(split(text, sizes)).toEqual(text === '' ? [] : lines.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 1_000 },
    );
  });
});
