/**
 * What the packages have, by the names that they export: what there is beside streams of text and tools, and how many providers one call
 * reaches. Prints `–` where there is no such name.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as react from '@ai-sdk/react';
import * as langchainOpenai from '@langchain/openai';
import * as tanstack from '@tanstack/ai';
import * as tanstackReact from '@tanstack/ai-react';
import * as ai from 'ai';
import * as langchain from 'langchain';
import { MODEL_PROVIDER_CONFIG } from 'langchain/chat_models/universal';
import OpenAI from 'openai';
import * as rxllm from 'rxllm';
import * as rxllmAiSdk from 'rxllm/ai-sdk';
import * as rxllmAnthropic from 'rxllm/anthropic';
import * as rxllmHttp from 'rxllm/http';
import * as rxllmOpenai from 'rxllm/openai';
import { printTable } from './support/outcome.js';

const rxllmNames = { ...rxllm, ...rxllmAiSdk, ...rxllmAnthropic, ...rxllmHttp, ...rxllmOpenai };
const packages: Readonly<Record<string, readonly string[]>> = {
  'AI SDK 7': Object.keys({ ...ai, ...react }),
  'TanStack AI': Object.keys({ ...tanstack, ...tanstackReact }),
  LangChain: Object.keys({ ...langchain, ...langchainOpenai }),
  openai: Object.keys(new OpenAI({ apiKey: 'none' })),
  rxllm: Object.keys(rxllmNames),
};
const kinds: Readonly<Record<string, RegExp>> = {
  agents: /^(ToolLoop|create)Agent$/,
  'hooks for React': /^useChat$/,
  embeddings: /^embed|^OpenAIEmbeddings$/,
  reranking: /^rerank$/,
  images: /^generateImage$|^images$/,
  speech: /^generateSpeech$|^audio$/,
  transcription: /^transcribe$|^generateTranscription$|^audio$/,
  video: /^(experimental_)?generateVideo$|^videos$/,
  realtime: /^realtime|^experimental_useRealtime$/,
  batches: /^experimental_startBatch$|^batches$/,
  'time limit of a tool': /^getToolTimeoutMs$/,
};
const rows = Object.entries(kinds).map(([kind, pattern]) => [
  kind,
  ...Object.values(packages).map((names) => names.filter((name) => pattern.test(name)).sort()[0] ?? '–'),
]);
const require = createRequire(import.meta.url);
const versionOf = (folder: string): string => JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version;
const peers = ['ai', '@tanstack/ai', 'langchain', 'openai'].map((name) => versionOf(`conformance/node_modules/${name}`));
printTable([['', ...Object.keys(packages)], ['version', ...peers, versionOf('.')], ...rows]);

const types = createRequire(require.resolve('ai')).resolve('@ai-sdk/gateway').replace(/\.js$/, '.d.ts');
const [, models = ''] = /type GatewayModelId = ([^;]*);/.exec(readFileSync(types, 'utf8')) ?? [];
const ids = [...models.matchAll(/'([^'/]+)\/[^']+'/g)].map(([, maker]) => maker);
console.log(`
AI SDK 7: a model id of its gateway names ${ids.length} models of ${new Set(ids).size} makers
LangChain: initChatModel() knows ${Object.keys(MODEL_PROVIDER_CONFIG).length} providers
rxllm: ${Object.keys(rxllmNames)
  .filter((name) => /^from(?!Error|Wire|Http)[A-Z]/.test(name))
  .sort()
  .join(', ')}`);
