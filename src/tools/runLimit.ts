import { Observable } from 'rxjs';

/**
 * Returns a function that limits how many of its results are subscribed at a time; the others wait, in the order in which they were subscribed.
 *
 * @param owner Once it is closed, none is started: what is unsubscribed one after the other starts nothing in between.
 */
export function createRunLimit<T>(
  concurrency: number,
  owner: { readonly closed: boolean },
): (run: Observable<T>) => Observable<T> {
  if (concurrency === Infinity) return (run) => run;
  const waiting = new Set<() => void>();
  let running = 0;
  let starting = false;

  /** A loop and not recursion, because a run may complete as soon as it is subscribed. */
  function startNext(): void {
    if (starting) return;
    starting = true;
    for (const start of waiting) {
      if (owner.closed || running >= concurrency) break;
      waiting.delete(start);
      start();
    }
    starting = false;
  }

  return (run) =>
    new Observable((subscriber) => {
      function start(): void {
        running++;
        run.subscribe(subscriber);
        // Added last, so that what the run holds is released before the next one starts.
        subscriber.add(() => {
          running--;
          startNext();
        });
      }
      waiting.add(start);
      subscriber.add(() => waiting.delete(start));
      startNext();
    });
}
