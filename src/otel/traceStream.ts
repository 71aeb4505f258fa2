import type { Attributes, Meter, Span, SpanKind, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, PartialMessage, Timing } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import type { Outcome } from '../kernel/operate.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkFunction, checkOptions } from '../kernel/options.js';
import { createPartialFold } from '../message/partialFold.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { createStreamTiming } from '../metering/streamTiming.js';
import { attributeNames, resetEventName, type Semconv } from './conventions.js';
import { createMeters } from './createMeters.js';
import { createOperation, errorType, resetAttributes } from './operation.js';
import { outputMessages } from './outputMessages.js';
import { createToolSpans } from './toolSpans.js';

/** How a stream ended; the argument of `attributes`. */
export interface TraceEnd {
  readonly outcome: Outcome;
  /** The error of the stream; undefined if it did not fail. */
  readonly error: unknown;
  /** The message so far with its usage and cost. The callback decides which content is recorded. */
  readonly message: PartialMessage;
  readonly timing: Timing;
}

export interface TraceStreamOptions {
  /** Creates the span. @defaultValue no span */
  readonly tracer?: Tracer;
  /** Creates the metrics. @defaultValue no metrics */
  readonly meter?: Meter;
  /** The model requested. @defaultValue the model of the `start` event */
  readonly model?: string;
  /** The provider requested, by its name in the conventions (`'azure.ai.openai'`). @defaultValue the provider of the `start` event */
  readonly provider?: string;
  /**
   * The version of the conventions that the names follow: the new one, or the one that older dashboards know.
   * @defaultValue 'v0.1'
   */
  readonly semconv?: Semconv;
  /** Record the model's output on the span, in `gen_ai.output.messages`. @defaultValue false */
  readonly captureContent?: boolean;
  /** Called once when the stream ends. Returns more attributes for the span. @defaultValue none */
  readonly attributes?: (end: TraceEnd) => Attributes | undefined;
}

const client: SpanKind.CLIENT = 2;
/** The operation of a stream in which tools of the caller ran: a run of `runTools`. */
const agentOperation = 'invoke_agent';
const failed: SpanStatusCode.ERROR = 2;

/**
 * Traces a stream by OpenTelemetry's conventions for generative AI; forwards every event unchanged.
 *
 *     source   s-a-R-s-b-f|
 *     result   s-a-R-s-b-f|
 *     span     (---e------)     one, with an event for each reset
 *
 * The span starts on subscribe, ends when the stream ends, and covers all attempts. It is the active span while the source is being
 * subscribed, so the spans of HTTP requests are its children. Its attributes are the models, the finish reasons, the tokens, and the time to the
 * first delta that no reset voided; on an error also `error.type` and the status ERROR, on unsubscribe neither. A stream that broke or was
 * cancelled has the finish reason `error`. Prompts are never recorded, and output only with `captureContent`. The metrics are the histograms
 * `gen_ai.client.inference.duration`, `.time_to_first_chunk` and `.time_per_output_chunk`, and a counter of tokens for each figure,
 * `gen_ai.client.inference.usage.input_tokens` among them. With `semconv: 'v1.41'` the names are those before the conventions had a repository of
 * their own: histograms `gen_ai.client.operation.…` and `gen_ai.client.token.usage`, no `error` reason. Put the operator after `aggregateUsage`
 * and `withCost` to record their figures. Where tools of the caller ran (`runTools`), the span is `invoke_agent`, and each tool has a span `execute_tool NAME` under it; a `traceStream`
 * within `call` adds one of each request. A stream that is unsubscribed early has the figures of its last `usage` event, which
 * `aggregateUsage({ every })` emits more often. Nothing of OpenTelemetry is loaded here: you create tracer and meter.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/blob/v0.1.0/docs/gen-ai/client-inference.md
 * @throws TypeError at call time for an unknown option, a wrong type, or neither `tracer` nor `meter`.
 * @emitsError What `attributes` throws, after the span has ended.
 * @unsubscribe Ends the span.
 * @reset Forwards it, and adds an event to the span.
 * @cost One span and its histogram records for each stream. Holds the message so far only with `captureContent` or `attributes`.
 * @example events$.pipe(aggregateUsage(), traceStream({ tracer: trace.getTracer('app'), meter: metrics.getMeter('app') }))
 */
export function traceStream<E extends DeltaEvent>(options: TraceStreamOptions): MonoTypeOperatorFunction<E> {
  checkTraceOptions(options);
  const { tracer, meter, model, provider, semconv = 'v0.1', captureContent = false, attributes } = options;
  const meters = meter && createMeters(meter, semconv);

  function traced(span: Span | undefined): MonoTypeOperatorFunction<E> {
    return operateEvents<E, E>({ name: 'traceStream', joinUsage: joinRestartedUsage }, (destination) => {
      const operation = createOperation(semconv, model, provider);
      const streamTiming = createStreamTiming((milliseconds) => meters?.gap(milliseconds, operation));
      // Only these two options need the message.
      const fold = captureContent || attributes ? createPartialFold() : undefined;
      const tools = tracer && span && createToolSpans(tracer, span, captureContent);

      function record(event: DeltaEvent): void {
        streamTiming.push(event);
        fold?.push(event);
        operation.push(event);
        tools?.push(event);
        if (event.type === 'start') span?.updateName(operation.spanName);
        else if (event.type === 'reset') span?.addEvent(resetEventName, resetAttributes(event));
      }

      function settle(outcome: Outcome, error: unknown): void {
        const timing = streamTiming.read();
        operation.settle(error);
        tools?.settle();
        const type = outcome === 'error' ? errorType(error) : undefined;
        try {
          meters?.settle(timing, operation, type);
          span?.setAttributes({ ...operation.labels, ...operation.result(timing) });
          if (tools?.any) span?.updateName(agentOperation).setAttribute(attributeNames.operation, agentOperation);
          if (type !== undefined) markFailed(span, type, error);
          const message = fold?.partial();
          if (message && captureContent) span?.setAttribute(attributeNames.outputMessages, outputMessages(message));
          if (message && attributes) span?.setAttributes(attributes({ outcome, error, message, timing }) ?? {});
        } finally {
          span?.end();
        }
      }

      return {
        next(event) {
          record(event);
          destination.next(event);
        },
        settle,
      };
    });
  }

  return (source) => {
    const result = new Observable<E>((destination) => {
      const subscribe = (span?: Span): void => void source.pipe(traced(span)).subscribe(destination);
      if (!tracer) return subscribe();
      const { spanName, labels } = createOperation(semconv, model, provider);
      tracer.startActiveSpan(spanName, { kind: client, attributes: labels }, subscribe);
    });
    return carrySignal(source, result);
  };
}

/** Our own error messages never contain content; those of other errors may. */
function markFailed(span: Span | undefined, type: string, error: unknown): void {
  span?.setAttribute(attributeNames.errorType, type);
  span?.setStatus({ code: failed, ...(isStreamError(error) && { message: error.message }) });
}

function checkTraceOptions(options: TraceStreamOptions): void {
  checkOptions('traceStream', options, ['tracer', 'meter', 'model', 'provider', 'semconv', 'captureContent', 'attributes']);
  const { tracer, meter, model, provider, semconv, captureContent, attributes } = options;
  if (tracer === undefined && meter === undefined) throw new TypeError('traceStream: give a tracer, a meter, or both');
  if (tracer && typeof tracer.startActiveSpan !== 'function')
    throw new TypeError('tracer must be a tracer of @opentelemetry/api');
  if (meter && typeof meter.createHistogram !== 'function') throw new TypeError('meter must be a meter of @opentelemetry/api');
  if (semconv !== undefined && !versions.includes(semconv)) throw new TypeError(`semconv must be ${versions.join(' or ')}`);
  checkType('model', model, 'string');
  checkType('provider', provider, 'string');
  checkType('captureContent', captureContent, 'boolean');
  checkFunction('attributes', attributes);
}

const versions: readonly Semconv[] = ['v0.1', 'v1.41'];

function checkType(name: string, value: unknown, type: 'string' | 'boolean'): void {
  if (value !== undefined && typeof value !== type) throw new TypeError(`${name} must be a ${type}`);
}
