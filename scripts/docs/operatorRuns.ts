/** The run on the page of an operator. The texts are code, which is run and shown. */
export interface OperatorRun {
  /** A source, with the names of `rxllm/testing` and `rxjs`. */
  readonly source: string;
  /** The operators, as the arguments of `pipe`. */
  readonly operators: string;
  /** A second source, which the operators use as `other`. */
  readonly other?: string;
  /** The time of an unsubscribe, in milliseconds. @defaultValue none */
  readonly unsubscribeMs?: number;
}

/** A run for every public operator, by its name. A new operator needs a line here. */
export const operatorRuns: Readonly<Record<string, OperatorRun>> = {
  accumulateText: { source: `answer('Hel-lo,-wor-ld|')`, operators: 'accumulateText()' },
  aggregateUsage: { source: `stream('s-u-a-u-(f|)')`, operators: 'aggregateUsage()' },
  applyOptions: {
    source: `fakeProvider([streamOf('Hel', { everyMs: 3, error: new ConnectionError() }), streamOf('Hello', { everyMs: 3 })])`,
    operators: 'applyOptions({ retryStream: { initialDelayMs: 5, jitter: 0 }, timeoutBetweenChunks: 5_000 })',
  },
  batchFrames: { source: `(animate('------x----x---'), stream('s-abc-d--e--f|'))`, operators: 'batchFrames()' },
  bufferToText: { source: `answer('Hel-lo,-wor-ld|')`, operators: 'bufferToText()' },
  circuitBreaker: {
    source: `fakeProvider([streamOf('Hel', { everyMs: 3, error: new ConnectionError() }), 'never asked'])`,
    operators: 'circuitBreaker(createBreaker({ failures: 1 })), retry(1)',
  },
  fallbackTo: {
    source: `stream('s-a-#', {}, new ConnectionError())`,
    operators: 'fallbackTo(other)',
    other: `stream('-s-b-f|')`,
  },
  hedge: { source: `stream('s-------a-b-f|')`, operators: 'hedge(other, { afterMs: 4 })', other: `stream('s-c---d-f|')` },
  jsonElements: {
    source: `streamOf('{"items": [{"n": 1}, {"n": 2}, {"n": 3}]}', { everyMs: 3 })`,
    operators: `jsonElements({ path: ['items'] })`,
  },
  limitConcurrency: {
    source: `stream('s-a-f|')`,
    operators: `((limited) => (same$) => merge(same$.pipe(limited), same$.pipe(limited)))(
  limitConcurrency(createConcurrencyLimiter({ maxConcurrent: 1 })),
)`,
  },
  measureStream: {
    source: `stream('s--a-b---f|')`,
    operators: `measureStream(), ofEvent('finish'), map(({ timing: { firstDeltaMs, totalMs } }) => ({ firstDeltaMs, totalMs }))`,
  },
  ofEvent: { source: `answer('~Hel-lo-<get_time:{}>|')`, operators: `ofEvent('text-delta', 'tool-call-end')` },
  parseJsonOnComplete: {
    source: `streamOf('{"city": "Paris", "days": 3}', { everyMs: 3 })`,
    operators: 'parseJsonOnComplete()',
  },
  parseOnComplete: {
    source: `streamOf('No JSON in here', { everyMs: 3 })`,
    operators: 'parseOnComplete(json(), text())',
  },
  parseToonOnComplete: {
    source: `streamOf('items[2]{sku,n}:\\n  A1,3\\n  B2,5', { everyMs: 3 })`,
    operators: 'parseToonOnComplete(), map(({ format, value }) => ({ format, value }))',
  },
  partialJson: { source: `streamOf('{"city": "Paris", "days": 3}', { everyMs: 3 })`, operators: 'partialJson()' },
  partialToolInput: { source: `answer('<get_weather:{"city":"Pa-ris",-"days":3}>|')`, operators: 'partialToolInput()' },
  rateLimit: {
    source: `stream('s-a-f|')`,
    operators: `((limited) => (same$) => merge(same$.pipe(limited), same$.pipe(limited)))(
  rateLimit(createRateLimiter({ requestsPerMinute: 1 })),
)`,
  },
  retryStream: {
    source: `fakeProvider([streamOf('Hel', { everyMs: 3, error: new ConnectionError() }), streamOf('Hello', { everyMs: 3 })])`,
    operators: 'retryStream({ initialDelayMs: 5, jitter: 0 })',
  },
  smooth: { source: `answer('one_two_three_-----|')`, operators: `smooth({ by: 'word', delayMs: 3 })` },
  stopOn: { source: `answer('Hel-lo,-wor-ld|')`, operators: 'stopOn(other)', other: `cold('---------x')` },
  takeWithinBudget: { source: `stream('s-a-b-c-d-f|')`, operators: 'takeWithinBudget({ maxChars: 3 })' },
  tapStream: { source: `answer('Hel-lo|')`, operators: 'tapStream({ complete: (message) => message.text })' },
  textDeltas: { source: `answer('[hm]-Hel-lo|')`, operators: 'textDeltas()' },
  timeoutBetweenChunks: {
    source: `stream('s--a--b-----------c-f|')`,
    operators: 'timeoutBetweenChunks({ firstMs: 10, betweenMs: 5 })',
  },
  toMessage: {
    source: `answer('[hm]-Hel-lo|')`,
    operators: 'toMessage(), map(({ text, reasoning }) => ({ text, reasoning }))',
  },
  toonRows: {
    source: `streamOf('items[2]{sku,n}:\\n  A1,3\\n  B2,5', { everyMs: 3 })`,
    operators: 'toonRows(), map(({ row }) => row)',
  },
  traceStream: { source: `answer('Hel-lo|')`, operators: `traceStream({ tracer: trace.getTracer('docs') })` },
  validate: {
    source: `streamOf('{"n": [1, 2, "x"]}', { everyMs: 3 })`,
    operators: `jsonElements({ path: ['n'] }), map(({ value }) => value), validate(numbers)`,
  },
  withCost: {
    source: `stream('s-a-u-f|')`,
    operators: `withCost(({ outputTokens }) => ({ total: outputTokens * 0.01, currency: 'USD', input: undefined, output: undefined, cacheSavings: undefined }))`,
  },
};
