/** @throws TypeError if a value is given that is not an Observable. */
export function checkSource(caller: string, source: unknown): void {
  if (typeof (Object(source) as { readonly subscribe?: unknown }).subscribe === 'function') return;
  throw new TypeError(`${caller}: source$ must be an Observable of events`);
}
