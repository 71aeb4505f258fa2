import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, defer, from, map, type Observable, of, throwError } from 'rxjs';
import { HttpError, toErrorInfo } from '../../../src/errors.js';
import type { DeltaEvent } from '../../../src/events.js';
import { createEncoder, fromHttpEvents, type HttpEventLike, sse } from '../../../src/http/index.js';
import { finish, marbles, start, text } from '../../../src/testing/index.js';
import { anyStream } from '../../support/anyStream.js';
import { operatorContract, record } from '../../support/operatorContract.js';
import { bytesOf, framesOf } from '../../support/wires.js';

const wire = sse();
const answer = [start(), text('Hel'), text('lo'), finish()];
const bodyOf = (events: readonly DeltaEvent[]): string =>
  new TextDecoder().decode(bytesOf(framesOf(wire, { events, error: undefined })));
const header = (status = 200): HttpEventLike => ({ type: 2, status });
const progress = (partialText: string): HttpEventLike => ({ type: 3, partialText });
const whole = (body: string): HttpEventLike => ({ type: 4, status: 200, body });

/** An `HttpErrorResponse`, which is no Error. */
const failure = (status: number, error: unknown): unknown => ({
  name: 'HttpErrorResponse',
  status,
  error,
  message: 'Http failure',
});

/** What `HttpClient` makes of a server that sends these events. */
function overHttp(source: Observable<DeltaEvent>): Observable<HttpEventLike> {
  return defer(() => {
    const encoder = createEncoder(wire);
    let body = '';
    return source.pipe(
      map((event) => {
        encoder.encode(event, (data) => {
          body += `data: ${data}\n\n`;
        });
        return progress(body);
      }),
    );
  });
}

describe('fromHttpEvents', () => {
  operatorContract(() => (source) => overHttp(source).pipe(fromHttpEvents(wire)), { empty: 'own' });

  it(
    'emits the events of the text that is new in each progress',
    marbles(({ cold, expectObservable }) => {
      const [one, three] = [bodyOf(answer.slice(0, 1)), bodyOf(answer.slice(0, 3))];
      const source = cold<HttpEventLike>('0h-p---q-----(r|)', {
        0: { type: 0 },
        h: header(),
        p: progress(one),
        q: progress(three),
        r: whole(bodyOf(answer)),
      });
      const [s, a, b, f] = answer;
      expectObservable(source.pipe(fromHttpEvents(wire))).toBe('---s---(ab)--(f|)', { s, a, b, f });
    }),
  );

  it('reads any stream in any pieces', () => {
    const property = fc.property(
      anyStream({ ends: ['finish'], maxMoves: 12 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
      ({ events }, cuts) => {
        const body = bodyOf(events);
        const pieces = cuts.toSorted((a, b) => a - b).map((part) => progress([...body].slice(0, part * body.length).join('')));
        expect(record(from([header(), ...pieces, whole(body)]) as never, fromHttpEvents(wire) as never)).toEqual({
          values: events,
          end: 'complete',
        });
      },
    );
    fc.assert(property, { numRuns: 100 });
  });

  const endOf = (source: readonly HttpEventLike[], error?: unknown): unknown => {
    const events$ =
      error === undefined
        ? from(source)
        : concat(
            from(source),
            throwError(() => error as Error),
          );
    return record(events$ as never, fromHttpEvents(wire) as never).end;
  };

  it('takes a cut body, which HttpClient takes for a whole one, for a TruncatedError', () => {
    const body = bodyOf(answer.slice(0, 3));
    expect(endOf([header(), progress(body), whole(body)])).toMatchObject({ kind: 'truncated', partial: { text: 'Hello' } });
    expect(endOf([header()])).toMatchObject({ kind: 'empty' });
  });

  it('does not read the body of an error as events', () => {
    const info = toErrorInfo(new HttpError('Too many requests', { kind: 'rate-limit', retryAfterMs: 2_000 }));
    const body = JSON.stringify(info);
    expect(endOf([header(429), progress(bodyOf(answer))], failure(429, body))).toMatchObject({
      name: 'HttpError',
      kind: 'rate-limit',
      retryAfterMs: 2_000,
    });
    expect(endOf([header(500), progress('<html>')], failure(500, '<html>'))).toMatchObject({ kind: 'server', status: 500 });
  });

  it('takes a broken connection for a ConnectionError with the message so far', () => {
    const cause = failure(0, new Error('network'));
    expect(endOf([header(), progress(bodyOf(answer.slice(0, 3)))], cause)).toMatchObject({
      kind: 'connection',
      cause,
      partial: { text: 'Hello' },
    });
  });

  it('passes on any other error of the source, and an error of the wire', () => {
    const own = new Error('of an interceptor');
    expect(endOf([], own)).toBe(own);
    expect(endOf([header(), progress('data: {"type":"start"}\n\n')])).toMatchObject({ kind: 'malformed-event' });
  });

  it('unsubscribes from the source after the finish', () => {
    const found = record(of(header(), whole(bodyOf(answer)), whole('more')) as never, fromHttpEvents(wire) as never);
    expect(found).toEqual({ values: answer, end: 'complete' });
  });

  it('is called with a wire', () => {
    expect(() => fromHttpEvents({} as never)).toThrow('fromHttpEvents: wire must be a wire, for instance sse()');
  });
});
