import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor, ConsoleSpanExporter, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';

/**
 * Sends the spans where `OTEL_EXPORTER_OTLP_ENDPOINT` points to, or prints them with `OTEL_TRACES_EXPORTER=console`; else there are none.
 *
 * @returns A function that sends what is left.
 */
export function startTelemetry(environment: Readonly<Record<string, string | undefined>>): () => Promise<void> {
  const exporter = exporterOf(environment);
  if (!exporter) return async () => undefined;
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return () => provider.shutdown();
}

function exporterOf(environment: Readonly<Record<string, string | undefined>>): SpanExporter | undefined {
  if (environment['OTEL_EXPORTER_OTLP_ENDPOINT']) return new OTLPTraceExporter();
  return environment['OTEL_TRACES_EXPORTER'] === 'console' ? new ConsoleSpanExporter() : undefined;
}
