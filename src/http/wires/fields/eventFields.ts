import type { DeltaEvent } from '../../../events.js';
import { errorInfo } from './errorFields.js';
import {
  count,
  type Fields,
  figure,
  flag,
  json,
  list,
  oneOf,
  optional,
  optionalJson,
  record,
  shape,
  someFigure,
  someText,
  text,
} from './readers.js';

/** The fields of each type of event, in the order in which the types of `events.ts` declare them. */
type FieldsOf<Event extends DeltaEvent> = { readonly [Name in Exclude<keyof Event, 'type'>]: Fields[string] };
type EventFields = { readonly [Type in DeltaEvent['type']]: FieldsOf<Extract<DeltaEvent, { readonly type: Type }>> };

const reason = oneOf(
  ['stop', 'length', 'tool-calls', 'content-filter', 'refusal', 'paused', 'aborted', 'budget', 'max-steps', 'other'],
  'other',
);
const place = { block: count, choice: count };
const how = { executor: oneOf(['client', 'provider']), format: oneOf(['json', 'text']) };

const usage = shape({
  inputTokens: someFigure,
  outputTokens: someFigure,
  totalTokens: someFigure,
  cachedInputTokens: someFigure,
  cacheWriteTokens: someFigure,
  reasoningTokens: someFigure,
  serverTools: optional(record(figure)),
  estimated: flag,
  confidence: oneOf(['exact', 'high', 'low'], 'low'),
  cost: optional(shape({ total: figure, currency: text, input: someFigure, output: someFigure, cacheSavings: someFigure })),
  native: optionalJson,
});
const requestUsage = shape({
  usage,
  model: someText,
  provider: someText,
  attempt: count,
  step: count,
  stands: flag,
  serviceTier: someText,
  speed: someText,
  region: someText,
  batch: optional(flag),
});
const timing = shape({
  firstDeltaMs: someFigure,
  totalMs: figure,
  deltas: count,
  charactersPerSecond: someFigure,
  tokensPerSecond: someFigure,
  medianDeltaMs: someFigure,
  maxDeltaMs: someFigure,
});
const metadata = shape({
  stopSequence: someText,
  stopDetails: optionalJson,
  container: optionalJson,
  serviceTier: someText,
  systemFingerprint: someText,
});

export const eventFields: EventFields = {
  start: { id: someText, model: someText, provider: text },
  'text-delta': { text, ...place, phase: oneOf(['answer', 'commentary'], 'answer') },
  'reasoning-delta': { text, ...place },
  'refusal-delta': { text, ...place },
  'tool-call-start': { callId: text, name: text, ...place, ...how },
  'tool-call-delta': { callId: text, argumentsText: text, ...place },
  'tool-call-end': { callId: text, name: text, argumentsText: text, ...place, ...how },
  'tool-result': { callId: text, name: text, output: json, isError: flag, preliminary: flag },
  'tool-approval': { callId: text, approved: optional(flag) },
  file: { ...place, mediaType: text, data: text, transcript: someText, final: flag },
  citation: { ...place, url: someText, title: someText, text: someText, start: someFigure, end: someFigure, native: json },
  logprobs: { ...place, tokens: list(json) },
  'block-end': { ...place, kind: text, native: json, format: optional(oneOf(['chat', 'responses', 'messages'], undefined)) },
  usage: { usage, requests: optional(list(requestUsage)) },
  step: { step: count, id: someText, model: someText, reason, rawReason: someText },
  ping: {},
  raw: { provider: text, name: text, data: json },
  reset: { attempt: count, step: count, cause: oneOf(['retry', 'fallback'], 'retry'), delayMs: figure, error: errorInfo },
  finish: {
    reason,
    rawReason: someText,
    choices: list(shape({ choice: count, reason, rawReason: someText })),
    metadata,
    timing: optional(timing),
  },
};
