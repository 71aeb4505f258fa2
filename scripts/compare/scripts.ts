import { readdirSync } from 'node:fs';

const folders = ['conformance/compare', 'bench/compare'];

/** The scripts of the page, as paths from the root of the project. */
export function listScripts(): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file}`),
  );
}
