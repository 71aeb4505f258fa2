import { join, relative } from 'node:path';
import ts from 'typescript';
import { type DocComment, readDocComment } from './docComment.js';

/** The folders of the pages, and which functions each has. */
export type Kind = 'operators' | 'sources' | 'handles' | 'wires' | 'functions';

/** An option, a field of it, or a member of what a function returns. */
export interface Option {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly doc: DocComment;
  /** The interface that declares it. */
  readonly declaredIn: string;
}

/** An exported function, or a value that can be called. */
export interface PublicFunction {
  /** The name of its page: that of the function, with the entry point where two have the same. */
  readonly id: string;
  readonly name: string;
  readonly kind: Kind;
  readonly entryPoint: string;
  readonly file: string;
  readonly doc: DocComment;
  /** Every overload, as it is written. */
  readonly signature: string;
  readonly options: readonly Option[];
  /** What the object has that it returns, where the project declares its type. */
  readonly members: readonly Option[];
}

export interface PublicApi {
  readonly functions: readonly PublicFunction[];
  /** The file that declares a public type or class, by its name. */
  readonly types: ReadonlyMap<string, string>;
}

/** What the entry points export; `rxllm/testing` has a guide of its own instead of pages. */
export function readPublicApi(root = '.'): PublicApi {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const entries = Object.entries(options.paths ?? {}).filter(([name]) => name !== 'rxllm/testing');
  const files = entries.map(([entryPoint, [file = '']]) => [entryPoint, join(root, file)] as const);
  const program = ts.createProgram(
    files.map(([, file]) => file),
    options,
  );
  const checker = program.getTypeChecker();
  const types = new Map<string, string>();
  const functions: Omit<PublicFunction, 'id'>[] = [];
  for (const [entryPoint, file] of files) {
    for (const symbol of exportsOf(program, checker, file)) {
      const declaration = symbol.declarations?.[0];
      if (!declaration) continue;
      const declaredIn = relative(root, declaration.getSourceFile().fileName);
      const callable = callSignatures(symbol);
      if (callable.length > 0) functions.push(readFunction(checker, symbol, callable, entryPoint, declaredIn));
      else if (!ts.isVariableDeclaration(declaration)) types.set(symbol.name, declaredIn);
    }
  }
  const isTwice = ({ name }: { readonly name: string }): boolean => functions.filter((each) => each.name === name).length > 1;
  return {
    functions: functions
      .map((each) => ({ ...each, id: isTwice(each) ? `${each.name}-${each.entryPoint.split('/')[1] ?? ''}` : each.name }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    types,
  };
}

function exportsOf(program: ts.Program, checker: ts.TypeChecker, file: string): readonly ts.Symbol[] {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is not a module`);
  return checker.getExportsOfModule(module).map((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (!target.declarations) throw new Error(`${file} exports ${symbol.name}, which is declared nowhere`);
    return target;
  });
}

type Callable = ts.FunctionDeclaration | ts.FunctionTypeNode;

/** The overloads of a function without its implementation, or the call signature of a constant. */
function callSignatures(symbol: ts.Symbol): readonly Callable[] {
  const declarations = symbol.declarations ?? [];
  const functions = declarations.filter(ts.isFunctionDeclaration);
  const overloads = functions.filter(({ body }) => !body);
  if (functions.length > 0) return overloads.length > 0 ? overloads : functions;
  const types = declarations.flatMap((each) => (ts.isVariableDeclaration(each) && each.type ? [each.type] : []));
  return types.flatMap((type) => descendants(type, ts.isFunctionTypeNode).slice(0, 1));
}

function readFunction(
  checker: ts.TypeChecker,
  symbol: ts.Symbol,
  signatures: readonly Callable[],
  entryPoint: string,
  file: string,
): Omit<PublicFunction, 'id'> {
  const { name } = symbol;
  const comments = (symbol.declarations ?? []).map(commentOf);
  return {
    name,
    kind: kindOf(name, signatures, file),
    entryPoint,
    file,
    doc: readDocComment(comments.find((comment) => comment !== '') ?? ''),
    signature: signatures.map((each) => signatureText(name, each)).join('\n'),
    options: readOptions(checker, signatures),
    members: signatures.flatMap(({ type }) => (type && ts.isTypeReferenceNode(type) ? readMembers(checker, type) : [])),
  };
}

function kindOf(name: string, signatures: readonly Callable[], file: string): Kind {
  if (signatures.some(({ type }) => /OperatorFunction</.test(type?.getText() ?? ''))) return 'operators';
  const isSource = signatures.some(({ type }) => /^Observable</.test(type?.getText() ?? ''));
  if (isSource && /^(from[A-Z]|runTools$)/.test(name)) return 'sources';
  if (signatures.some(({ type }) => type?.getText() === 'Wire')) return 'wires';
  return file.includes('handles/') ? 'handles' : 'functions';
}

function signatureText(name: string, signature: Callable): string {
  if (ts.isFunctionTypeNode(signature)) return `const ${name}: ${signature.getText()}`;
  const source = signature.getSourceFile().text;
  const end = signature.body ? signature.body.getStart() : signature.getEnd();
  return source
    .slice(signature.getStart(), end)
    .replace(/^export /, '')
    .replace(/[;\s]+$/, '');
}

/** The text of a node's own doc comment, as it is written. */
function commentOf(node: ts.Node): string {
  const owner = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const text = owner.getSourceFile().text;
  const comments = ts.getLeadingCommentRanges(text, owner.getFullStart()) ?? [];
  return (
    comments
      .map(({ pos, end }) => text.slice(pos, end))
      .filter((comment) => comment.startsWith('/**'))
      .at(-1) ?? ''
  );
}

/** The options of all overloads, each once, in the order of the interfaces. */
function readOptions(checker: ts.TypeChecker, signatures: readonly Callable[]): readonly Option[] {
  const options = new Map<string, Option>();
  for (const parameter of signatures.flatMap(({ parameters }) => [...parameters])) {
    if (!parameter.type) continue;
    for (const reference of withSelf(parameter.type, ts.isTypeReferenceNode)) {
      if (!/(?:Options|Limits)$/.test(reference.typeName.getText())) continue;
      for (const option of fieldsOf(checker, checker.getTypeFromTypeNode(reference), '')) {
        if (!options.has(option.name)) options.set(option.name, option);
      }
    }
  }
  return [...options.values()];
}

function fieldsOf(checker: ts.TypeChecker, type: ts.Type, prefix: string): readonly Option[] {
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const declaration = property.declarations?.find(ts.isPropertySignature);
    if (!declaration?.type) return [];
    const option = {
      name: `${prefix}${property.name}`,
      type: oneLineType(declaration.type),
      required: !declaration.questionToken,
      doc: readDocComment(commentOf(declaration)),
      declaredIn: ts.isInterfaceDeclaration(declaration.parent) ? declaration.parent.name.text : '',
    };
    return [option, ...optionsWithin(checker, declaration.type, `${option.name}.`)];
  });
}

/** Where an option may be an object with options of its own that have no page: `onPartial: 'reset' | ContinueWith`. */
function optionsWithin(checker: ts.TypeChecker, type: ts.TypeNode, prefix: string): readonly Option[] {
  const members: readonly ts.TypeNode[] = ts.isUnionTypeNode(type) ? type.types : [type];
  return members.filter(ts.isTypeReferenceNode).flatMap((reference) => {
    if (/(?:Options|Limits)$/.test(reference.typeName.getText())) return [];
    const fields = fieldsOf(checker, checker.getTypeFromTypeNode(reference), prefix);
    return fields.some(({ doc }) => doc.defaultValue !== undefined) ? fields : [];
  });
}

/** A class, an interface of a package and a bare function have no row of their own. */
function readMembers(checker: ts.TypeChecker, reference: ts.TypeReferenceNode): readonly Option[] {
  return checker.getPropertiesOfType(checker.getTypeFromTypeNode(reference)).flatMap((property) => {
    const declaration = property.declarations?.[0];
    if (!declaration || declaration.getSourceFile().fileName.includes('/node_modules/')) return [];
    if (!ts.isPropertySignature(declaration) && !ts.isMethodSignature(declaration)) return [];
    const type = ts.isPropertySignature(declaration) ? declaration.type : declaration;
    return type
      ? [
          {
            name: property.name,
            type: oneLineType(type),
            required: true,
            doc: readDocComment(commentOf(declaration)),
            declaredIn: '',
          },
        ]
      : [];
  });
}

function oneLineType(type: ts.TypeNode | ts.MethodSignature): string {
  return type
    .getText()
    .replace(/\s+/g, ' ')
    .replace(/^\| |;$/g, '');
}

function withSelf<T extends ts.Node>(node: ts.Node, is: (node: ts.Node) => node is T): readonly T[] {
  return is(node) ? [node, ...descendants(node, is)] : descendants(node, is);
}

function descendants<T extends ts.Node>(node: ts.Node, is: (node: ts.Node) => node is T): readonly T[] {
  const found: T[] = [];
  node.forEachChild((child) => void found.push(...withSelf(child, is)));
  return found;
}
