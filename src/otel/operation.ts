import type { Attributes } from '@opentelemetry/api';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, FinishEvent, ResetEvent, StartEvent, Timing, Usage } from '../events.js';
import { attributeNames as names, providerNames, unnamed } from './conventions.js';

/** An operation of the conventions: one question to a model, including all attempts to answer it. */
export interface Operation {
  readonly spanName: string;
  /** The attributes of the span and of all metrics: the provider and model requested, and the model that responds. */
  readonly labels: Attributes;
  readonly usage: Usage | undefined;
  push(event: DeltaEvent): void;
  /** Reads the usage from an error if no event reported it: `aggregateUsage` holds usage back until the end. */
  settle(error: unknown): void;
  /** The attributes that are known at the end of the stream. */
  result(timing: Timing): Attributes;
}

/**
 * @param requestModel The model requested, if known.
 * @param requestProvider The provider requested, if known.
 */
export function createOperation(requestModel?: string, requestProvider?: string): Operation {
  let start: StartEvent | undefined;
  let finish: FinishEvent | undefined;
  let usage: Usage | undefined;
  let labels = toLabels();

  function toLabels(): Attributes {
    return withoutUndefined({
      [names.operation]: 'chat',
      [names.provider]: requestProvider ?? providerName(start?.provider),
      [names.requestModel]: requestModel ?? start?.model,
      [names.responseModel]: start?.model,
    });
  }

  return {
    get spanName() {
      const model = requestModel ?? start?.model;
      return model === undefined ? 'chat' : `chat ${model}`;
    },
    get labels() {
      return labels;
    },
    get usage() {
      return usage;
    },
    push(event) {
      if (event.type === 'usage') usage = event.usage;
      else if (event.type === 'finish') finish = event;
      else if (event.type === 'start') {
        start = event;
        labels = toLabels();
      }
    },
    settle(error) {
      if (isStreamError(error)) usage ??= error.partial?.usage;
    },
    result: ({ firstDeltaMs }) =>
      withoutUndefined({
        [names.requestStream]: true,
        [names.responseId]: start?.id,
        [names.finishReasons]: finish?.choices.map(({ reason, rawReason }) => rawReason ?? reason),
        [names.timeToFirstChunk]: firstDeltaMs === undefined ? undefined : firstDeltaMs / 1_000,
        [names.inputTokens]: usage?.inputTokens,
        [names.outputTokens]: usage?.outputTokens,
        [names.cacheReadTokens]: usage?.cachedInputTokens,
        [names.cacheWriteTokens]: usage?.cacheWriteTokens,
        [names.reasoningTokens]: usage?.reasoningTokens,
        [names.usageEstimated]: usage?.estimated || undefined,
        [names.cost]: usage?.cost?.total,
        [names.currency]: usage?.cost?.currency,
      }),
  };
}

export function resetAttributes({ attempt, cause, delayMs, error }: ResetEvent): Attributes {
  return { [names.attempt]: attempt, [names.cause]: cause, [names.delayMs]: delayMs, [names.errorType]: error.kind };
}

/** A name from a small set, as metrics need it: the `kind` of our errors, else the name of the class. */
export function errorType(error: unknown): string {
  if (isStreamError(error)) return error.kind;
  return error instanceof Error && error.name !== '' ? error.name : unnamed;
}

function providerName(provider: string | undefined): string {
  return provider === undefined ? unnamed : (providerNames.get(provider) ?? provider);
}

function withoutUndefined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
