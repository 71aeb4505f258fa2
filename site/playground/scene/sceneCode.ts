import { freeNames } from '../expression/freeNames.js';
import { vocabulary } from '../expression/vocabulary.js';
import type { Script } from '../script/attempt.js';
import { indented, pacedCode, pacedNames, scriptCode, scriptNames } from '../script/scriptCode.js';
import type { Scene } from './scene.js';

const helperNames = ['animate', 'answer', 'cold', 'stream'];

/** What works with promises, which `marbles` does not wait for. */
const promising = ['durable', 'memoryStore', 'persistTo', 'resumeFrom'];

/** What runs a scene, which no expression can use. */
const runners = ['marbles', 'virtualTime'];

/**
 * Writes a scene as a module for Node: rxjs, rxllm and `rxllm/testing`, in virtual time. It prints what the lane `result` shows, a line of JSON
 * for each notification.
 *
 * @param script The script of the scene, as it was read.
 * @throws ExpressionError for code that cannot be read.
 */
export function sceneCode({ given, operators }: Scene, script: Script): string {
  const source = scriptCode(script);
  const used = new Set([
    ...scriptNames(script),
    ...[...given.map(({ code }) => code), ...operators].flatMap((code) => [...freeNames(code)]),
  ]);
  const isPaced = used.has('paced');
  const awaits = promising.some((name) => used.has(name));
  for (const name of isPaced ? pacedNames : []) used.add(name);
  if (script.frames !== undefined) used.add('animate');
  for (const { name } of given) used.delete(name);
  const body = [
    ...(script.frames === undefined ? [] : [`animate('${script.frames}');`]),
    ...given.map(({ name, code }) => `const ${name} = ${code};`),
    `const source$ = ${source};`,
    `const result$ = ${operators.length === 0 ? 'source$' : `source$.pipe(\n${indented(operators.join(',\n'))},\n)`};`,
    'result$.pipe(result.record()).subscribe({ error: () => undefined });',
    ...(awaits ? [] : ['flush();']),
  ].join('\n');
  const helpers = [...helperNames.filter((name) => used.has(name)), ...(awaits ? [] : ['flush'])];
  return [
    ...importLines(used.add(awaits ? 'virtualTime' : 'marbles')),
    '',
    ...(isPaced ? [pacedCode, ''] : []),
    "const result = marbleLane('result');",
    '',
    `${awaits ? 'await virtualTime' : 'marbles'}((${helpers.length > 0 ? `{ ${helpers.join(', ')} }` : ''}) => {`,
    indented(body),
    '})();',
    '',
    'for (const mark of result.runs[0].marks) {',
    "  console.log(JSON.stringify(mark.kind === 'error' ? { ...mark, error: toErrorInfo(mark.error) } : mark));",
    '}',
    '',
  ].join('\n');
}

const always: Readonly<Record<string, readonly string[]>> = {
  rxllm: ['toErrorInfo'],
  'rxllm/testing': ['marbleLane'],
};

function importLines(used: ReadonlySet<string>): readonly string[] {
  const free = new Set(used);
  return vocabulary.flatMap(({ from, names }) => {
    const own = [
      ...Object.keys(names),
      ...(from === 'rxjs' ? pacedNames : []),
      ...(from === 'rxllm/testing' ? runners : []),
    ].filter((name) => free.delete(name));
    const imported = [...new Set([...own, ...(always[from] ?? [])])].filter((name) => name !== 'testing').sort(byCodeUnit);
    return [
      ...(own.includes('testing') ? [`import * as testing from '${from}';`] : []),
      ...(imported.length > 0 ? [`import { ${imported.join(', ')} } from '${from}';`] : []),
    ];
  });
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : 1;
}
