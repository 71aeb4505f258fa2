import type { Attributes, Context, Span, SpanKind, SpanStatusCode, Tracer } from '@opentelemetry/api';
import { asyncScheduler } from 'rxjs';
import { writeJson } from '../codecs/json/writeJson.js';
import type { DeltaEvent, ToolCallEndEvent, ToolResultEvent } from '../events.js';
import { attributeNames as names, unnamed } from './conventions.js';

const internal: SpanKind.INTERNAL = 0;
const failed: SpanStatusCode.ERROR = 2;

/** The spans of the caller's own tools, as children of the span of their stream. */
export interface ToolSpans {
  /** Whether a tool has run, so that the stream is a run of an agent. */
  readonly any: boolean;
  push(event: DeltaEvent): void;
  /** Ends the spans of the tools that still run. */
  settle(): void;
}

/**
 * No event announces that a tool starts: it does when the model has finished its answer, so its span starts at the last event before those of the tools.
 *
 * @param captureContent Whether to record arguments and results.
 */
export function createToolSpans(tracer: Tracer, parent: Span, captureContent: boolean): ToolSpans {
  const calls = new Map<string, ToolCallEndEvent>();
  const running = new Map<string, Span>();
  const context = contextOf(parent);
  let answeredAt = asyncScheduler.now();
  let any = false;

  function spanOf(call: ToolCallEndEvent): Span {
    any = true;
    const attributes: Attributes = {
      [names.operation]: 'execute_tool',
      [names.toolName]: call.name,
      [names.toolCallId]: call.callId,
      [names.toolType]: 'function',
      ...(captureContent && { [names.toolArguments]: call.argumentsText }),
    };
    return tracer.startSpan(`execute_tool ${call.name}`, { kind: internal, startTime: answeredAt, attributes }, context);
  }

  function pushResult(event: ToolResultEvent): void {
    const call = calls.get(event.callId);
    if (!call) return;
    const span = running.get(event.callId) ?? spanOf(call);
    running.set(event.callId, span);
    if (event.preliminary) return;
    running.delete(event.callId);
    calls.delete(event.callId);
    if (captureContent) span.setAttribute(names.toolResult, writeJson(event.output));
    if (event.isError) span.setAttribute(names.errorType, unnamed).setStatus({ code: failed });
    span.end(asyncScheduler.now());
  }

  return {
    get any() {
      return any;
    },
    push(event) {
      if (event.type === 'tool-result') return pushResult(event);
      if (event.type === 'tool-call-end' && event.executor === 'client') calls.set(event.callId, event);
      answeredAt = asyncScheduler.now();
    },
    settle() {
      for (const span of running.values()) span.end(asyncScheduler.now());
      running.clear();
    },
  };
}

/** The key by which every copy of `@opentelemetry/api` finds the span of a context. */
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');

/** A context with a span and nothing else, so that nothing of OpenTelemetry is loaded. */
function contextOf(span: Span): Context {
  const context: Context = {
    getValue: (key) => (key === spanKey ? span : undefined),
    setValue: () => context,
    deleteValue: () => context,
  };
  return context;
}
