import { trace } from '@opentelemetry/api';
import * as rxjs from 'rxjs';
import * as rxllm from 'rxllm';
import * as aiSdk from 'rxllm/ai-sdk';
import * as anthropic from 'rxllm/anthropic';
import * as durable from 'rxllm/durable';
import * as http from 'rxllm/http';
import * as mcp from 'rxllm/mcp';
import * as openai from 'rxllm/openai';
import * as otel from 'rxllm/otel';
import * as pricing from 'rxllm/pricing';
import * as redis from 'rxllm/redis';
import * as testing from 'rxllm/testing';
import * as tiktoken from 'rxllm/tiktoken';
import * as toon from 'rxllm/toon';
import { z } from 'zod';

/** Values by their names. */
export type Scope = Readonly<Record<string, unknown>>;

/** A module, and what a run may use of it without a prefix. */
export interface ScopeModule {
  readonly from: string;
  readonly names: Scope;
}

const entryPoints: readonly ScopeModule[] = [
  { from: 'rxllm/anthropic', names: anthropic },
  { from: 'rxllm/http', names: http },
  { from: 'rxllm/ai-sdk', names: aiSdk },
  { from: 'rxllm/openai', names: openai },
  { from: 'rxllm/mcp', names: mcp },
  { from: 'rxllm/otel', names: otel },
  { from: 'rxllm/durable', names: durable },
  { from: 'rxllm/redis', names: redis },
  { from: 'rxllm/pricing', names: pricing },
  { from: 'rxllm/tiktoken', names: tiktoken },
  { from: 'rxllm/toon', names: toon },
  { from: 'rxllm', names: rxllm },
];

/** What a run may use, later modules first where two have the same name: those of the page's own entry point win. */
export function modulesOf(entryPoint: string): readonly ScopeModule[] {
  return [
    { from: 'rxjs', names: rxjs },
    { from: 'rxllm/testing', names: testing },
    ...entryPoints,
    ...entryPoints.filter(({ from }) => from === entryPoint),
    { from: '@opentelemetry/api', names: { trace } },
    { from: 'zod', names: { z } },
  ];
}

/** The names that a piece of code may mean. */
export function namesIn(code: string, scope: Scope): readonly string[] {
  return Object.keys(scope).filter((name) => name !== 'default' && code.includes(name));
}
