import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './newOperator/arguments.js';
import { listsWith } from './newOperator/lists.js';
import { type Snapshot, takeSnapshot } from './newOperator/snapshot.js';
import { type OperatorForm, operatorFiles } from './newOperator/templates.js';

/** `npm run new:operator NAME`: an operator with everything that the specs demand of one, to be edited from there. */
process.chdir(join(import.meta.dirname, '..'));

try {
  console.log(report(create(readArguments(process.argv.slice(2)))));
} catch (error) {
  console.error(`new:operator: ${(error as Error).message}`);
  process.exitCode = 1;
}

function create(form: OperatorForm): Snapshot {
  const files = operatorFiles(form);
  const written: Readonly<Record<string, string>> = {
    [`src/operators/${form.name}.ts`]: files.source,
    [`spec/operators/${form.name}.spec.ts`]: files.spec,
    [`examples/operators/${form.name}.ts`]: files.example,
    ...listsWith(form, files),
  };
  const snapshot = takeSnapshot(Object.keys(written), 'docs');
  try {
    for (const [file, text] of Object.entries(written)) writeFileSync(file, text);
    // Sorts imports and exports by the new name.
    run(
      'node_modules/@biomejs/biome/bin/biome',
      'check',
      '--write',
      ...Object.keys(written).filter((file) => file.endsWith('.ts')),
    );
    run('node_modules/tsx/dist/cli.mjs', 'scripts/docs.ts');
  } catch (error) {
    snapshot.restore();
    throw new Error(`${(error as Error).message}\nNothing was created: every file is as it was before.`);
  }
  return snapshot;
}

function run(script: string, ...args: readonly string[]): void {
  execFileSync(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function report(snapshot: Snapshot): string {
  const [created, changed] = [snapshot.created(), snapshot.changed()];
  return `Created
  ${created.join('\n  ')}
Changed
  ${changed.join('\n  ')}

Now edit the source, its spec, its example, its run in scripts/docs/runs.ts and its row in README.md: a spec fails
while a text of the template remains. Then npm run docs, npm run check; CONTRIBUTING.md has the steps.

To undo (git restore also discards other changes in these files):
  rm ${created.join(' ')}
  git restore ${changed.join(' ')}`;
}
