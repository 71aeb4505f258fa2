/** Records one span over all attempts, by OpenTelemetry's conventions for generative AI; with a meter, also histograms of times and counters of tokens. */
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { lastValueFrom } from 'rxjs';
import { aggregateUsage, bufferToText, retryStream } from 'rxllm';
import { traceStream } from 'rxllm/otel';
import { localAnswer } from '../localAnswer.js';

// An application uses `trace.getTracer('app')` and `metrics.getMeter('app')` of @opentelemetry/api.
const exporter = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('example');

const { events$, stop } = await localAnswer('What is the capital of France?', { failures: [503] });
const traced$ = events$.pipe(
  retryStream({ initialDelayMs: 10 }),
  aggregateUsage(),
  traceStream({ tracer, attributes: ({ message }) => ({ 'app.characters': message.text.length }) }),
);
await lastValueFrom(traced$.pipe(bufferToText()));
await stop();

for (const { name, attributes, events } of exporter.getFinishedSpans()) {
  console.log(name);
  for (const key of ['gen_ai.provider.name', 'gen_ai.response.finish_reasons', 'gen_ai.usage.output_tokens', 'app.characters']) {
    console.log(' ', key, attributes[key]);
  }
  for (const event of events) console.log('  event', event.name, event.attributes?.['error.type']);
}

/* Prints:
chat local
  gen_ai.provider.name openai
  gen_ai.response.finish_reasons [ 'stop' ]
  gen_ai.usage.output_tokens 8
  app.characters 31
  event rxllm.reset server
*/
