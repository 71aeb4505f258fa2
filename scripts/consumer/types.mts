import Anthropic from '@anthropic-ai/sdk';
import { metrics, trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import type { Observable } from 'rxjs';
import {
  aggregateUsage,
  bufferToText,
  type DeltaEvent,
  ofEvent,
  retryStream,
  type TextDeltaEvent,
  timeoutBetweenChunks,
  withCost,
} from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { sse, type Wire } from 'rxllm/http';
import { fromChatCompletions, fromResponses } from 'rxllm/openai';
import { traceStream } from 'rxllm/otel';
import { genaiPrices } from 'rxllm/pricing';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { parseToonOnComplete } from 'rxllm/toon';

const openai = new OpenAI({ apiKey: 'none' });
const anthropic = new Anthropic({ apiKey: 'none' });
const messages = [{ role: 'user' as const, content: 'Hello' }];

export const events$: Observable<DeltaEvent> = fromChatCompletions(openai, { model: 'gpt-4o-mini', messages }).pipe(
  timeoutBetweenChunks({ firstMs: 60_000, betweenMs: 30_000 }),
  retryStream({ maxRetries: 3 }),
  aggregateUsage({ countTokens: tiktokenCounter('gpt-4o-mini'), prompt: messages }),
);
export const watched$: Observable<DeltaEvent> = events$.pipe(
  withCost(genaiPrices({ overrides: { mine: { input_mtok: 1, output_mtok: 2 } } })),
  traceStream({ tracer: trace.getTracer('app'), meter: metrics.getMeter('app') }),
);
export const wire: Wire = sse();
export const text$: Observable<string> = events$.pipe(bufferToText());
export const deltas$: Observable<TextDeltaEvent> = fromResponses(openai, { model: 'gpt-4o-mini', input: 'Hello' }).pipe(
  ofEvent('text-delta'),
);
export const parsed$ = fromMessages(anthropic, { model: 'claude-haiku-4-5', max_tokens: 100, messages }).pipe(
  parseToonOnComplete(),
);

// @ts-expect-error: the params are the SDK's own, `messages` is missing
fromChatCompletions(openai, { model: 'gpt-4o-mini' });
