import { lastValueFrom, type Observable, toArray } from 'rxjs';

/** Resolves with all values of a source when it completes. */
export function allValues<T>(source: Observable<T>): Promise<readonly T[]> {
  return lastValueFrom(source.pipe(toArray()), { defaultValue: [] });
}
