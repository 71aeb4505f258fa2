import { catchError, last, map, mergeMap, type Observable, of, range, scan, takeWhile } from 'rxjs';
import { bufferToText, type DeltaEvent, retryStream } from 'rxllm';

export interface Consensus {
  /** The most frequent answer, in lower case. */
  readonly text: string;
  readonly votes: number;
  /** How many answers had arrived when it was decided. */
  readonly answers: number;
}

/**
 * Asks n times and emits the answer that most of them gave. It does not await the rest as soon as no other answer can have as many votes: those
 * requests are aborted. An answer that fails has no vote; the stream errors if all of them fail.
 */
export function consensus(
  ask$: Observable<DeltaEvent>,
  { n, concurrency = n }: { readonly n: number; readonly concurrency?: number },
): Observable<Consensus> {
  const vote$ = ask$.pipe(
    retryStream(),
    bufferToText(),
    map((text) => ({ text: text.trim().toLowerCase().replace(/\.$/, '') })),
    catchError((error: unknown) => of({ error })),
  );
  return range(n).pipe(
    mergeMap(() => vote$, concurrency),
    scan((votes, vote) => [...votes, vote], [] as readonly Vote[]),
    takeWhile((votes) => !isDecided(votes, n), true),
    last(),
    map(winnerOf),
  );
}

type Vote = { readonly text: string } | { readonly error: unknown };

function isDecided(votes: readonly Vote[], n: number): boolean {
  const [first = 0, second = 0] = countVotes(votes).map(([, count]) => count);
  return first > second + (n - votes.length);
}

function winnerOf(votes: readonly Vote[]): Consensus {
  const counts = countVotes(votes);
  const [winner] = counts;
  if (!winner) throw votes.map((vote) => ('error' in vote ? vote.error : undefined)).at(-1);
  const [text, count] = winner;
  return { text, votes: count, answers: votes.filter((vote) => 'text' in vote).length };
}

/** Each text with its votes, the most frequent first. */
function countVotes(votes: readonly Vote[]): readonly (readonly [text: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const vote of votes) if ('text' in vote) counts.set(vote.text, (counts.get(vote.text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
