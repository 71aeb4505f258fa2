import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files as they were. */
export interface Snapshot {
  /** The files that were not there. */
  created(): readonly string[];
  /** The files that had another content. */
  changed(): readonly string[];
  /** Makes every file as it was. */
  restore(): void;
}

/** Remembers some files, those that do not exist too, and all files of a folder. */
export function takeSnapshot(files: readonly string[], folder: string): Snapshot {
  const current = (): readonly string[] => [...files.filter((file) => existsSync(file)), ...filesIn(folder)];
  const before = new Map(current().map((file) => [file, readFileSync(file)]));
  const created = (): readonly string[] => current().filter((file) => !before.has(file));
  const changed = (): readonly string[] =>
    [...before].filter(([file, content]) => !existsSync(file) || !readFileSync(file).equals(content)).map(([file]) => file);
  return {
    created,
    changed,
    restore() {
      for (const file of created()) rmSync(file);
      for (const file of changed()) writeFileSync(file, before.get(file) ?? '');
    },
  };
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
