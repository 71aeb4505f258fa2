import type { MeasureUnit } from './textUnit.js';

/** Text that is pending until it is shown, one or more units after each pause. */
export interface UnitQueue {
  /** Whether any text is pending. */
  readonly pending: boolean;
  push(text: string): void;
  /** Removes what is due after one pause: as many units as it takes that none is pending for more than `mostPauses`. */
  removeDue(): string;
  removeAll(): string;
}

/** A unit is pending for at most this many pauses. */
const mostPauses = 30;
/** After this many pauses, a unit is shown although its end has not arrived. */
const pausesForEnd = 10;
/** A unit of this many characters is cut, which bounds how much text is measured again and again. */
const longestUnit = 256;

export function createUnitQueue(measure: MeasureUnit): UnitQueue {
  /** Complete units. */
  const units: string[] = [];
  /** How many units are due after each pause. It only grows while units are pending. */
  let pace = 1;
  /** The beginning of the unit that is not complete yet. */
  let rest = '';
  /** The pauses since `rest` began. */
  let pauses = 0;

  function lengthOf(text: string): number | undefined {
    const length = measure(text);
    if (length !== undefined && length > 0) return Math.min(length, text.length);
    return text.length < longestUnit ? undefined : wholeCharacters(text);
  }

  function removeUnits(count: number): string {
    const removed = units.splice(0, count).join('');
    if (units.length === 0) pace = 1;
    return removed;
  }

  function removeRest(): string {
    const removed = rest;
    rest = '';
    pauses = 0;
    return removed;
  }

  return {
    get pending() {
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
    removeDue() {
      if (units.length > 0) return removeUnits(pace);
      return ++pauses > pausesForEnd ? removeRest() : '';
    },
    removeAll: () => removeUnits(units.length) + removeRest(),
  };
}

/** The length of a text without half a surrogate pair at its end. */
function wholeCharacters(text: string): number {
  return /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
}
