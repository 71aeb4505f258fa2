/** Who waits, first come, first served. To leave costs the same from any place. */
export interface WaitingLine<T> {
  readonly length: number;
  readonly first: T | undefined;
  /** Joins at the end, and gives what leaves again. */
  join(value: T): () => void;
}

/** A linked list: an array would be searched by whoever leaves from the middle. */
export function createWaitingLine<T>(): WaitingLine<T> {
  let front: Place<T> | undefined;
  let back: Place<T> | undefined;
  let length = 0;

  function leave(place: Place<T>): void {
    if (place.left) return;
    place.left = true;
    length--;
    if (place.before) place.before.after = place.after;
    else front = place.after;
    if (place.after) place.after.before = place.before;
    else back = place.before;
  }

  return {
    get length() {
      return length;
    },
    get first() {
      return front?.value;
    },
    join(value) {
      const place: Place<T> = { value, before: back, after: undefined, left: false };
      if (back) back.after = place;
      else front = place;
      back = place;
      length++;
      return () => leave(place);
    },
  };
}

interface Place<T> {
  readonly value: T;
  before: Place<T> | undefined;
  after: Place<T> | undefined;
  left: boolean;
}
