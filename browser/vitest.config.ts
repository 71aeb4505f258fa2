import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** Runs the specs that drive a browser. Where none is installed they are skipped, except in CI. */
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['**/*.spec.ts'],
    globalSetup: 'support/buildChat.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine shows late what it shows.
    expect: { poll: { timeout: 10_000 } },
    fileParallelism: false,
  },
  resolve: {
    alias: [
      { find: /^rxllm$/, replacement: source('index.ts') },
      { find: /^rxllm\/(http|testing)$/, replacement: `${source('')}$1/index.ts` },
    ],
  },
});

export default config;
