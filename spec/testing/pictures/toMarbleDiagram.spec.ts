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

/** Lanes of a source and of what an operator makes of it. */
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
  it('draws lanes under one time axis, in the marbles of RxJS', () => {
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

  it('has a row for every subscription, and moves all lanes alike where several things happen at once', () => {
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
        '        #  error ConnectionError (connection)',
      ),
    );
  });

  it('shows unsubscription, and what stays open', () => {
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

  it('keeps to scale, in columns that it chooses or is told', () => {
    const lanes = lanesOf(({ stream }) => stream('s 999ms a 999ms |'), same);
    expect(toMarbleDiagram(lanes).split('\n')[1]).toBe(`source  s${'-'.repeat(19)}a${'-'.repeat(19)}|`);
    expect(toMarbleDiagram(lanes, { columnMs: 500 }).split('\n')[1]).toBe('source  s-a-|');
  });

  it('counts time from the first subscription', () => {
    const late = marbleLane('late');
    marbles(({ cold, expectObservable }) => expectObservable(cold('x|').pipe(late.record()), '-----^').toBe('-----x|'))();
    expect(toMarbleDiagram(late).split('\n').slice(0, 2)).toEqual(['ms    0', 'late  x|']);
  });

  it('leaves out the middle of a long stream, in all lanes alike, and counts it', () => {
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

  it('leaves out the middle of what happens at once', () => {
    const lanes = lanesOf(
      () => range(0, 1_000),
      map((n) => n),
    );
    expect(toMarbleDiagram(lanes).split('\n')[1]).toMatch(/^source {2}\(.{19}….{20}\)$/);
  });

  it('has a lane that was never subscribed, with nothing in it', () => {
    const source = marbleLane('source');
    marbles(() => void of('x').pipe(source.record()).subscribe())();
    const lanes = [source, marbleLane('never')];
    expect(toMarbleDiagram(lanes).split('\n').slice(0, 3)).toEqual(['ms      0', 'source  (x|)', 'never']);
    expect(toMarbleDiagram(lanes, { format: 'svg' })).toContain('>never</text>');
  });

  it('counts the characters of a name, not their halves', () => {
    const [one, other] = [marbleLane('😀'), marbleLane('ab')];
    marbles(() => void of('x').pipe(one.record(), other.record()).subscribe())();
    expect(toMarbleDiagram([one, other]).split('\n').slice(1, 3)).toEqual(['😀   (x|)', 'ab  (x|)']);
  });

  it('draws nothing where nothing was subscribed', () => {
    expect(toMarbleDiagram(marbleLane('idle'))).toBe('ms    0\nidle\n');
    expect(toMarbleDiagram([])).toBe('ms  0\n');
  });

  describe('as SVG', () => {
    const svg = (lanes: readonly MarbleLane[]): string => toMarbleDiagram(lanes, { format: 'svg' });

    it('is the same for the same run, to the byte', () => {
      const draw = (): string => svg(lanesOf(({ answer }) => answer('[hm]-Hel-lo-<get:{}>|'), same));
      expect(draw()).toBe(draw());
      expect(draw()).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="[\d.]+" height="146"/);
      expect(draw()).toContain('>Hel</text>');
      expect(draw()).toContain('<title>5 ms: text-delta &quot;Hel&quot;</title>');
    });

    it('escapes what a stream says', () => {
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

    it('stays whole whatever a stream says', () => {
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
          // No sign of markup outside of the tags that the drawing is made of.
          expect(drawn.replace(/<\/?(svg|title|rect|line|text|path|g)\b[^<>]*>/g, '')).not.toMatch(
            /[<>]|&(?!(amp|lt|gt|quot|#39);)/,
          );
          expect(Buffer.from(drawn).toString()).toBe(drawn);
        }),
        { numRuns: 1_000 },
      );
    });

    it('shows errors, ends and unsubscriptions', () => {
      const drawn = svg(lanesOf(() => throwError(() => new ConnectionError()), same));
      expect(drawn).toContain('error ConnectionError (connection)');
      expect(svg(lanesOf(({ stream }) => stream('s-a'), same, 2))).toContain('stroke-dasharray');
    });
  });

  it.each<readonly [string, () => unknown, RegExp]>([
    ['lanes that are none', () => toMarbleDiagram([{}] as MarbleLane[]), /lanes must be made by marbleLane/],
    ['another format', () => toMarbleDiagram([], { format: 'png' as 'svg' }), /format must be one of text, svg/],
    ['no scale', () => toMarbleDiagram([], { columnMs: 0 }), /columnMs must be > 0/],
    ['an option that is not known', () => toMarbleDiagram([], { formt: 'svg' } as object), /did you mean "format"/],
    ['a lane without a name', () => marbleLane(undefined as unknown as string), /name must be a text/],
  ])('rejects %s', (_name, call, message) => {
    expect(call).toThrow(message);
  });
});
