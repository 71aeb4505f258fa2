import { asyncScheduler } from 'rxjs';

/** The last events of a stream that Redis has stored, as JSON, for the case that it loses them. */
export interface KeptEvents {
  /** The `seq` after the last one. */
  readonly nextSeq: number;
  add(fromSeq: number, texts: readonly string[]): void;
  /** What is kept from that `seq` on; nothing if it begins later. */
  from(seq: number): readonly string[];
}

/** Those of the last five seconds are kept, unless they are more than half of the most events, or of the most characters. */
const keptMs = 5_000;
const maxEvents = 1_024;
const maxChars = 2 ** 20;

export function createKeptEvents(): KeptEvents {
  /** Dropped together, so that no event is moved. */
  let older: readonly string[] = [];
  let newer: string[] = [];
  let firstSeq = 1;
  let newerChars = 0;
  let newerSince = 0;

  function renew(): void {
    firstSeq += older.length;
    older = newer;
    newer = [];
    newerChars = 0;
    newerSince = asyncScheduler.now();
  }

  function isFull(): boolean {
    return newer.length >= maxEvents / 2 || newerChars >= maxChars / 2 || asyncScheduler.now() - newerSince >= keptMs;
  }

  return {
    get nextSeq() {
      return firstSeq + older.length + newer.length;
    },
    add(fromSeq, texts) {
      const { nextSeq } = this;
      if (fromSeq > nextSeq) {
        renew();
        renew();
        firstSeq = fromSeq;
      }
      if (isFull()) renew();
      for (let index = Math.max(nextSeq - fromSeq, 0); index < texts.length; index++) {
        const text = texts[index] ?? '';
        newer.push(text);
        newerChars += text.length;
      }
    },
    from: (seq) => (seq < firstSeq ? [] : [...older, ...newer].slice(seq - firstSeq)),
  };
}
