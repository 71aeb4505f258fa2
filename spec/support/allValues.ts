import { lastValueFrom, type Observable, toArray } from 'rxjs';

/** All values of a source, when it has completed. */
export function allValues<T>(source: Observable<T>): Promise<readonly T[]> {
  return lastValueFrom(source.pipe(toArray()), { defaultValue: [] });
}
