import type { Cell } from './measure.js';
import type { Digest, StreamTool } from './streamOwn.js';
import { createBody, type Wire, type WireBody } from './wires.js';

export interface Size {
  readonly name: string;
  readonly deltas: number;
}

/** Every tool with every size of one wire; a slow tool with the first size only. */
export function cellsOf(
  tools: readonly StreamTool[],
  wire: Wire,
  sizes: Readonly<Record<string, Size>>,
): readonly Cell<Digest>[] {
  const bodies = Object.values(sizes).map((size) => [size, createBody(wire, size.deltas)] as const);
  return tools.flatMap((tool) =>
    bodies.slice(0, tool.slow ? 1 : undefined).map(([size, body]) => ({
      tool: tool.name,
      size: size.name,
      slow: tool.slow ?? false,
      run: () => tool.run(wire, body),
      check: (digest: Digest) => checkDigest(tool, body, digest),
    })),
  );
}

/** Some tools join deltas, or do not report each of them, but no tool may lose a character. */
export function checkDigest({ name }: StreamTool, { texts }: WireBody, { deltas, characters }: Digest): void {
  const expected = texts.join('').length;
  if (characters !== expected || deltas === 0) throw new Error(`${name} read ${characters} of ${expected} characters`);
}
