import rxjsX from 'eslint-plugin-rxjs-x';
import typescriptEslint from 'typescript-eslint';

const realTime = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time comes from RxJS: asyncScheduler.now().',
  },
  {
    selector: "MemberExpression[object.name='performance'][property.name='now']",
    message: 'Time comes from RxJS: asyncScheduler.now().',
  },
  {
    selector: 'CallExpression[callee.name=/^(setTimeout|setInterval|setImmediate)$/]',
    message: 'Time comes from RxJS: timer().',
  },
];
const randomness = {
  selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
  message: 'Randomness only through an injectable option.',
};

export default typescriptEslint.config(
  { ignores: ['**/dist/', 'coverage/', 'browser/*/**/build/', '**/*.js', 'examples/angular-chat/', 'examples/nest-server/'] },
  {
    files: ['**/*.ts'],
    extends: [typescriptEslint.configs.base, rxjsX.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'it'], package: 'node:test' }] },
      ],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, allowDefaultCaseForExhaustiveSwitch: true },
      ],
      'rxjs-x/no-ignored-subscription': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...realTime, randomness] },
  },
  {
    // There, a stream without a value is a failure, and a whole answer is replayed.
    files: ['spec/**/*.ts', 'examples/**/*.ts', 'bench/**/*.ts', 'conformance/**/*.ts', 'browser/**/*.ts'],
    rules: { 'rxjs-x/no-ignored-default-value': 'off', 'rxjs-x/no-ignored-replay-buffer': 'off' },
  },
  {
    files: ['spec/operators/**/*.ts', 'spec/toon/**/*.ts', 'spec/internal/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...realTime] },
  },
);
