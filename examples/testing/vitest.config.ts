import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/** The sample tests in Vitest. The aliases are for this repository alone: they make of the sample for Jest one for Vitest, and need no build. */
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
