import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asyncScheduler, concat, concatMap, delay, map, NEVER, type Observable, of, range, throwError } from 'rxjs';
import { ConnectionError } from '../../../src/errors.js';
import { bufferToText } from '../../../src/operators/bufferToText.js';
import { retryStream } from '../../../src/operators/retryStream.js';
import {
  fakeProvider,
  type MarbleHelpers,
  type MarbleLane,
  marbleLane,
  marbles,
  streamOf,
  text,
  toMarbleDiagram,
} from '../../../src/testing/index.js';
import { anyText } from '../../support/chunks.js';

/** The lanes of a source and of the result of an operator. */
function lanesOf<T, R>(
  sourceOf: (helpers: MarbleHelpers) => Observable<T>,
  operator: (source: Observable<T>) => Observable<R>,
  unsubscribeMs?: number,
): readonly MarbleLane[] {
  const source = marbleLane('source');
  const result = marbleLane('result');
  marbles((helpers) => {
    const subscription = sourceOf(helpers)
      .pipe(source.record(), operator, result.record())
      .subscribe({ error: () => undefined });
    if (unsubscribeMs !== undefined) asyncScheduler.schedule(() => subscription.unsubscribe(), unsubscribeMs);
    helpers.flush();
  })();
  return [source, result];
}

function lines(...all: readonly string[]): string {
  return [...all, ''].join('\n');
}

const same = <T>(source: Observable<T>): Observable<T> => source;

describe('toMarbleDiagram', () => {
  it("draws lanes on one time axis, in RxJS's marble syntax", () => {
    expect(toMarbleDiagram(lanesOf(({ stream }) => stream('s-a-b-f|'), bufferToText()))).toBe(
      lines(
        'ms      0 2 4 6',
        'source  s-a-b-f|',
        'result  -------(c|)',
        '',
        '        s  start',
        '        a  text-delta "a"',
        '        b  text-delta "b"',
        '        f  finish stop',
        '        c  "ab"',
      ),
    );
  });

  it('draws one row for each subscription, and moves all lanes where several notifications share a time', () => {
    const provider = fakeProvider([streamOf('x', { everyMs: 2, error: new ConnectionError() }), streamOf('y', { everyMs: 2 })]);
    expect(toMarbleDiagram(lanesOf(() => provider, retryStream({ initialDelayMs: 3, jitter: 0 })))).toBe(
      lines(
        'ms      0 2   5 7 9',
        'source  s-(x#)',
        '              s-y-(f|)',
        'result  s-(xR)s-y-(f|)',
        '',
        '        s  start',
        '        x  text-delta "x"',
        '        y  text-delta "y"',
        '        f  finish stop',
        '        R  reset attempt 2 after connection',
        '        #  error ConnectionError (connection, partial "x")',
      ),
    );
  });

  it('shows unsubscriptions and open streams', () => {
    expect(toMarbleDiagram(lanesOf(({ stream }) => stream('s-a-b-f|'), same, 3))).toContain('source  s-a!\nresult  s-a!\n');
    const open = marbleLane('open');
    marbles(({ flush }) => {
      concat(of('x').pipe(delay(4)), NEVER)
        .pipe(open.record())
        .subscribe();
      flush();
      expect(toMarbleDiagram(open)).toContain('open  ----x\n');
    })();
  });

  it('draws time to scale, with a chosen or a given time for each column', () => {
    const lanes = lanesOf(({ stream }) => stream('s 999ms a 999ms |'), same);
    expect(toMarbleDiagram(lanes).split('\n')[1]).toBe(`source  s${'-'.repeat(19)}a${'-'.repeat(19)}|`);
    expect(toMarbleDiagram(lanes, { columnMs: 500 }).split('\n')[1]).toBe('source  s-a-|');
  });

  it('starts at the time of the first subscription', () => {
    const late = marbleLane('late');
    marbles(({ cold, expectObservable }) => expectObservable(cold('x|').pipe(late.record()), '-----^').toBe('-----x|'))();
    expect(toMarbleDiagram(late).split('\n').slice(0, 2)).toEqual(['ms    0', 'late  x|']);
  });

  it('omits the middle of a long stream in all lanes, and counts the omitted marks', () => {
    const lanes = lanesOf(
      () => range(0, 1_000).pipe(concatMap((n) => of(text(`${n} `)).pipe(delay(10)))),
      map((event) => event),
    );
    const drawn = toMarbleDiagram(lanes).split('\n');
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[1]).toMatch(/^source {2}-\w+…-+\w+\(\w\|\)$/);
    expect(drawn[1]?.replace('source', 'result')).toBe(drawn[2]);
    expect(Math.max(...drawn.map(({ length }) => length))).toBeLessThan(200);
    expect(drawn.join('\n')).toContain('…  977 more');
    expect(drawn.join('\n')).toContain('text-delta "999 "');
    expect(drawn.join('\n')).not.toContain('?');
    const svg = toMarbleDiagram(lanes, { format: 'svg' });
    expect(Number(/width="([\d.]+)"/.exec(svg)?.[1])).toBeLessThan(5_000);
    expect(svg).toContain('>… 977 more</text>');
  });

  it('omits the middle of many notifications at one time', () => {
    const lanes = lanesOf(
      () => range(0, 1_000),
      map((n) => n),
    );
    expect(toMarbleDiagram(lanes).split('\n')[1]).toMatch(/^source {2}\(.{19}….{20}\)$/);
  });

  it('draws an empty row for a lane that was never subscribed', () => {
    const source = marbleLane('source');
    marbles(() => void of('x').pipe(source.record()).subscribe())();
    const lanes = [source, marbleLane('never')];
    expect(toMarbleDiagram(lanes).split('\n').slice(0, 3)).toEqual(['ms      0', 'source  (x|)', 'never']);
    expect(toMarbleDiagram(lanes, { format: 'svg' })).toContain('>never</text>');
  });

  it('indents by the characters of names, not by UTF-16 code units', () => {
    const [one, other] = [marbleLane('😀'), marbleLane('ab')];
    marbles(() => void of('x').pipe(one.record(), other.record()).subscribe())();
    expect(toMarbleDiagram([one, other]).split('\n').slice(1, 3)).toEqual(['😀   (x|)', 'ab  (x|)']);
  });

  it('draws no times if nothing was subscribed', () => {
    expect(toMarbleDiagram(marbleLane('idle'))).toBe('ms    0\nidle\n');
    expect(toMarbleDiagram([])).toBe('ms  0\n');
  });

  describe('as SVG', () => {
    const svg = (lanes: readonly MarbleLane[]): string => toMarbleDiagram(lanes, { format: 'svg' });

    it('is the same for the same run, byte for byte', () => {
      const draw = (): string => svg(lanesOf(({ answer }) => answer('[hm]-Hel-lo-<get:{}>|'), same));
      expect(draw()).toBe(draw());
      expect(draw()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="[\d.]+" height="146"/);
      expect(draw()).toContain('>Hel</text>');
      expect(draw()).toContain('<title>5 ms: text-delta &quot;Hel&quot;</title>');
    });

    it('escapes the values of a stream', () => {
      const drawn = svg(
        lanesOf(
          () => streamOf([text('<b>&"\'\u0000\ud800')]),
          map(() => '</svg><script>'),
        ),
      );
      for (const wrong of ['<b>', '<script>', '\u0000', '\ud800']) expect(drawn).not.toContain(wrong);
      expect(drawn).toContain('&lt;/svg&gt;&lt;script&gt;');
      expect(drawn).toContain('&lt;b&gt;&amp;&quot;&#39;\ufffd\ufffd');
    });

    it('is well-formed for any text', () => {
      fc.assert(
        fc.property(fc.array(anyText, { maxLength: 5 }), (texts) => {
          const drawn = svg(
            lanesOf(
              () =>
                streamOf(
                  texts.map((each) => text(each)),
                  { everyMs: 1 },
                ),
              same,
            ),
          );
          expect(drawn.match(/<text\b/g)?.length).toBe(drawn.match(/<\/text>/g)?.length);
          // No markup beside the tags of the drawing.
          expect(drawn.replace(/<\/?(svg|title|rect|line|text|path|g)\b[^<>]*>/g, '')).not.toMatch(
            /[<>]|&(?!(amp|lt|gt|quot|#39);)/,
          );
          expect(Buffer.from(drawn).toString()).toBe(drawn);
        }),
        { numRuns: 1_000 },
      );
    });

    it('shows errors and unsubscriptions', () => {
      const drawn = svg(lanesOf(() => throwError(() => new ConnectionError()), same));
      expect(drawn).toContain('error ConnectionError (connection)');
      expect(svg(lanesOf(({ stream }) => stream('s-a'), same, 2))).toContain('stroke-dasharray');
    });
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['lanes not made by marbleLane', () => toMarbleDiagram([{}] as MarbleLane[]), /lanes must be made by marbleLane/],
    // @ts-expect-error: no format has this name.
    ['an unknown format', () => toMarbleDiagram([], { format: 'png' }), /format must be one of text, svg/],
    ['a column of 0 ms', () => toMarbleDiagram([], { columnMs: 0 }), /columnMs must be > 0/],
    ['an unknown option', () => toMarbleDiagram([], { formt: 'svg' } as object), /did you mean "format"/],
  ])('rejects %s at call time', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});

// Recording is tested through the pictures above.
describe('marbleLane', () => {
  it('rejects a name that is not a string at call time', () => {
    // @ts-expect-error: the name is missing.
    expect(() => marbleLane()).toThrow(/name must be a string/);
  });
});
