import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { DeclarationReflection, SomeType } from 'typedoc';
import { Application, Converter, LogLevel, OptionDefaults, type ProjectReflection, ReferenceType, ReflectionKind } from 'typedoc';

/** The file of each entry point, by what one imports. */
export type EntryPoints = ReadonlyMap<string, string>;

/** Writes a page for each public name, into a folder for each entry point. */
export async function writeApi(root: string, entryPoints: EntryPoints, out: string): Promise<void> {
  const application = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: [...entryPoints.values()].map((file) => join(root, file)),
    tsconfig: join(root, 'tsconfig.json'),
    basePath: root,
    name: 'API',
    readme: 'none',
    out,
    excludeInternal: true,
    disableSources: true,
    // The type check and the specs of the project report what is wrong.
    skipErrorChecking: true,
    logLevel: LogLevel.Error,
    blockTags: [...OptionDefaults.blockTags, '@emitsError', '@unsubscribe', '@reset', '@cost'],
    ...markdown,
  });
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => nameModules(project, entryPoints));
  application.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => dropPrivateParents(project));
  const project = await application.convert();
  if (!project) throw new Error('TypeDoc found nothing to document');
  await application.generateOutputs(project);
}

/** Options of typedoc-plugin-markdown, which TypeDoc's types do not know. */
const markdown: Readonly<Record<string, unknown>> = {
  entryFileName: 'index',
  modulesFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  indexFormat: 'table',
  tableColumnSettings: { hideInherited: true, hideModifiers: true, hideOverrides: true, hideSources: true },
  pageTitleTemplates: { project: 'API', module: '{name}', member: '{name}' },
};

function nameModules({ children = [] }: ProjectReflection, entryPoints: EntryPoints): void {
  const names = [...entryPoints.keys()];
  for (const [index, module] of children.entries()) module.name = names[index] ?? module.name;
}

/** A reader cannot import what is not public: its members are listed where they are inherited. */
function dropPrivateParents(project: ProjectReflection): void {
  for (const each of project.getReflectionsByKind(ReflectionKind.ClassOrInterface) as DeclarationReflection[]) {
    const shown = each.extendedTypes?.filter((type) => isShown(type));
    if (shown === undefined || shown.length === 0) delete each.extendedTypes;
    else each.extendedTypes = shown;
  }
}

const isShown = (type: SomeType): boolean => !(type instanceof ReferenceType) || type.reflection !== undefined;

/** Links the API page of a function to its page in the reference, and writes names without empty parentheses. */
export function linkReference(pages: string, folders: readonly string[]): void {
  const api = join(pages, 'api');
  for (const file of readdirSync(api, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.md'))) {
    const text = readFileSync(join(api, file), 'utf8');
    const [module = '', name = ''] = [file.split(sep).slice(0, -2).join('/'), basename(file, '.md')];
    const page = folders
      .flatMap((folder) => [`${folder}/${name}`, `${folder}/${name}-${basename(module)}`])
      .find((each) => existsSync(join(pages, `${each}.md`)) && imports(join(pages, `${each}.md`), name, module));
    const link = page === undefined ? '' : `\n::: tip Reference\n[${name}](/${page}) with a picture and an example.\n:::\n`;
    writeFileSync(join(api, file), text.replace(/^# (.*?)(?:\(\))?$/m, `# $1\n${link}`));
  }
}

function imports(page: string, name: string, module: string): boolean {
  return readFileSync(page, 'utf8').includes(`import { ${name} } from '${module}';`);
}
