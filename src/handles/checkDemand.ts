import { isObservable } from 'rxjs';

/** @throws TypeError if it is given and not what `createDemand` makes. */
export function checkDemand(name: string, value: unknown): void {
  const { resume, paused$ } = Object(value) as Readonly<Record<string, unknown>>;
  if (value === undefined || (typeof resume === 'function' && isObservable(paused$))) return;
  throw new TypeError(`${name} must come from createDemand()`);
}
