import type { Attributes } from '@opentelemetry/api';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, FinishEvent, ResetEvent, StartEvent, Timing, Usage } from '../events.js';
import { attributeNames as names, providerNames, unnamed } from './conventions.js';

/** What the conventions call an operation: one question to a model, whatever it takes to have the answer. */
export interface Operation {
  readonly spanName: string;
  /** Who was asked, and who answers: of the span and of all metrics. */
  readonly labels: Attributes;
  readonly usage: Usage | undefined;
  push(event: DeltaEvent): void;
  /** What came of it. */
  result(timing: Timing): Attributes;
}

/**
 * @param requestModel The model that is asked, where that is known.
 * @param requestProvider The provider that is asked, where that is known.
 */
export function createOperation(requestModel?: string, requestProvider?: string): Operation {
  let start: StartEvent | undefined;
  let finish: FinishEvent | undefined;
  let usage: Usage | undefined;
  let labels = toLabels();

  function toLabels(): Attributes {
    return known({
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
    result: ({ firstDeltaMs }) =>
      known({
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

/** A name of which there are few: our kind of error, else the name of its class. */
export function errorType(error: unknown): string {
  if (isStreamError(error)) return error.kind;
  return error instanceof Error && error.name !== '' ? error.name : unnamed;
}

function providerName(provider: string | undefined): string {
  return provider === undefined ? unnamed : (providerNames.get(provider) ?? provider);
}

function known(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
