/**
 * The names of OpenTelemetry's conventions for generative AI. They are in one file, because they are in development and still change.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai
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
  cacheWriteTokens: 'gen_ai.usage.cache_creation.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  outputMessages: 'gen_ai.output.messages',
  tokenType: 'gen_ai.token.type',
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

/** A client histogram of the conventions, with its bucket boundaries. */
export interface HistogramConvention {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly buckets: readonly number[];
}

export const operationDuration: HistogramConvention = {
  name: 'gen_ai.client.operation.duration',
  unit: 's',
  description: 'GenAI operation duration.',
  buckets: seconds,
};

export const timeToFirstChunk: HistogramConvention = {
  name: 'gen_ai.client.operation.time_to_first_chunk',
  unit: 's',
  description: 'Time to receive the first chunk.',
  buckets: seconds,
};

export const timePerOutputChunk: HistogramConvention = {
  name: 'gen_ai.client.operation.time_per_output_chunk',
  unit: 's',
  description: 'Time per output chunk after the first one.',
  buckets: seconds,
};

export const tokenUsage: HistogramConvention = {
  name: 'gen_ai.client.token.usage',
  unit: '{token}',
  description: 'Number of input and output tokens used.',
  buckets: tokens,
};
