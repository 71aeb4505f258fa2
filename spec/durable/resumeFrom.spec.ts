import { describe, expect, it } from '@jest/globals';
import { defer, type Observable } from 'rxjs';
import { createDemand, HttpError } from 'rxllm';
import { memoryStore, persistTo, resumeFrom, type StreamStore } from 'rxllm/durable';
import { start, streamOf, text, virtualTime } from 'rxllm/testing';
import { collect } from '../support/respond.js';

describe('resumeFrom', () => {
  it(
    'reads nothing while its demand is paused, and goes on without loss',
    virtualTime(async () => {
      const store = memoryStore();
      await collect(streamOf('one two three four').pipe(persistTo(store, 'a')));
      const demand = createDemand();
      const ids: string[] = [];
      let completed = false;
      resumeFrom(store, 'a', { demand }).subscribe({
        next({ id }) {
          ids.push(id);
          demand.pause();
        },
        error: () => undefined,
        complete: () => {
          completed = true;
        },
      });
      for (let read = 1; read <= 6; read++) {
        expect(ids).toHaveLength(read);
        demand.resume();
      }
      expect([new Set(ids).size, completed]).toEqual([6, true]);
    }),
  );

  it(
    'errors with the error of the stream, from the beginning and after an entry',
    virtualTime(async () => {
      const store = memoryStore();
      const error = new HttpError('Bad', { kind: 'server' });
      await collect(streamOf([start(), text('a')], { error }).pipe(persistTo(store, 'a')));
      const entries: string[] = [];
      const whole = await new Promise((resolve) => {
        resumeFrom(store, 'a').subscribe({ next: ({ id }) => entries.push(id), error: resolve });
      });
      expect(whole).toMatchObject({ name: 'HttpError', kind: 'server' });
      const after = entries[0];
      const rest = await collect(defer(() => resumeFrom(store, 'a', { after })) as Observable<never>);
      expect([rest.events.length, rest.error]).toMatchObject([1, { name: 'HttpError', kind: 'server' }]);
    }),
  );

  it('throws at call time for wrong arguments', () => {
    expect(() => resumeFrom({} as StreamStore, 'a')).toThrow('store must be a store');
    expect(() => resumeFrom(memoryStore(), 'a', { from: '1-1' } as never)).toThrow('unknown option');
    expect(() => resumeFrom(memoryStore(), 'a', { demand: {} as never })).toThrow('createDemand');
  });
});
