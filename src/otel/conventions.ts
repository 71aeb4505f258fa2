/**
 * The version of OpenTelemetry's conventions for generative AI: the first release of their own repository, or the last one within
 * `semantic-conventions`.
 */
export type Semconv = 'v0.1' | 'v1.41';

/**
 * The names of the conventions that both versions have. All names are in this file, because they are in development and still change.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/client-inference.md
 */
export const attributeNames = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  responseId: 'gen_ai.response.id',
  responseModel: 'gen_ai.response.model',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  outputMessages: 'gen_ai.output.messages',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  toolType: 'gen_ai.tool.type',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  errorType: 'error.type',
  // The conventions have no name for these.
  usageEstimated: 'rxllm.usage.estimated',
  cost: 'rxllm.cost.total',
  currency: 'rxllm.cost.currency',
  attempt: 'rxllm.reset.attempt',
  cause: 'rxllm.reset.cause',
  delayMs: 'rxllm.reset.delay_ms',
} as const;

/** The span event added for each reset. */
export const resetEventName = 'rxllm.reset';

/** The value of the conventions for an error or a provider without a name. */
export const unnamed = '_OTHER';

/** The providers that have another name in the conventions. */
export const providerNames: ReadonlyMap<string, string> = new Map([['xai', 'x_ai']]);

const seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const tokens = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

/** The attribute for the tokens that were written to the cache. */
export const cacheWriteTokens: Readonly<Record<Semconv, string>> = {
  'v0.1': 'gen_ai.usage.cache_write.input_tokens',
  'v1.41': 'gen_ai.usage.cache_creation.input_tokens',
};

/** A metric of the conventions; a histogram has bucket boundaries. */
export interface MetricConvention {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly buckets?: readonly number[];
}

type TimeMetric = 'duration' | 'timeToFirstChunk' | 'timePerOutputChunk';

/** The histograms of times. */
export const timeMetrics: Readonly<Record<Semconv, Readonly<Record<TimeMetric, MetricConvention>>>> = {
  'v0.1': timesOf('gen_ai.client.inference', 'GenAI client inference operation duration.'),
  'v1.41': timesOf('gen_ai.client.operation', 'GenAI operation duration.'),
};

function timesOf(prefix: string, description: string): Readonly<Record<TimeMetric, MetricConvention>> {
  const time = (name: string, text: string): MetricConvention => ({
    name: `${prefix}.${name}`,
    unit: 's',
    description: text,
    buckets: seconds,
  });
  return {
    duration: time('duration', description),
    timeToFirstChunk: time('time_to_first_chunk', 'Time to receive the first chunk.'),
    timePerOutputChunk: time('time_per_output_chunk', 'Time per output chunk after the first one.'),
  };
}

/** The figures that have a counter in v0.1. */
export type CountedFigure = 'inputTokens' | 'outputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'reasoningTokens';

/** The counters of tokens in v0.1, by the figure that each adds. */
export const tokenCounters: readonly (readonly [CountedFigure, MetricConvention])[] = [
  ['inputTokens', usageOf('input_tokens', 'input tokens used')],
  ['outputTokens', usageOf('output_tokens', 'output tokens used')],
  ['cachedInputTokens', usageOf('cache_read.input_tokens', 'input tokens read from the cache')],
  ['cacheWriteTokens', usageOf('cache_write.input_tokens', 'input tokens written to the cache')],
  ['reasoningTokens', usageOf('reasoning.output_tokens', 'output tokens used for reasoning')],
];

function usageOf(name: string, what: string): MetricConvention {
  return { name: `gen_ai.client.inference.usage.${name}`, unit: '{token}', description: `Number of ${what}.` };
}

/** The histogram of tokens in v1.41, and the attribute for their type. */
export const tokenUsage: MetricConvention = {
  name: 'gen_ai.client.token.usage',
  unit: '{token}',
  description: 'Number of input and output tokens used.',
  buckets: tokens,
};
export const tokenType = 'gen_ai.token.type';

/** The finish reason of v0.1 for a generation that ended without one: it failed, or was cancelled. */
export const brokenReason = 'error';
