// The rooms and what each may import stand in docs/architecture.md, "Floor plan": an arrow that is not listed there is an error here.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/** The rows of the floor plan: a room, and the rooms that it imports. */
const plan = readFileSync(join(__dirname, 'docs/architecture.md'), 'utf8')
  .split('\n')
  .map((line) => /^\| `([^`]+)` \|.*\|([^|]*)\|$/.exec(line))
  .filter((row) => row !== null)
  .map(([, room, imports]) => ({ room, imports: [...imports.matchAll(/`([^`]+)`/g)].map(([, name]) => name) }));
if (plan.length === 0) throw new Error('docs/architecture.md has no floor plan');

/** The files of a room, without those of the rooms inside of it; a room may also be one file. */
function filesOf(room) {
  return [`^src/${room}\\.ts$`, `^src/${room}/[^/]+\\.ts$`];
}

const rooms = plan.map(({ room, imports }) => ({
  name: `${room.replaceAll('/', '-')}-imports-what-the-floor-plan-lists`,
  severity: 'error',
  from: { path: filesOf(room) },
  to: { path: '^src/', pathNot: [room, ...imports].flatMap(filesOf) },
}));

module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'every-file-has-a-room',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: plan.flatMap(({ room }) => filesOf(room)) },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/' }, to: {} },
    {
      name: 'codecs-reach-no-rxjs',
      severity: 'error',
      from: { path: '^src/codecs/' },
      to: { path: 'node_modules/rxjs/', reachable: true },
    },
    {
      name: 'entry-points-reach-not-one-another',
      comment: 'Each entry point costs what it uses: what two of them share is in a room below both.',
      severity: 'error',
      from: { path: '^src/(?:providers/(?!http/))?(openai|anthropic|toon|tiktoken|pricing|otel|http|ai-sdk|mcp)/' },
      to: {
        path: '^src/(?:providers/(?!http/))?(?:openai|anthropic|toon|tiktoken|pricing|otel|http|ai-sdk|mcp)/',
        pathNot: '/$1/',
        reachable: true,
      },
    },
    {
      name: 'entry-point-of-durable-apart',
      comment: 'The files of the room are shared: hosts read from a store, and stores are made on it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/durable/' },
      to: { path: '^src/durable/index\\.ts$' },
    },
    {
      name: 'browser-reaches-no-hosts',
      severity: 'error',
      from: { path: '^src/http/browser/' },
      to: { path: '^src/http/hosts/', reachable: true },
    },
    {
      name: 'wires-reach-no-rxjs',
      severity: 'error',
      from: { path: '^src/http/wires/' },
      to: { path: 'node_modules/rxjs/', reachable: true },
    },
    {
      name: 'wires-of-a-provider-apart',
      severity: 'error',
      from: { path: '^src/providers/openai/(chat|responses)/' },
      to: { path: '^src/providers/openai/(?:chat|responses)/', pathNot: '/$1/', reachable: true },
    },
    {
      name: 'providers-reach-no-operators',
      severity: 'error',
      from: { path: '^src/providers/' },
      to: { path: '^src/operators/', reachable: true },
    },
    {
      name: 'operators-reach-no-providers',
      severity: 'error',
      from: { path: '^src/operators/' },
      to: { path: '^src/providers/', reachable: true },
    },
    { name: 'src-imports-no-spec', severity: 'error', from: { path: '^src/' }, to: { path: '^(spec|examples|bench|scripts)/' } },
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
