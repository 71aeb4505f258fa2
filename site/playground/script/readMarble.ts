import { ConnectionError, type DeltaEvent } from 'rxllm';
import { marbleLane, marbles } from 'rxllm/testing';

/** What a marble emits. */
export interface ReadMarble {
  readonly values: readonly unknown[];
  readonly pausesMs: readonly number[];
  readonly end: 'complete' | 'open' | 'error';
  /** The time from the last notification to the end of the marble, in milliseconds. */
  readonly restMs: number;
}

export type MarbleKind = 'answer' | 'stream';

const longest = 2_000;

/**
 * Reads a marble of `rxllm/testing` by playing it in virtual time.
 *
 * @param continues Whether more follows, so that an answer without an end stays open.
 * @throws What `answer` or `stream` throws for a marble that it cannot read.
 */
export function readMarble(kind: MarbleKind, text: string, continues: boolean): ReadMarble {
  if (text.length > longest) throw new RangeError(`a marble has at most ${longest} characters`);
  const lane = marbleLane(kind);
  const isOpen = !/[|#]/.test(text) && (kind === 'stream' || continues);
  const played = isOpen ? `${text}|` : text;
  marbles(({ answer, stream, flush }) => {
    const source$ =
      kind === 'stream'
        ? stream(played, undefined, new ConnectionError())
        : answer(played, { error: new ConnectionError(), ...(isOpen ? { usage: null } : {}) });
    source$.pipe(lane.record<DeltaEvent>()).subscribe({ error: () => undefined });
    flush();
  })();
  const marks = lane.runs[0]?.marks ?? [];
  // The end that was added, of an answer with its `finish`.
  const content = isOpen ? marks.slice(0, kind === 'answer' ? -2 : -1) : marks.slice(0, -1);
  const last = marks.at(-1);
  const endMs = last?.atMs ?? 0;
  const lastMs = content.at(-1)?.atMs ?? 0;
  const times = content.map(({ atMs }) => atMs);
  return {
    values: content.flatMap((mark) => (mark.kind === 'next' ? [mark.value] : [])),
    pausesMs: times.map((atMs, index) => atMs - (times[index - 1] ?? 0)),
    end: isOpen ? 'open' : last?.kind === 'error' ? 'error' : 'complete',
    restMs: endMs - lastMs,
  };
}
