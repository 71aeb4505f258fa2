/** The place of an entry in the log of a stream, as its id names it. */
export interface EntryPlace {
  /** Which producer wrote it: each that claims the stream has a higher one. */
  readonly epoch: number;
  /** 0 for the claim itself, then 1, 2, … without a gap. */
  readonly seq: number;
}

/** The id of an entry, `<epoch>-<seq>`. */
export function entryId(epoch: number, seq: number): string {
  return `${epoch}-${seq}`;
}

/** Reads the id of an entry; `undefined` for any other text, for instance another writing of the same numbers. */
export function readEntryId(id: unknown): EntryPlace | undefined {
  if (typeof id !== 'string' || id.length > longestId) return undefined;
  const dash = id.indexOf('-');
  const epoch = Number(id.slice(0, dash));
  const seq = Number(id.slice(dash + 1));
  if (!Number.isSafeInteger(epoch) || !Number.isSafeInteger(seq) || epoch < 1 || seq < 0) return undefined;
  return entryId(epoch, seq) === id ? { epoch, seq } : undefined;
}

/** Two safe integers and the dash. */
const longestId = 33;

/** Negative if `a` comes before `b` in the log, positive if after it, 0 for the same entry. */
export function compareEntries(a: EntryPlace, b: EntryPlace): number {
  return a.epoch - b.epoch || a.seq - b.seq;
}
