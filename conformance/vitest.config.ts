import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/**
 * Runs the specs over the peers' own packages. In Vitest, because it runs them in Node's own realm, as a server or a page would: there is one
 * `Error`, one `Array` and one `Response`. The support files of the other specs import Jest's globals, which are replaced.
 */
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  test: {
    include: ['**/*.spec.ts'],
    setupFiles: ['../spec/support/seed.ts'],
    // A thousand random streams through a peer's client take a while on a busy machine.
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
  resolve: {
    alias: [
      { find: '@jest/globals', replacement: 'vitest' },
      { find: /^rxllm$/, replacement: source('index.ts') },
      { find: /^rxllm\/(openai|anthropic)$/, replacement: `${source('providers')}/$1/index.ts` },
      {
        find: /^rxllm\/(toon|tiktoken|pricing|otel|testing|http|ai-sdk|durable|redis|mcp)$/,
        replacement: `${source('')}$1/index.ts`,
      },
    ],
  },
});

export default config;
