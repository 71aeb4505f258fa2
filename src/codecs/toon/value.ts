import { setOwn } from '../json/setOwn.js';
import type { ToonSink, ToonValue } from './sink.js';

/** Builds the value from the calls to a sink. A duplicate key keeps its last value. */
export interface ToonValueBuilder extends ToonSink {
  /** Returns the value, `undefined` until it is whole. */
  value(): ToonValue | undefined;
  /** Returns the value so far, which is still mutated. */
  soFar(): ToonValue | undefined;
}

interface Open {
  readonly container: ToonValue[] | { [key: string]: ToonValue };
  key: string;
}

export function createToonValueBuilder(): ToonValueBuilder {
  const open: Open[] = [];
  let root: ToonValue | undefined;

  function add(value: ToonValue): void {
    const parent = open[open.length - 1];
    if (!parent) root = value;
    else if (Array.isArray(parent.container)) parent.container.push(value);
    else setOwn(parent.container, parent.key, value);
  }

  function start(container: Open['container']): void {
    add(container);
    open.push({ container, key: '' });
  }

  return {
    value: () => (open.length === 0 ? root : undefined),
    soFar: () => root,
    startObject: () => start({}),
    endObject: () => void open.pop(),
    startArray: () => start([]),
    endArray: () => void open.pop(),
    key(key) {
      const parent = open[open.length - 1];
      if (parent) parent.key = key;
    },
    primitive: add,
    row: add,
  };
}
