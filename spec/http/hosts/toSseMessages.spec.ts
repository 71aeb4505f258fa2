import { describe, expect, it } from '@jest/globals';
import { EMPTY, type Observable, of, Subject } from 'rxjs';
import { HttpError, toErrorInfo } from '../../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { type SseMessage, sse, toSseMessages, uiMessages } from '../../../src/http/index.js';
import { finish, marbles, raw, reset, start, text } from '../../../src/testing/index.js';
import { operatorContract } from '../../support/operatorContract.js';

const messages = (...frames: readonly object[]): readonly SseMessage[] =>
  frames.map((frame) => ({ id: '', data: JSON.stringify(frame) }));

describe('toSseMessages', () => {
  operatorContract(() => toSseMessages(sse()), { errors: 'own', empty: 'own' });

  it(
    'makes one message of each frame',
    marbles(({ expectObservable, stream }) => {
      const source = stream('s-a-f|');
      const [s, a, f] = messages(start(), text('a'), finish());
      expectObservable(source.pipe(toSseMessages(sse()))).toBe('s-a-f|', { s, a, f });
    }),
  );

  it(
    'makes a message of an error, without words of the provider',
    marbles(({ expectObservable, stream }) => {
      const error = new HttpError('secret', { kind: 'rate-limit', status: 429 });
      const [s, e] = messages(start(), {
        type: 'error',
        error: { name: 'HttpError', kind: 'rate-limit', message: 'Too many requests', retryable: true, status: 429 },
      });
      expectObservable(stream('s-#', {}, error).pipe(toSseMessages(sse()))).toBe('s-(e|)', { s, e });
    }),
  );

  it('makes a message of a failed attempt, without words of the provider', () => {
    const failed = toErrorInfo(new HttpError('secret', { kind: 'overloaded', status: 529, requestId: 'secret' }));
    const found: string[] = [];
    of(start(), reset({ error: failed }))
      .pipe(toSseMessages(sse()))
      .subscribe({ next: ({ data }) => found.push(data), error: () => found.push('error') });
    expect(JSON.parse(found[1] ?? '')).toMatchObject({
      type: 'reset',
      error: { kind: 'overloaded', message: 'The provider is overloaded' },
    });
    expect(found.join()).not.toMatch(/secret/);
  });

  it('makes a message of an end without a finish, and of an event that the wire cannot carry', () => {
    const deep = raw('deep', JSON.parse('['.repeat(300) + ']'.repeat(300)) as JsonValue);
    const ends: readonly (readonly [source: Observable<DeltaEvent>, kind: string])[] = [
      [EMPTY, 'truncated'],
      [of(deep, finish()), 'limit'],
    ];
    for (const [source, kind] of ends) {
      const found: string[] = [];
      source.pipe(toSseMessages(sse())).subscribe({ next: ({ data }) => found.push(data), error: () => found.push('error') });
      expect(found).toHaveLength(1);
      expect(JSON.parse(found[0] ?? '')).toMatchObject({ type: 'error', error: { kind } });
    }
  });

  it('unsubscribes from its source where the wire ends the stream with an error before its finish', () => {
    const source = new Subject<DeltaEvent>();
    const found: string[] = [];
    source.pipe(toSseMessages(uiMessages({ version: 6 }))).subscribe({
      next: ({ data }) => found.push(data),
      error: () => found.push('error'),
      complete: () => found.push('complete'),
    });
    for (const event of [start(), text('Hel'), reset()]) source.next(event);
    expect(source.observed).toBe(false);
    expect(found.slice(-3)).toEqual([expect.stringContaining('"type":"error"'), '[DONE]', 'complete']);
  });

  it('is called with a wire', () => {
    expect(() => toSseMessages(sse as never)).toThrow('toSseMessages: wire must be a wire, for instance sse()');
  });
});
