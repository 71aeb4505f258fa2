import type { MeasureUnit } from './textUnit.js';

/** Text that waits to be shown a unit at a time. */
export interface UnitQueue {
  /** Whether anything waits. */
  readonly waiting: boolean;
  push(text: string): void;
  /** What is due, once a pause: so much that nothing waits longer than thirty pauses. */
  takeDue(): string;
  takeAll(): string;
}

/** Whatever waits leaves within so many pauses. */
const mostPauses = 30;
/** A unit whose end has not come leaves as it is after so many pauses. */
const patience = 10;
/** So does one of so many characters; it bounds how much is looked at, time and again. */
const longestUnit = 256;

export function createUnitQueue(measure: MeasureUnit): UnitQueue {
  /** Whole units. */
  const units: string[] = [];
  /** How many of them leave at a time; only more, until none waits. */
  let pace = 1;
  /** The beginning of a unit. */
  let rest = '';
  let pauses = 0;

  function lengthOf(text: string): number | undefined {
    const length = measure(text);
    if (length !== undefined && length > 0) return Math.min(length, text.length);
    return text.length < longestUnit ? undefined : wholeCharacters(text);
  }

  function takeUnits(count: number): string {
    const taken = units.splice(0, count).join('');
    if (units.length === 0) pace = 1;
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
      return units.length > 0 || rest !== '';
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
      pace = Math.max(pace, Math.ceil(units.length / mostPauses));
    },
    takeDue() {
      if (units.length > 0) return takeUnits(pace);
      return ++pauses > patience ? takeRest() : '';
    },
    takeAll: () => takeUnits(units.length) + takeRest(),
  };
}

/** The length without half of a surrogate pair at the end. */
function wholeCharacters(text: string): number {
  return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
}
