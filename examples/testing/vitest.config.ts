import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** Runs the sample tests in Vitest. Only this repository needs the aliases: they replace Jest by Vitest, and the package by its source. */
const config: ViteUserConfig = defineConfig({
  test: { include: ['examples/testing/*.test.ts'] },
  resolve: {
    alias: [
      { find: '@jest/globals', replacement: 'vitest' },
      { find: /^rxllm$/, replacement: source('index.ts') },
      { find: /^rxllm\/openai$/, replacement: source('providers/openai/index.ts') },
      { find: /^rxllm\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
});

export default config;
