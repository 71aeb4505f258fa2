import { describe, expect, it, jest } from '@jest/globals';
import { asyncScheduler } from 'rxjs';
import { createAlarm } from '../../src/kernel/alarm.js';
import { marbles } from '../../src/testing/index.js';

describe('createAlarm', () => {
  /** When it rang, for a deadline that moves while the alarm is armed. */
  function ringsOf(first: number, moves: readonly { at: number; to: number; told?: boolean }[] = []): number[] {
    const rings: number[] = [];
    marbles(({ flush }) => {
      let dueAt = first;
      const alarm = createAlarm(
        () => dueAt,
        () => rings.push(asyncScheduler.now()),
      );
      for (const { at, to, told } of moves) {
        asyncScheduler.schedule(() => {
          dueAt = to;
          if (told) alarm.set();
        }, at);
      }
      alarm.set();
      flush();
      alarm.clear();
    })();
    return rings;
  }

  it('rings at its deadline', () => {
    expect(ringsOf(10)).toEqual([10]);
  });

  it('schedules no negative delay, which Node warns about', () => {
    const schedule = jest.spyOn(asyncScheduler, 'schedule');
    try {
      const alarm = createAlarm(
        () => asyncScheduler.now() - 5,
        () => undefined,
      );
      alarm.set();
      alarm.clear();
      expect(schedule.mock.calls.map(([, delayMs]) => delayMs)).toEqual([0]);
    } finally {
      schedule.mockRestore();
    }
  });

  it('never rings at Infinity', () => {
    expect(ringsOf(Infinity)).toEqual([]);
  });

  it('waits for the remainder if the deadline has moved later', () => {
    expect(
      ringsOf(10, [
        { at: 7, to: 17 },
        { at: 15, to: 25 },
      ]),
    ).toEqual([25]);
    expect(ringsOf(10, [{ at: 7, to: Infinity }])).toEqual([]);
  });

  it('rings after events that arrive exactly at the deadline', () => {
    expect(ringsOf(10, [{ at: 10, to: 20 }])).toEqual([20]);
  });

  it('rings earlier if it is set again after the deadline has moved earlier', () => {
    expect(ringsOf(1_000, [{ at: 7, to: 17, told: true }])).toEqual([17]);
  });

  it('waits longer than the longest timer', () => {
    expect(ringsOf(2 ** 33)).toEqual([2 ** 33]);
  });

  it('is silent once it is cleared', () => {
    const rings: number[] = [];
    marbles(({ flush }) => {
      const alarm = createAlarm(
        () => 10,
        () => rings.push(asyncScheduler.now()),
      );
      alarm.set();
      alarm.clear();
      flush();
    })();
    expect(rings).toEqual([]);
  });
});
