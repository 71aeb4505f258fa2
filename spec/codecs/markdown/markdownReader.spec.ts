import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMarkdownReader, type MarkdownText } from '../../../src/codecs/markdown/markdownReader.js';
import { anyChunking, cut } from '../../support/chunks.js';
import { decodeStream, recordedStreams } from '../../support/corpus.js';
import { commonMarkExamples, type Preset, readPieces, render, renderings } from '../../support/markdownSpec.js';

const prose = readdirSync('spec/fixtures/prose')
  .filter((file) => file !== 'README.md')
  .map((file) => ({ name: file, text: readFileSync(join('spec/fixtures/prose', file), 'utf8').replaceAll('\n%%%\n', '\n\n') }));

const recorded = recordedStreams.flatMap(({ wire, name, bytes }) => {
  const text = decodeStream(wire, [bytes])
    .events.map((event) => (event.type === 'text-delta' && event.choice === 0 ? event.text : ''))
    .join('');
  return /^(?:#|[-*] |\d+\. |```|\||>)|\*\*|`/m.test(text) ? [{ name: `${wire} ${name}`, text }] : [];
});

const sections = [...new Set(commonMarkExamples.map(({ section }) => section))];

/** Checks a text at each of its prefixes, which are read one character after the other. */
function checkPrefixes(text: string, preset: Preset): void {
  let whole = '';
  const reader = createMarkdownReader();
  let before = reader.read();
  for (const character of text) {
    whole += character;
    reader.write(character);
    const read = reader.read();
    expect(read.blocks.map((block) => block.text).join('') + read.tail).toBe(whole);
    expect(read.closedTail.startsWith(read.tail)).toBe(true);
    if (read.blocks.length === before.blocks.length && read.blocks !== before.blocks) throw new Error('The blocks were copied');
    for (const [index, block] of before.blocks.entries())
      if (read.blocks[index] !== block) throw new Error('A finished block changed');
    const [one, other] = renderings(read, preset);
    expect(other).toBe(one);
    before = read;
  }
}

/** The rendering of what is shown at each character, without the content of code. */
function shownTexts(text: string): readonly string[] {
  return readPieces(text).all.map(({ closedTail }) =>
    render(closedTail)
      .replace(/<code[^>]*>[\s\S]*?<\/code>/g, '')
      .replace(/<[^>]*>/g, ''),
  );
}

function closingOf(text: string): string {
  const { tail, closedTail } = readPieces([text]).last;
  return closedTail.slice(tail.length);
}

describe('createMarkdownReader', () => {
  describe('rendered block by block, equals the whole rendered at once, at every prefix', () => {
    it.each(sections)('of the examples of CommonMark for %s', (section) => {
      for (const { markdown } of commonMarkExamples.filter((example) => example.section === section)) {
        checkPrefixes(markdown, 'commonmark');
        checkPrefixes(markdown, 'default');
      }
    });

    it.each(prose)('of the answers in $name', ({ text }) => {
      // Rendering each prefix of a long text takes long: a few at each place.
      for (const answer of text.split(/\n{2,}(?=#)/)) checkPrefixes(answer.slice(0, 600), 'default');
      const { last } = readPieces([text]);
      const [whole, parts] = renderings(last, 'default');
      expect(parts).toBe(whole);
    });

    if (recorded.length > 0) {
      it.each(recorded)('of the recorded answer $name', ({ text }) => checkPrefixes(text, 'default'));
    }

    it('of texts of any blocks, nested in any way', () => {
      // Without what markdown-it reads in another way than CommonMark: src/codecs/markdown/README.md.
      const marks = ['', '', '', '  ', '> ', '>', '- ', '1. ', '2) ', '* ', '+ ', '10. '];
      const bodies = [
        ...[
          'foo',
          'bar baz',
          '',
          '# h',
          '```',
          '~~~',
          '```js',
          '---',
          '===',
          '***',
          '- a',
          '1. b',
          '2. c',
          '| a | b |',
          '|---|---|',
        ],
        ...[
          '| 1 | 2 |',
          'a | b',
          '-|-',
          '<div>',
          '</div>',
          '<!-- c',
          '-->',
          '<b>',
          '**x**',
          '> q',
          '-',
          '1.',
          '````',
          '<pre>',
          '<b>x',
        ],
      ];
      const line = fc
        .tuple(fc.array(fc.constantFrom(...marks), { maxLength: 2 }), fc.constantFrom(...bodies))
        .map(([before, body]) => before.join('') + body);
      fc.assert(
        fc.property(fc.array(line, { maxLength: 7 }), fc.constantFrom<Preset>('default', 'html'), (lines, preset) => {
          const [whole, parts] = renderings(readPieces(lines.join('\n')).last, preset);
          return whole === parts;
        }),
        { numRuns: 3_000 },
      );
    });
  });

  it('reads the same blocks however the text is cut', () => {
    const examples = fc.array(fc.constantFrom(...commonMarkExamples.map(({ markdown }) => markdown)), { maxLength: 4 });
    fc.assert(
      fc.property(examples, anyChunking, fc.constantFrom('\n', '\r\n', '\r'), (markdowns, sizes, ending) => {
        const text = markdowns.join('\n').replaceAll('\n', ending);
        const [one, other] = [createMarkdownReader(), createMarkdownReader()];
        one.write(text);
        for (const piece of cut(text, sizes)) {
          other.write(piece);
          other.read();
        }
        one.end();
        other.end();
        const kinds = ({ blocks }: MarkdownText): unknown => blocks.map(({ kind }) => kind);
        expect(kinds(other.read())).toEqual(kinds(one.read()));
        expect(
          other
            .read()
            .blocks.map((block) => block.text)
            .join(''),
        ).toBe(text.trim() === '' ? '' : text.slice(0, text.length - other.read().tail.length));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['# Title\n', 'heading'],
    ['Title\n===\n', 'heading'],
    ['some text\nmore\n\n', 'paragraph'],
    ['***\n', 'thematicBreak'],
    ['> quote\n> more\n\n', 'blockquote'],
    ['```\ncode\n\n```\n', 'code'],
    ['<div>\nx\n</div>\n\n', 'html'],
    ['[a]: /u "t"\n\n', 'definition'],
    ['| a |\n|---|\n| b |\n\n', 'table'],
  ])('finishes %j as %s at its end', (text, kind) => {
    const { blocks, tail } = readPieces(text).last;
    expect({ blocks, tail }).toEqual({ blocks: [{ kind, text }], tail: '' });
  });

  it.each([
    ['- a\n\n  b\n- c\n\n', 'Text', 'list'],
    ['1. a\n', '# b\n', 'list'],
    ['    code\n\n', '**Bold', 'code'],
    ['- a\n', '* b\n', 'list'],
    ['text\n', '> quote\n', 'paragraph'],
  ])('finishes %j when %j follows, as %s', (text, next, kind) => {
    expect(readPieces([text, next]).last.blocks[0]).toEqual({ kind, text });
    expect(readPieces([text]).last.blocks).toEqual([]);
  });

  it('finishes a list as soon as a line begins as text, not at its end', () => {
    const { all } = readPieces(['- a\n\n', 'So', ' it is']);
    expect(all.map(({ blocks, tail }) => [blocks.length, tail])).toEqual([
      [0, '- a\n\n'],
      [1, 'So'],
      [1, 'So it is'],
    ]);
  });

  it('makes a paragraph and a table of a text whose last line becomes a header', () => {
    const { blocks, tail } = readPieces('Text\n| a |\n|---|\n| b |').last;
    expect(blocks).toEqual([{ kind: 'paragraph', text: 'Text\n' }]);
    expect(tail).toBe('| a |\n|---|\n| b |');
  });

  describe('closes', () => {
    it.each([
      ['a **bold', '**'],
      ['a **bold*', '*'],
      ['a **bold *both', '***'],
      ['a __bold _both', '___'],
      ['a *em **bold** in', '*'],
      ['~~gone', '~~'],
      ['~~gone~', '~'],
      ['a `code', '`'],
      ['a ``co`', '`'],
      ['a ``co```', ' ``'],
      ['**a `code', '`**'],
      ['a [link', ']()'],
      ['a [link]', '()'],
      ['a [link](', ')'],
      ['a [link](http://x.y/(z', '))'],
      ['a [link](<http://x', '>)'],
      ['a [link](u "tit', '")'],
      ['**a [link](u', ')**'],
      ['**a [li *nk', '*]()**'],
      ['# a **title', '**'],
      ['- item **one', '**'],
      ['> a *quote', '*'],
      ['```', '\n```'],
      ['```js\ncode', '\n```'],
      ['```js\ncode\n', '```'],
      ['```js\ncode\n``', '`'],
      ['> ~~~~\n> code', '\n> ~~~~'],
      ['> ~~~~\n> code\n', '> ~~~~'],
      ['- ```\n  code', '\n  ```'],
      ['- ```\n  code\n ', ' ```'],
      ['| a | b |\n|-', '--|---|'.slice(2)],
      ['| a | b |\n|:', '---|---|'],
      ['| a | b |\n|---|---|\n| c', ' |'],
      ['| a | b |\n|---|---|\n| c | **d', '** |'],
      ['| a | b |\n|---|---|\n| c **x | d', ' |'],
    ])('what is open in %j with %j', (text, closing) => {
      expect(closingOf(text)).toBe(closing);
      expect(closingOf(`First.\n\n${text}`)).toBe(closing);
    });

    it.each([
      'plain',
      'a **b** c',
      '2 * 3 * 4',
      'snake_case_name',
      'a \\*b',
      'a \\`b',
      'a `b` *c*',
      '- [x',
      'a[0',
      '![image',
      '![image](http://x',
      '    code **x',
      '```\ncode\n```',
      '<div>**x',
      '| a | b |',
      '| a | b |\n|---|---|',
      'a <b c="*x',
      'a <http://x.y/*z',
    ])('nothing in %j', (text) => {
      expect(closingOf(text)).toBe('');
    });

    it('with an invisible character where the text ends with a space, a new line, a backslash or the marker itself', () => {
      expect(closingOf('a **bold ')).toBe('\u200b**');
      expect(closingOf('a **bold\n')).toBe('\u200b**');
      expect(closingOf('> a **bold\n> ')).toBe('\u200b**');
      expect(closingOf('a **bold\\')).toBe('\u200b**');
      expect(closingOf('a **')).toBe('\u200b**');
      expect(closingOf('a `')).toBe('\u200b`');
    });

    it('every marker of a well-formed text, at every character of it', () => {
      const word = fc.constantFrom('one', 'two three', 'é漢', '😀 four', 'x.', '(y)');
      const { strong, em } = fc.letrec<{ strong: string; em: string }>((tie) => ({
        strong: fc.tuple(word, fc.oneof({ maxDepth: 3 }, word, tie('em'))).map(([first, inner]) => `**${first} ${inner} end**`),
        em: fc.tuple(word, fc.oneof({ maxDepth: 3 }, word, tie('strong'))).map(([first, inner]) => `_${first} ${inner} end_`),
      }));
      const inline = fc.oneof(word, strong, em);
      const piece = fc.oneof(
        inline,
        word.map((text) => `\`${text} *\``),
        inline.map((text) => `[link ${text}](http://x.y "t *")`),
        inline.map((text) => `~~${text}~~`),
      );
      fc.assert(
        fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom(' ', '\n'), (pieces, space) => {
          for (const shown of shownTexts(`Start ${pieces.join(space)} end`))
            expect(shown.replace(/\[.?\]?$/s, '')).not.toMatch(/[*_`\]()]\(|[*_`]/);
        }),
        { numRuns: 300 },
      );
    });
  });

  it('finishes the tail at the end, but for blank lines', () => {
    const reader = createMarkdownReader();
    reader.write('```\ncode\n\n');
    reader.end();
    expect(reader.read()).toEqual({ blocks: [{ kind: 'code', text: '```\ncode\n\n' }], tail: '', closedTail: '' });
    const blank = createMarkdownReader();
    blank.write('a\n\n\n \n');
    blank.end();
    expect(blank.read()).toEqual({ blocks: [{ kind: 'paragraph', text: 'a\n\n' }], tail: '\n \n', closedTail: '\n \n' });
  });

  it('continues with blocks and tail of another reader', () => {
    const first = readPieces(['# a\n\nb **c']).last;
    const second = createMarkdownReader(first);
    second.write('** d');
    expect(second.read()).toMatchObject({ blocks: first.blocks, tail: '\nb **c** d' });
    expect(second.read().blocks[0]).toBe(first.blocks[0]);
  });

  it.each([
    ['block quotes', '>'.repeat(20_000)],
    ['lists', '- '.repeat(20_000)],
    ['blank lines in lists', `${'- '.repeat(10_000)}x${'\n'.repeat(10_000)}`],
    ['indented lists', Array.from({ length: 200 }, (_, depth) => `${'  '.repeat(depth)}- x\n`).join('')],
    ['openers', '*a [b `'.repeat(4_000)],
    ['a run', '*'.repeat(20_000)],
    ['backticks', '`'.repeat(20_000)],
    ['quoted fences', `${'> '.repeat(5_000)}\`\`\`\n`],
  ])('appends a bounded closing to %s without end', (_name, text) => {
    const started = readPieces([text.slice(0, -5), text.slice(-5)]).last;
    expect(started.closedTail.length - started.tail.length).toBeLessThan(400);
  });
});
