import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLineOwner, createLineReader } from '../../../src/codecs/text/lines.js';
import { anyChunking, cut } from '../../support/chunks.js';

function linesOf(texts: readonly string[]): string[] {
  const lines: string[] = [];
  const owner = createLineOwner();
  const reader = createLineReader({ line: (_, text, from, end) => lines.push(text.slice(from, end)), piece: () => undefined });
  for (const text of texts) reader.write(owner, text);
  reader.end(owner);
  return lines;
}

describe('createLineReader', () => {
  it('ends a line at LF, CRLF and CR', () => {
    expect(linesOf(['a\nb\r\nc\rd\n\re'])).toEqual(['a', 'b', 'c', 'd', '', 'e']);
  });

  it('emits the last line only at the end of the text, and no empty line after the last line ending', () => {
    expect(linesOf(['a\nb'])).toEqual(['a', 'b']);
    expect(linesOf(['a\n'])).toEqual(['a']);
  });

  it('emits a line as soon as its CR is read, and skips an LF after it', () => {
    const lines: string[] = [];
    const owner = createLineOwner();
    const reader = createLineReader({ line: (_, text, from, end) => lines.push(text.slice(from, end)), piece: () => undefined });
    reader.write(owner, 'a\r');
    expect(lines).toEqual(['a']);
    reader.write(owner, '');
    reader.write(owner, '\nb\n');
    expect(lines).toEqual(['a', 'b']);
  });

  it('emits the same lines however the text is cut', () => {
    const anyLines = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n'), maxLength: 40 });
    fc.assert(
      fc.property(anyLines, anyChunking, (text, sizes) => {
        const expected = text.split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        expect(linesOf(cut(text, sizes))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('emits each piece of an unfinished line once', () => {
    const pieces: string[] = [];
    const owner = createLineOwner();
    const reader = createLineReader({ line: () => undefined, piece: (_, text) => pieces.push(text) });
    for (const text of ['a\nb', 'c', 'd\n', 'e']) reader.write(owner, text);
    expect(pieces).toEqual(['b', 'c', 'e']);
  });

  it('emits nothing after stop, also in the middle of a text', () => {
    for (const text of ['a\nb\nc\nd', 'a\r\nb\r\nc\r\nd']) {
      const seen: string[] = [];
      const owner = createLineOwner();
      const reader = createLineReader({
        line(owner, line, from, end) {
          seen.push(line.slice(from, end));
          if (seen.length === 2) reader.stop(owner);
        },
        piece: (_, piece) => seen.push(piece),
      });
      reader.write(owner, text);
      reader.write(owner, 'e\n');
      reader.end(owner);
      expect(seen).toEqual(['a', 'b']);
    }
  });
});
