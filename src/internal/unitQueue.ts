import type { MeasureUnit } from './textUnit.js';

/** Text that waits to be shown a unit at a time. */
export interface UnitQueue {
  /** Whether anything waits. */
  readonly waiting: boolean;
  push(text: string): void;
  /** What is due, once a pause: the more waits, the more of it. */
  takeDue(): string;
  takeAll(): string;
}

/** One in so many of the units that wait leaves at a time, and at least one. */
const share = 30;
/** A unit whose end has not come leaves as it is after so many pauses. */
const patience = 10;
/** So does one of so many characters; it bounds how much is looked at, time and again. */
const longestUnit = 256;

export function createUnitQueue(measure: MeasureUnit): UnitQueue {
  /** Whole units, of which those before `next` have left. */
  let units: string[] = [];
  let next = 0;
  /** The beginning of a unit. */
  let rest = '';
  let pauses = 0;

  function lengthOf(text: string): number | undefined {
    const length = measure(text);
    if (length !== undefined && length > 0) return Math.min(length, text.length);
    return text.length < longestUnit ? undefined : wholeCharacters(text);
  }

  function takeUnits(count: number): string {
    const taken = units.slice(next, next + count).join('');
    next += count;
    if (next < units.length) return taken;
    units = [];
    next = 0;
    return taken;
  }

  function takeRest(): string {
    const taken = rest;
    rest = '';
    pauses = 0;
    return taken;
  }

  return {
    get waiting() {
      return next < units.length || rest !== '';
    },
    push(text) {
      const all = rest + text;
      let from = 0;
      for (let length = lengthOf(all.slice(0, longestUnit)); length !== undefined; ) {
        units.push(all.slice(from, from + length));
        from += length;
        length = lengthOf(all.slice(from, from + longestUnit));
      }
      if (from > 0) pauses = 0;
      rest = all.slice(from);
    },
    takeDue() {
      if (next < units.length) return takeUnits(Math.ceil((units.length - next) / share));
      return ++pauses > patience ? takeRest() : '';
    },
    takeAll: () => takeUnits(units.length) + takeRest(),
  };
}

/** The length without half of a surrogate pair at the end. */
function wholeCharacters(text: string): number {
  return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
}
