/** The floors of the design: a file imports downward only. */
const floors = [
  ['^src/(events|errors)\\.ts$'],
  ['^src/(internal|codecs)/'],
  ['^src/operators/'],
  ['^src/(providers|toon|tiktoken|pricing|otel)/'],
  ['^src/testing/'],
  ['^src/index\\.ts$'],
];

const upward = floors.slice(0, -1).map((from, floor) => ({
  name: `floor-${floor}-imports-downward`,
  severity: 'error',
  from: { path: from },
  to: { path: floors.slice(floor + 1).flat() },
}));

module.exports = {
  forbidden: [
    ...upward,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
    {
      name: 'operators-and-providers-apart',
      severity: 'error',
      from: { path: '^src/providers/' },
      to: { path: '^src/(operators|toon)/' },
    },
    { name: 'toon-apart-from-providers', severity: 'error', from: { path: '^src/toon/' }, to: { path: '^src/providers/' } },
    {
      name: 'providers-apart',
      severity: 'error',
      from: { path: '^src/providers/openai/' },
      to: { path: '^src/providers/anthropic/' },
    },
    {
      name: 'providers-apart-too',
      severity: 'error',
      from: { path: '^src/providers/anthropic/' },
      to: { path: '^src/providers/openai/' },
    },
    { name: 'src-imports-no-spec', severity: 'error', from: { path: '^src/' }, to: { path: '^(spec|examples|bench|scripts)/' } },
    { name: 'codecs-know-no-rxjs', severity: 'error', from: { path: '^src/codecs/' }, to: { path: 'node_modules/rxjs' } },
    {
      name: 'only-known-packages',
      comment: 'The library has no runtime dependency but rxjs; SDKs are type-only; toon is bundled into its entry point.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypesNot: ['type-only'],
        path: 'node_modules',
        pathNot: 'node_modules/(rxjs|@toon-format/toon|js-tiktoken|@pydantic/genai-prices|@opentelemetry/api)/',
      },
    },
    {
      name: 'toon-only-in-its-entry-point',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/toon/' },
      to: { path: 'node_modules/@toon-format/' },
    },
    {
      name: 'optional-peers-only-in-their-entry-points',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tiktoken|pricing|otel)/' },
      to: { path: 'node_modules/(js-tiktoken|@pydantic/genai-prices|@opentelemetry/api)/' },
    },
    {
      name: 'no-node-modules-of-node',
      comment: 'Everything runs in a browser, but for the cassettes of the testing kit: they are files.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/testing/' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
