import type { Attributes } from '@opentelemetry/api';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, FinishEvent, FinishReason, ResetEvent, StartEvent, Timing, Usage } from '../events.js';
import { brokenReason, cacheWriteTokens, attributeNames as names, providerNames, type Semconv, unnamed } from './conventions.js';

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
 * @param semconv The version of the conventions.
 * @param requestModel The model requested, if known.
 * @param requestProvider The provider requested, if known.
 */
export function createOperation(semconv: Semconv, requestModel?: string, requestProvider?: string): Operation {
  let start: StartEvent | undefined;
  let finish: FinishEvent | undefined;
  let usage: Usage | undefined;
  /** The number of choices so far. */
  let choices = 1;
  let labels = toLabels();

  function toLabels(): Attributes {
    return withoutUndefined({
      [names.operation]: 'chat',
      [names.provider]: requestProvider ?? providerName(start?.provider),
      [names.requestModel]: requestModel ?? start?.model,
      [names.responseModel]: start?.model,
    });
  }

  /** One for each choice. A reason that was never received is an error in v0.1, and left out in v1.41. */
  function finishReasons(): string[] | undefined {
    const isOld = semconv === 'v1.41';
    if (!finish) return isOld ? undefined : Array.from({ length: choices }, () => brokenReason);
    return finish.choices.map(({ reason, rawReason }) =>
      !isOld && localReasons.has(reason) ? brokenReason : (rawReason ?? reason),
    );
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
      } else if ('choice' in event && event.choice >= choices) choices = event.choice + 1;
    },
    settle(error) {
      if (isStreamError(error)) usage ??= error.partial?.usage;
    },
    result: ({ firstDeltaMs }) =>
      withoutUndefined({
        [names.requestStream]: true,
        [names.responseId]: start?.id,
        [names.finishReasons]: finishReasons(),
        [names.timeToFirstChunk]: firstDeltaMs === undefined ? undefined : firstDeltaMs / 1_000,
        [names.inputTokens]: usage?.inputTokens,
        [names.outputTokens]: usage?.outputTokens,
        [names.cacheReadTokens]: usage?.cachedInputTokens,
        [cacheWriteTokens[semconv]]: usage?.cacheWriteTokens,
        [names.reasoningTokens]: usage?.reasoningTokens,
        [names.usageEstimated]: usage?.estimated || undefined,
        [names.cost]: usage?.cost?.total,
        [names.currency]: usage?.cost?.currency,
      }),
  };
}

/** Reasons of a `finish` that our own operators emit when they cancel a request. */
const localReasons: ReadonlySet<FinishReason> = new Set(['aborted', 'budget']);

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
