/** The timeouts, the retries and the measurements of each preset. */
import { lastValueFrom } from 'rxjs';
import {
  type ApplyOptions,
  applyOptions,
  debugOptions,
  highReliabilityOptions,
  highThroughputOptions,
  jsonModeOptions,
  lowLatencyOptions,
  toMessage,
} from 'rxllm';
import { localAnswer } from '../localAnswer.js';

const steps: string[] = [];
const presets: Readonly<Record<string, ApplyOptions>> = {
  jsonModeOptions,
  highThroughputOptions,
  lowLatencyOptions,
  highReliabilityOptions,
  debugOptions: debugOptions({ debug: (step) => steps.push(step) }),
};
const { events$, stop } = await localAnswer('Give me a customer as JSON.');

for (const [name, preset] of Object.entries(presets)) {
  const { usage, timing } = await lastValueFrom(events$.pipe(applyOptions(preset), toMessage()));
  console.log(name, preset.timeoutBetweenChunks, preset.retryStream);
  console.log('  tokens:', usage?.outputTokens, ' measured:', timing !== undefined);
}
console.log(new Set(steps));
await stop();

/* Prints:
jsonModeOptions { firstMs: 60000, betweenMs: 30000 } { maxRetries: 3 }
  tokens: 27  measured: false
highThroughputOptions { firstMs: 60000, betweenMs: 60000 } { maxRetries: 3 }
  tokens: 27  measured: false
lowLatencyOptions { firstMs: 5000, betweenMs: 15000 } { maxRetries: 0 }
  tokens: 27  measured: true
highReliabilityOptions { firstMs: 60000, betweenMs: 120000, totalMs: 600000 } { maxRetries: 5 }
  tokens: 27  measured: true
debugOptions undefined undefined
  tokens: 27  measured: true
Set(5) { 'start', 'text-delta', 'block-end', 'usage', 'complete' }
*/
