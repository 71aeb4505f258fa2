import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from './dataFolder.js';

export interface Recording {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The recorded streams of one wire; empty, with a message, where the folder is absent. */
export function recordings(wire: 'chat' | 'responses' | 'anthropic'): readonly Recording[] {
  const path = dataFolder('recordings', wire);
  if (path === undefined) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith('.sse'))
    .sort()
    .map((file) => ({ name: file, bytes: new Uint8Array(readFileSync(join(path, file))) }));
}
