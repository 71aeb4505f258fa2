import { join, resolve } from 'node:path';
import { marbles } from 'rxllm/testing';
import ts from 'typescript';
import { runCode } from './functionPage.js';
import type { PublicFunction } from './publicFunctions.js';
import type { Run } from './runs.js';
import { modulesOf, namesIn, type Scope } from './scope.js';

/** Where the code of the runs is, for the compiler: in no file. */
const folder = resolve('scripts/docs/checked');

/** What is wrong with the types of each run, by the name of its page. A run without errors has an empty list. */
export function checkRuns(
  runs: Readonly<Record<string, Run>>,
  functions: readonly PublicFunction[],
): ReadonlyMap<string, readonly string[]> {
  const sources = new Map(
    functions.flatMap(({ id, entryPoint }) => {
      const run = runs[id];
      return run ? [[join(folder, `${id}.ts`), moduleOf(run, entryPoint)]] : [];
    }),
  );
  const program = ts.createProgram([...sources.keys()], optionsOfRuns(), hostWith(sources));
  return new Map(
    functions.map(({ id }) => {
      const file = program.getSourceFile(join(folder, `${id}.ts`));
      const diagnostics = file ? [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)] : [];
      return [id, diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}

/** A run as a module of its own: the names that it uses, and the code that its page shows. */
function moduleOf(run: Run, entryPoint: string): string {
  const code = runCode(run);
  const own = Object.keys(run.given ?? {});
  const imported = new Map<string, string>();
  for (const { from, names } of modulesOf(entryPoint)) {
    for (const name of namesIn(code, names)) imported.set(name, from);
  }
  const helpers = namesIn(code, marbleHelpers());
  for (const name of [...own, ...helpers]) imported.delete(name);
  if (entryPoint !== 'rxllm/http') imported.delete('sse');
  return [
    `import * as testing from 'rxllm/testing';`,
    `import type { createSse } from '../sse.js';`,
    ...[...imported].map(([name, from]) => `import { ${name} } from '${from}';`),
    ...helpers.map((name) => `declare const ${name}: testing.MarbleHelpers['${name}'];`),
    `declare const ${entryPoint === 'rxllm/http' ? 'eventStream' : 'sse'}: ReturnType<typeof createSse>;`,
    code,
  ].join('\n');
}

function marbleHelpers(): Scope {
  let found: Scope = {};
  marbles((helpers) => {
    found = { ...helpers };
  })();
  return found;
}

/** Those of the project, but a run is no TypeScript: its parameters have no types. */
function optionsOfRuns(): ts.CompilerOptions {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
  return { ...options, noImplicitAny: false, noUnusedLocals: false, isolatedDeclarations: false, declaration: false };
}

function hostWith(sources: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(optionsOfRuns());
  return {
    ...host,
    fileExists: (file) => sources.has(resolve(file)) || host.fileExists(file),
    readFile: (file) => sources.get(resolve(file)) ?? host.readFile(file),
    getSourceFile(file, languageVersion, ...rest) {
      const text = sources.get(resolve(file));
      return text === undefined
        ? host.getSourceFile(file, languageVersion, ...rest)
        : ts.createSourceFile(file, text, languageVersion);
    },
  };
}
