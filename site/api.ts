import { join } from 'node:path';
import { Application, Converter, LogLevel, OptionDefaults } from 'typedoc';

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
    // The project's own type check and specs report what is wrong.
    skipErrorChecking: true,
    logLevel: LogLevel.Error,
    blockTags: [...OptionDefaults.blockTags, '@emitsError', '@unsubscribe', '@reset', '@cost'],
    ...markdown,
  });
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const names = [...entryPoints.keys()];
    for (const [index, module] of (project.children ?? []).entries()) module.name = names[index] ?? module.name;
  });
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
  expandParameters: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  indexFormat: 'table',
  pageTitleTemplates: { project: 'API', module: '{name}', member: '{name}' },
};
