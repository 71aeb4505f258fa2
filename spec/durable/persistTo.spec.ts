import { describe, expect, it } from '@jest/globals';
import { concat, defer, ignoreElements, lastValueFrom, of, timer, toArray } from 'rxjs';
import type { DeltaEvent } from 'rxllm';
import { memoryStore, persistTo, resumeFrom } from 'rxllm/durable';
import { finish, ping, start, text, virtualTime } from 'rxllm/testing';
import { collect } from '../support/respond.js';

const answer: readonly DeltaEvent[] = [start(), text('Hel'), text('lo'), finish()];
const wait = (milliseconds: number): Promise<unknown> => lastValueFrom(timer(milliseconds), { defaultValue: 0 });

describe('persistTo', () => {
  it(
    'emits what it stores, and resumeFrom reads the same with ids',
    virtualTime(async () => {
      const store = memoryStore();
      const { events } = await collect(of(ping(), ...answer).pipe(persistTo(store, 'a')));
      expect(events).toEqual([ping(), ...answer]);
      const entries = await lastValueFrom(resumeFrom(store, 'a').pipe(toArray()));
      expect(entries.map(({ event }) => event)).toEqual(events);
      expect(entries.map(({ id }) => id.split('-')[1])).toEqual(['1', '2', '3', '4', '5']);
    }),
  );

  it(
    'errors for an id that has a producer or has ended, and sends no request',
    virtualTime(async () => {
      const store = memoryStore();
      let sent = 0;
      const source$ = defer(() => {
        sent++;
        return of(...answer);
      });
      const live = concat(of(start()), timer(100).pipe(ignoreElements())).pipe(persistTo(store, 'a')).subscribe();
      await wait(1);
      expect((await collect(source$.pipe(persistTo(store, 'a')))).error).toMatchObject({ kind: 'fenced' });
      await wait(200);
      expect((await collect(source$.pipe(persistTo(store, 'a')))).error).toMatchObject({ kind: 'fenced' });
      expect(sent).toBe(0);
      live.unsubscribe();
    }),
  );
});
