import type { Attributes, Meter, Span, SpanKind, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { isStreamError } from '../errors.js';
import type { DeltaEvent, PartialMessage, Timing } from '../events.js';
import { carrySignal } from '../kernel/callerAbort.js';
import { type Outcome, operate } from '../kernel/operate.js';
import { checkFunction, checkOptions } from '../kernel/options.js';
import { createMessageFold } from '../message/messageFold.js';
import { createStreamTiming } from '../metering/streamTiming.js';
import { attributeNames, resetEventName } from './conventions.js';
import { createMeters } from './createMeters.js';
import { createOperation, errorType, resetAttributes } from './operation.js';
import { outputMessages } from './outputMessages.js';

/** How a stream ended, for attributes of one's own. */
export interface TraceEnd {
  readonly outcome: Outcome;
  /** What it failed with. */
  readonly error: unknown;
  /** What it said, its usage and its cost: what of it may be told is the hook's decision. */
  readonly message: PartialMessage;
  readonly timing: Timing;
}

export interface TraceStreamOptions {
  /** Makes the span. @defaultValue no span */
  readonly tracer?: Tracer;
  /** Makes the histograms. @defaultValue no metrics */
  readonly meter?: Meter;
  /** The model that is asked. @defaultValue the one that answers, once it does */
  readonly model?: string;
  /** The provider that is asked, in the words of the conventions (`'azure.ai.openai'`). @defaultValue the one that `start` names */
  readonly provider?: string;
  /** Whether what the model says is put on the span, in `gen_ai.output.messages`. @defaultValue false */
  readonly captureContent?: boolean;
  /** Called once as the stream ends; gives more attributes for the span. @defaultValue none */
  readonly attributes?: (end: TraceEnd) => Attributes | undefined;
}

const client: SpanKind.CLIENT = 2;
const failed: SpanStatusCode.ERROR = 2;

/**
 * Traces a stream by OpenTelemetry's conventions for generative AI, and changes nothing.
 *
 *     source   s-a-R-s-b-f|
 *     result   s-a-R-s-b-f|
 *     span     (---e------)     one, with an event for each reset
 *
 * The span runs from subscribe to the end, over all attempts, and is the active one while the source is subscribed, so that those of HTTP
 * requests are its children. It has the models, the finish reasons, the tokens, and the time to the first delta that was not taken back; on
 * an error `error.type` and the status ERROR, on unsubscribe neither. What was asked and answered is left out, unless `captureContent`. Four
 * histograms: `gen_ai.client.operation.duration`, `.time_to_first_chunk`, `.time_per_output_chunk` and `gen_ai.client.token.usage`. Put it
 * after `aggregateUsage` and `withCost` to have their figures; of a stream that is cut those of the last `usage`, which comes as often as
 * `aggregateUsage({ every })` says. Nothing of OpenTelemetry is loaded: tracer and meter are yours.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai
 * @throws TypeError at call time for an unknown option, a wrong type, or neither `tracer` nor `meter`.
 * Emits error: what `attributes` throws, after the span has ended. On unsubscribe: ends the span.
 * @example events$.pipe(aggregateUsage(), traceStream({ tracer: trace.getTracer('app'), meter: metrics.getMeter('app') }))
 */
export function traceStream<E extends DeltaEvent>(options: TraceStreamOptions): MonoTypeOperatorFunction<E> {
  checkTraceOptions(options);
  const { tracer, meter, model, provider, captureContent = false, attributes } = options;
  const meters = meter && createMeters(meter);

  function traced(span: Span | undefined): MonoTypeOperatorFunction<E> {
    return operate<E, E>((destination) => {
      const operation = createOperation(model, provider);
      const stopwatch = createStreamTiming((milliseconds) => meters?.gap(milliseconds, operation));
      // Only these ask what was said.
      const fold = captureContent || attributes ? createMessageFold() : undefined;

      function note(event: DeltaEvent): void {
        stopwatch.push(event);
        fold?.push(event);
        operation.push(event);
        if (event.type === 'start') span?.updateName(operation.spanName);
        else if (event.type === 'reset') span?.addEvent(resetEventName, resetAttributes(event));
      }

      function settle(outcome: Outcome, error: unknown): void {
        const timing = stopwatch.read();
        operation.settle(error);
        const type = outcome === 'error' ? errorType(error) : undefined;
        try {
          meters?.settle(timing, operation, type);
          span?.setAttributes({ ...operation.labels, ...operation.result(timing) });
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
          note(event);
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
      const { spanName, labels } = createOperation(model, provider);
      tracer.startActiveSpan(spanName, { kind: client, attributes: labels }, subscribe);
    });
    return carrySignal(source, result);
  };
}

/** Our own messages quote nothing of what was said; others might. */
function markFailed(span: Span | undefined, type: string, error: unknown): void {
  span?.setAttribute(attributeNames.errorType, type);
  span?.setStatus({ code: failed, ...(isStreamError(error) && { message: error.message }) });
}

function checkTraceOptions(options: TraceStreamOptions): void {
  checkOptions('traceStream', options, ['tracer', 'meter', 'model', 'provider', 'captureContent', 'attributes']);
  const { tracer, meter, model, provider, captureContent, attributes } = options;
  if (tracer === undefined && meter === undefined) throw new TypeError('traceStream: give a tracer, a meter, or both');
  if (tracer && typeof tracer.startActiveSpan !== 'function')
    throw new TypeError('tracer must be a tracer of @opentelemetry/api');
  if (meter && typeof meter.createHistogram !== 'function') throw new TypeError('meter must be a meter of @opentelemetry/api');
  checkType('model', model, 'string');
  checkType('provider', provider, 'string');
  checkType('captureContent', captureContent, 'boolean');
  checkFunction('attributes', attributes);
}

function checkType(name: string, value: unknown, type: 'string' | 'boolean'): void {
  if (value !== undefined && typeof value !== type) throw new TypeError(`${name} must be a ${type}`);
}
