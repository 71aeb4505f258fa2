import type { UserConfig } from 'tsdown';

const config: UserConfig = {
  entry: {
    index: 'src/index.ts',
    openai: 'src/providers/openai/index.ts',
    anthropic: 'src/providers/anthropic/index.ts',
    toon: 'src/toon/index.ts',
    tiktoken: 'src/tiktoken/index.ts',
    pricing: 'src/pricing/index.ts',
    otel: 'src/otel/index.ts',
    http: 'src/http/index.ts',
    'ai-sdk': 'src/ai-sdk/index.ts',
    mcp: 'src/mcp/index.ts',
    durable: 'src/durable/index.ts',
    redis: 'src/redis/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm', 'cjs'],
  dts: true,
  platform: 'neutral',
  target: 'es2022',
  // A module a file, so that a bundler keeps what an application imports and drops the rest.
  unbundle: true,
  sourcemap: true,
  // What is imported lazily the CommonJS build requires lazily, because a CommonJS Jest knows no import().
  outputOptions: { dynamicImportInCjs: false },
  // ESM only and small: bundled (its notice is in NOTICE), so that CommonJS and Jest users can load the entry point.
  deps: { alwaysBundle: ['@toon-format/toon'], onlyBundle: false },
};

export default config;
