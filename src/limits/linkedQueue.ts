/** A first-in, first-out queue. An entry is removed at constant cost from any position. */
export interface LinkedQueue<T> {
  readonly length: number;
  readonly first: T | undefined;
  /** Adds an entry at the end, and returns a function that removes it; calling that again has no effect. */
  append(value: T): () => void;
}

/** A linked list, because removing an entry from the middle of an array would search the array. */
export function createLinkedQueue<T>(): LinkedQueue<T> {
  let front: Entry<T> | undefined;
  let back: Entry<T> | undefined;
  let length = 0;

  function remove(entry: Entry<T>): void {
    if (entry.removed) return;
    entry.removed = true;
    length--;
    if (entry.previous) entry.previous.next = entry.next;
    else front = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else back = entry.previous;
  }

  return {
    get length() {
      return length;
    },
    get first() {
      return front?.value;
    },
    append(value) {
      const entry: Entry<T> = { value, previous: back, next: undefined, removed: false };
      if (back) back.next = entry;
      else front = entry;
      back = entry;
      length++;
      return () => remove(entry);
    },
  };
}

interface Entry<T> {
  readonly value: T;
  previous: Entry<T> | undefined;
  next: Entry<T> | undefined;
  removed: boolean;
}
