import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { build } from 'esbuild';

const root = `${import.meta.dirname}/../..`;

/**
 * Copies the files and `injectConversation.ts` into a project of that version of Angular, checks their types there with the built declarations
 * of the library, and bundles the first of them.
 */
export async function buildAngular(version: string, files: readonly string[], platform: 'browser' | 'node'): Promise<string> {
  execFileSync('npx', ['tsx', 'scripts/installPackages.ts', `browser/angular/${version}`], { cwd: root, stdio: 'inherit' });
  const project = `${root}/browser/angular/${version}`;
  mkdirSync(`${project}/build`, { recursive: true });
  for (const file of files) copyFileSync(`${root}/browser/angular/${file}`, `${project}/build/${file}`);
  copyFileSync(`${root}/examples/angular-chat/src/app/injectConversation.ts`, `${project}/build/injectConversation.ts`);
  checkTypes(project);
  const { outputFiles } = await build({
    entryPoints: [`${project}/build/${files[0]}`],
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    alias: { 'rxllm/testing': `${root}/dist/testing.js`, rxllm: `${root}/dist/index.js` },
    bundle: true,
    format: 'esm',
    platform,
    target: 'es2022',
    write: false,
    // One copy of RxJS, that of the project.
    plugins: [
      {
        name: 'rxjs of the project',
        setup({ onResolve, resolve }) {
          onResolve({ filter: /^rxjs/ }, ({ path, pluginData }) => {
            if (pluginData === 'resolved') return undefined;
            return resolve(path, {
              resolveDir: `${project}/node_modules/rxjs`,
              kind: 'import-statement',
              pluginData: 'resolved',
            });
          });
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? '';
}

function checkTypes(project: string): void {
  try {
    execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: project, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    throw new Error(`injectConversation does not compile in ${project}:\n${Object(error).stdout}`);
  }
}
