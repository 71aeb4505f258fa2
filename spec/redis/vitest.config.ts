import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** Runs the specs that start a redis-server. Where none is installed they are skipped, except in CI. */
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['**/*.spec.ts'],
    setupFiles: ['../support/seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
  resolve: {
    alias: [
      { find: /^rxllm$/, replacement: source('index.ts') },
      { find: /^rxllm\/(durable|redis|testing)$/, replacement: `${source('')}$1/index.ts` },
    ],
  },
});

export default config;
