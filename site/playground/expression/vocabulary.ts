import { trace } from '@opentelemetry/api';
import * as rxjs from 'rxjs';
import * as rxllm from 'rxllm';
import * as durable from 'rxllm/durable';
import * as http from 'rxllm/http';
import * as otel from 'rxllm/otel';
import * as pricing from 'rxllm/pricing';
import * as testing from 'rxllm/testing';
import * as toon from 'rxllm/toon';
import { z } from 'zod';

/** A module, and which of its names an expression may use. */
export interface VocabularyModule {
  readonly from: string;
  readonly names: Readonly<Record<string, unknown>>;
}

function pick(module: object, names: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, Reflect.get(module, name)]));
}

/** What makes, joins and times streams; nothing that reaches the page or the network. */
const ofRxjs = `EMPTY NEVER Subject auditTime bufferCount bufferTime catchError concat concatMap connect debounceTime defaultIfEmpty
  delay distinctUntilChanged endWith exhaustMap filter finalize first forkJoin from ignoreElements interval last map materialize merge mergeMap
  mergeWith of pairwise race repeat retry scan share shareReplay skip startWith switchMap take takeLast takeUntil takeWhile tap throwError timer
  toArray withLatestFrom zip`;

/** The events of `rxllm/testing`, as `testing.text('a')`: `text` is also a parser. */
const ofEvents = `blockEnd citation file finish logprobs ping raw reasoning refusal reset start step text toolApproval toolCallDelta
  toolCallEnd toolCallStart toolResult usage usageOf`;

const ofFakes = 'cutAfter duplicateUsage fakeProvider fakeTools failWith rechunk stallAfter streamOf';

const ofHttp = 'agUi fromHttpEvents sse toSseMessages uiMessages';

const ofToon = 'parseToonOnComplete toon toonPrompt toonRows';

/** The names that expressions know beside the marbles of a run, by the module that exports them. */
export const vocabulary: readonly VocabularyModule[] = [
  { from: 'rxjs', names: pick(rxjs, ofRxjs) },
  { from: 'rxllm', names: { ...rxllm } },
  { from: 'rxllm/testing', names: { ...pick(testing, ofFakes), testing: pick(testing, ofEvents) } },
  { from: 'rxllm/http', names: pick(http, ofHttp) },
  { from: 'rxllm/durable', names: pick(durable, 'durable memoryStore persistTo resumeFrom') },
  { from: 'rxllm/toon', names: pick(toon, ofToon) },
  { from: 'rxllm/otel', names: pick(otel, 'traceStream') },
  { from: 'rxllm/pricing', names: pick(pricing, 'genaiPrices') },
  { from: '@opentelemetry/api', names: { trace: { getTracer: (name: string) => trace.getTracer(name) } } },
  { from: 'zod', names: { z: pick(z, 'array boolean enum literal nullable number object optional string union') } },
];

/** What JavaScript itself has. */
export const globals: Readonly<Record<string, unknown>> = {
  undefined,
  Infinity,
  NaN,
  JSON: { parse: (text: string): unknown => JSON.parse(text), stringify: (value: unknown) => JSON.stringify(value) },
  Math: pick(Math, 'abs ceil floor max min round sign sqrt trunc'),
  Error: (message: string) => new Error(message),
  Number: (value: unknown) => Number(value),
  String: (value: unknown) => String(value),
  Boolean: (value: unknown) => Boolean(value),
};
