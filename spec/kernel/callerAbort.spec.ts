import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { defer, filter, map, NEVER, type Observable, tap } from 'rxjs';
import type { DeltaEvent } from '../../src/events.js';
import { createBreaker } from '../../src/handles/createBreaker.js';
import { createConcurrencyLimiter } from '../../src/handles/createConcurrencyLimiter.js';
import { createRateLimiter } from '../../src/handles/createRateLimiter.js';
import { attachSignal, carrySignal, signalOf } from '../../src/kernel/callerAbort.js';
import { aggregateUsage } from '../../src/operators/aggregateUsage.js';
import { applyOptions } from '../../src/operators/applyOptions.js';
import { batchFrames } from '../../src/operators/batchFrames.js';
import { circuitBreaker } from '../../src/operators/circuitBreaker.js';
import { fallbackTo } from '../../src/operators/fallbackTo.js';
import { hedge } from '../../src/operators/hedge.js';
import { limitConcurrency } from '../../src/operators/limitConcurrency.js';
import { measureStream } from '../../src/operators/measureStream.js';
import { ofEvent } from '../../src/operators/ofEvent.js';
import { rateLimit } from '../../src/operators/rateLimit.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { smooth } from '../../src/operators/smooth.js';
import { stopOn } from '../../src/operators/stopOn.js';
import { takeWithinBudget } from '../../src/operators/takeWithinBudget.js';
import { tapStream } from '../../src/operators/tapStream.js';
import { timeoutBetweenChunks } from '../../src/operators/timeoutBetweenChunks.js';
import { withCost } from '../../src/operators/withCost.js';
import { traceStream } from '../../src/otel/traceStream.js';
import { readEvents } from '../../src/providers/readEvents.js';
import { toyFormat } from '../support/toyFormat.js';

const { signal } = new AbortController();
const source = attachSignal(
  defer((): Observable<DeltaEvent> => NEVER),
  signal,
);

describe("the caller's signal", () => {
  it('is on the source that was given it, and on no other', () => {
    const send = (): Promise<Response> => new Promise(() => undefined);
    expect(signalOf(readEvents(toyFormat, send, { signal }))).toBe(signal);
    expect(signalOf(readEvents(toyFormat, send))).toBeUndefined();
    expect(Reflect.get(source, Symbol.for('rxllm.signal'))).toBe(signal);
    expect(Object.keys(source)).not.toContain('signal');
  });

  it.each<readonly [string, (source: Observable<DeltaEvent>) => Observable<DeltaEvent>]>([
    ['aggregateUsage', aggregateUsage()],
    ['applyOptions', applyOptions({ retryStream: true, timeoutBetweenChunks: 5, measureStream: true })],
    ['batchFrames', batchFrames()],
    ['circuitBreaker', circuitBreaker(createBreaker())],
    ['fallbackTo', fallbackTo(NEVER)],
    ['hedge', hedge(NEVER, { afterMs: 1 })],
    ['limitConcurrency', limitConcurrency(createConcurrencyLimiter({ maxConcurrent: 1 }))],
    ['measureStream', measureStream()],
    ['ofEvent', (events$) => events$.pipe(ofEvent('usage'))],
    ['rateLimit', rateLimit(createRateLimiter())],
    ['retryStream', retryStream()],
    ['smooth', smooth()],
    ['stopOn', stopOn(NEVER)],
    ['takeWithinBudget', takeWithinBudget({ maxChars: 1 })],
    ['tapStream', tapStream()],
    ['timeoutBetweenChunks', timeoutBetweenChunks(5)],
    [
      'traceStream',
      traceStream({ tracer: { startActiveSpan: (_: string, _options: object, run: () => void) => run() } as never }),
    ],
    ['withCost', withCost(() => undefined)],
  ])('is carried by %s', (_, operator) => {
    expect(signalOf(source.pipe(operator))).toBe(signal);
    expect(signalOf(NEVER.pipe(operator))).toBeUndefined();
  });

  it('is carried by the operators of RxJS that lift their source', () => {
    const lifted$ = source.pipe(
      map((event) => event),
      filter(() => true),
      tap(),
    );
    expect(signalOf(lifted$)).toBe(signal);
    expect(
      signalOf(
        carrySignal(
          lifted$,
          defer(() => lifted$),
        ),
      ),
    ).toBe(signal);
  });
});

describe('operators and a source of two copies of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxllm-copies-'));
  const run = promisify(execFile);
  jest.setTimeout(60_000);

  async function build(entry: string, format: 'esm' | 'cjs'): Promise<void> {
    const name = entry.includes('openai') ? 'openai' : 'rxllm';
    const file = join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`);
    const options = ['--bundle', '--packages=external', `--format=${format}`, `--outfile=${file}`, '--log-level=error'];
    await run('node_modules/.bin/esbuild', [entry, ...options], { timeout: 50_000 });
  }

  beforeAll(async () => {
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    for (const format of ['esm', 'cjs'] as const)
      for (const entry of ['src/index.ts', 'src/providers/openai/index.ts']) await build(entry, format);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['CommonJS', 'ESM', 'rxllm.cjs', 'openai.mjs'],
    ['ESM', 'CommonJS', 'rxllm.mjs', 'openai.cjs'],
  ])("end a wait of %s operators at the abort of an %s source's signal", async (_, __, operators, sources) => {
    const script = join(folder, `${operators}-${sources}.mjs`);
    writeFileSync(
      script,
      `import operators from './${operators.replace('mjs', 'namespace.mjs')}';
       import sources from './${sources.replace('mjs', 'namespace.mjs')}';
       const { retryStream, timeoutBetweenChunks } = operators;
       const controller = new AbortController();
       const silent = (_, { signal }) =>
         new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
       const events$ = sources.fromChatCompletions(silent, { model: 'm', messages: [] }, { signal: controller.signal });
       let abortedAt = NaN;
       let resets = 0;
       events$.pipe(timeoutBetweenChunks({ firstMs: 20 }), retryStream({ initialDelayMs: 1_500, jitter: 0 })).subscribe({
         next: ({ type }) => type === 'reset' && resets++,
         error: ({ kind, cause }) =>
           console.log(JSON.stringify({ kind, cause, resets, afterMs: performance.now() - abortedAt })),
       });
       setTimeout(() => {
         abortedAt = performance.now();
         controller.abort('enough');
       }, 100);`,
    );
    for (const name of ['rxllm', 'openai'])
      writeFileSync(join(folder, `${name}.namespace.mjs`), `import * as all from './${name}.mjs'; export default all;`);
    const { stdout } = await run(process.execPath, [script], { timeout: 50_000 });
    const ended = JSON.parse(stdout) as { readonly afterMs: number };
    expect(ended).toMatchObject({ kind: 'aborted', cause: 'enough', resets: 1 });
    expect(ended.afterMs).toBeLessThanOrEqual(5);
  });
});
