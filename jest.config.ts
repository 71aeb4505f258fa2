/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  roots: ['<rootDir>/spec', '<rootDir>/examples/testing'],
  // They start a server: npm run test:redis.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/spec/redis/'],
  testMatch: ['**/*.spec.ts', '**/examples/testing/*.test.ts'],
  testEnvironment: 'node',
  maxWorkers: '100%',
  // A thousand random cases take a while on a busy machine.
  testTimeout: 30_000,
  setupFiles: ['<rootDir>/spec/support/seed.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^rxllm$': '<rootDir>/src/index.ts',
    '^rxllm/(openai|anthropic)$': '<rootDir>/src/providers/$1/index.ts',
    '^rxllm/(toon|tiktoken|pricing|otel|http|ai-sdk|mcp|durable|redis|testing)$': '<rootDir>/src/$1/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
};

export default config;
