/** @throws TypeError if a value is given that is not a wire. */
export function checkWire(name: string, wire: unknown): void {
  const { encoding, createDecoder } = Object(wire) as { readonly encoding?: unknown; readonly createDecoder?: unknown };
  if (encoding && typeof createDecoder === 'function') return;
  throw new TypeError(`${name} must be a wire, for instance sse()`);
}
