import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as rxjs from 'rxjs';
import ts from 'typescript';
import { type OperatorForm, operatorFiles, optionsNameOf } from './templates.js';

const usage = 'npm run new:operator -- myOperator [--no-options]';

/**
 * Reads the arguments of the command.
 *
 * @throws Error that explains why there can be no such operator.
 */
export function readArguments(args: readonly string[]): OperatorForm {
  const flags = args.filter((arg) => arg.startsWith('-'));
  const [name = '', ...more] = args.filter((arg) => !arg.startsWith('-'));
  const unknown = flags.find((flag) => flag !== '--no-options');
  if (unknown) throw new Error(`unknown option "${unknown}": ${usage}`);
  // npm keeps an option for itself that stands before the name or without `--`.
  if ('npm_config_options' in process.env) throw new Error(`write -- before the name: ${usage}`);
  if (more.length > 0) throw new Error(`give it one name, not ${more.length + 1}: ${usage}`);
  const complaint = objection(name);
  if (complaint) throw new Error(complaint);
  return { name, hasOptions: !flags.includes('--no-options') };
}

/** Why a name cannot be the name of a new operator; undefined if it can. */
function objection(name: string): string | undefined {
  if (name === '') return `give it a name: ${usage}`;
  if (!/^[a-z][A-Za-z0-9]+$/.test(name)) return `"${name}" is not a name in camelCase, such as myOperator`;
  if (isKeyword(name)) return `"${name}" is a word of JavaScript or TypeScript`;
  if (name in globalThis) return `"${name}" is a global of JavaScript`;
  if (/^(?:from|create)[A-Z]/.test(name)) return `"${name}" is the name of a source (from…) or a handle (create…)`;
  if (name in rxjs) return `"${name}" is the name of a function of RxJS`;
  const taken = takenNames();
  const owner = taken.get(name.toLowerCase());
  if (owner) return `"${name}" is taken by ${owner}`;
  const optionsOwner = taken.get(optionsNameOf(name).toLowerCase());
  if (optionsOwner) return `"${optionsNameOf(name)}", the name of its options, is taken by ${optionsOwner}`;
  if (templateNames().has(name)) return `"${name}" is a name that the template uses`;
  return undefined;
}

function isKeyword(name: string): boolean {
  return name === 'arguments' || scan(name)[0]?.kind !== ts.SyntaxKind.Identifier;
}

/** What src exports, and the files that would be written over, with their owners. In lower case: some file systems ignore case. */
function takenNames(): ReadonlyMap<string, string> {
  const taken = new Map<string, string>([
    ['index', 'the index of a folder'],
    ['readme', 'the index of a folder of pages'],
  ]);
  for (const file of ['src/operators', 'spec/operators', 'examples'].flatMap(filesIn)) {
    taken.set(
      basename(file)
        .replace(/(?:\.spec)?\.ts$/, '')
        .toLowerCase(),
      file,
    );
  }
  for (const file of filesIn('src')) {
    const exported = readFileSync(file, 'utf8').matchAll(
      /^export (?:async |abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/gm,
    );
    for (const [, name = ''] of exported) taken.set(name.toLowerCase(), file);
  }
  return taken;
}

function filesIn(folder: string): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path));
}

/** The names that stand beside the operator's own in the files of a new operator. */
function templateNames(): ReadonlySet<string> {
  const forms = [true, false].map((hasOptions) => operatorFiles({ name: 'myOperator', hasOptions }));
  const code = forms.flatMap(({ source, spec, example }) => [source, spec, example]).join('\n');
  return new Set(scan(code).map(({ text }) => text));
}

function scan(code: string): readonly { readonly kind: ts.SyntaxKind; readonly text: string }[] {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, code);
  const tokens = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    tokens.push({ kind, text: scanner.getTokenText() });
  }
  return tokens;
}
