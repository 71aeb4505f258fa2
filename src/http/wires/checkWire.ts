/** @throws TypeError if a value is given that is not a wire. */
export function checkWire(name: string, wire: unknown): void {
  const { createEncoder, createDecoder } = Object(wire) as { readonly createEncoder?: unknown; readonly createDecoder?: unknown };
  if (typeof (createEncoder && createDecoder) === 'function') return;
  throw new TypeError(`${name} must be a wire, for instance sse()`);
}
