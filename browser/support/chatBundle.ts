import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const root = `${import.meta.dirname}/../..`;
const chat = `${root}/examples/angular-chat`;

/** What the production build of the chat consists of. */
export interface ChatBundle {
  /** The packages in it. */
  readonly packages: readonly string[];
  /** What it imports that is not in it. */
  readonly external: readonly string[];
  /** The minified bytes of rxllm that the page loads at once. */
  readonly bytesAtLoad: number;
  /** The names of rxllm that the page loads at once, and those that a part of it loads later, as `export` statements of entry points. */
  readonly atLoad: readonly Name[];
  readonly later: readonly Name[];
}

/** A public name, and its entry point. */
export interface Name {
  readonly name: string;
  readonly from: string;
}

/** Reads the statistics of the build, and the imports of its sources. */
export function readChatBundle(): ChatBundle {
  const { outputs } = JSON.parse(readFileSync(`${chat}/dist/browser-stats.json`, 'utf8')) as Metafile;
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const chunks = atOnce(outputs);
  const first = Object.entries(outputs)
    .filter(([path]) => chunks.has(path))
    .flatMap(([, output]) => Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({ path, bytesInOutput })))
    .filter(({ path }) => packageOf(path) === 'rxllm');
  const isModule = ({ name }: Name): boolean => inputs.some((path) => path.endsWith(`/${name}.js`));
  const isFirst = (each: Name): boolean => !isModule(each) || first.some(({ path }) => path.endsWith(`/${each.name}.js`));
  const names = importedNames();
  return {
    packages: [...new Set(inputs.map(packageOf))].filter((name) => name !== '').sort(),
    external: Object.values(outputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path)),
    bytesAtLoad: first.reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0),
    atLoad: names.filter(isFirst),
    later: names.filter((each) => !isFirst(each)),
  };
}

/** The chunks that the entry point imports, without those that it loads on demand. */
function atOnce(outputs: Metafile['outputs']): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = Object.entries(outputs).flatMap(([path, { entryPoint }]) => (entryPoint?.endsWith('src/main.ts') ? [path] : []));
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const { imports = [] } = outputs[path] ?? {};
    queue.push(...imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map((each) => each.path));
  }
  return found;
}

/** The package of a module; empty for a source of the chat. */
function packageOf(path: string): string {
  const inside = path.split('node_modules/').at(-1) ?? '';
  if (inside === path) return '';
  return inside
    .split('/')
    .slice(0, inside.startsWith('@') ? 2 : 1)
    .join('/');
}

function importedNames(): readonly Name[] {
  const names = new Map<string, Name>();
  for (const file of readdirSync(`${chat}/src/app`).filter((each) => each.endsWith('.ts'))) {
    const source = readFileSync(`${chat}/src/app/${file}`, 'utf8');
    for (const [, list = '', from = ''] of source.matchAll(/^import \{([^}]*)\} from '(rxllm[^']*)'/gm)) {
      for (const name of list.split(',').map((each) => each.trim())) {
        if (name !== '' && !name.startsWith('type ')) names.set(name, { name, from });
      }
    }
  }
  return [...names.values()].sort((one, other) => one.name.localeCompare(other.name));
}

/** Bundles names as the build of the chat does, with RxJS outside. */
export async function sizeOf(names: readonly Name[]): Promise<{ readonly bytes: number; readonly gzip: number }> {
  const contents = names.map(({ name, from }) => `export { ${name} } from '${from}';`).join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: chat },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    external: ['rxjs'],
    legalComments: 'none',
    write: false,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { bytes: code.length, gzip: gzipSync(code, { level: 9 }).length };
}
