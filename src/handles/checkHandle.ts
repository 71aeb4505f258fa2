import { isObservable } from 'rxjs';

/**
 * Checks the members of a handle, because a handle of another copy of the package is as good as one of ours.
 *
 * @param members Names of methods and Observables that the handle has.
 * @throws TypeError that names the function which creates such handles.
 */
export function checkHandle(name: string, value: unknown, creator: string, members: readonly string[]): void {
  const handle = Object(value) as Readonly<Record<string, unknown>>;
  if (members.every((member) => typeof handle[member] === 'function' || isObservable(handle[member]))) return;
  throw new TypeError(`${name} must come from ${creator}()`);
}
