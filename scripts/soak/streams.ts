import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { defer, type Observable, Subscriber } from 'rxjs';
import { aggregateUsage, createDemand, type DeltaEvent, isStreamError, retryStream, timeoutBetweenChunks } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses, type SourceOptions } from 'rxllm/openai';
import { createExpectations } from './expectations.js';
import { modelOf } from './faults.js';
import { guard, joinProviders, planOf, type Shared } from './plans.js';
import { between, seededRandom } from './seededRandom.js';

const maxRetries = 2;
/** Longer than a busy machine delays an active stream. */
const silenceMs = 400;
/** Longer than any stream takes, with any fault. */
const longestMs = 30_000;

export type Outcome = 'complete' | 'error' | 'unsubscribed' | 'aborted';

export interface StreamResult {
  readonly outcome: Outcome;
  /** The request that was open at an unsubscribe, and its time on the clock of `process.hrtime`, in milliseconds. */
  readonly unsubscribed: { readonly model: string; readonly at: number } | undefined;
  /** The broken rules; empty if there are none. */
  readonly complaints: readonly string[];
}

/** A source with an SDK's client, which all streams share. */
type Source = (model: string, options: SourceOptions) => Observable<DeltaEvent>;

export function sourcesOf(url: string): readonly Source[] {
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'none' });
  const messages = [{ role: 'user' as const, content: 'Tell me something' }];
  return [
    (model, options) => fromChatCompletions(openai, { model, messages }, options),
    (model, options) => fromResponses(openai, { model, input: 'Tell me something' }, options),
    (model, options) => fromMessages(anthropic, { model, max_tokens: 100, messages }, options),
  ];
}

export interface StreamOptions {
  readonly seed: number;
  readonly stream: number;
  readonly sources: readonly Source[];
  /** The signal of all streams. */
  readonly signal: AbortSignal;
  /** The handles of all streams. */
  readonly shared: Shared;
  /** Ends the soak: the stream is unsubscribed at once. */
  readonly stop: AbortSignal;
}

/** Runs one stream until it ends or is unsubscribed, and checks every notification. */
export function runStream({ seed, stream, sources, signal, shared, stop }: StreamOptions): Promise<StreamResult> {
  const random = seededRandom(seed, stream, 3);
  const source = sources[stream % sources.length] as Source;
  const plan = planOf(seededRandom(seed, stream, 4));
  const expected = createExpectations(seed, stream, maxRetries, plan);
  const ending = random();
  const own = ending > 0.95 ? new AbortController() : undefined;
  const demand = random() < 0.15 ? createDemand() : undefined;
  const reading = demand ? { demand } : {};

  return new Promise((resolve) => {
    const timers = new Set<NodeJS.Timeout>();
    const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));
    let settlements = 0;
    let over = false;

    function settle(outcome: Outcome, at = now()): void {
      if (over) return expected.complain(`${outcome} after its end`);
      over = true;
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', unsubscribe);
      if (settlements !== 1) expected.complain(`settled ${settlements} times`);
      const { attempt, midway } = expected;
      const unsubscribed = outcome === 'unsubscribed' && midway ? { model: modelOf({ stream, attempt }), at } : undefined;
      resolve({ outcome, unsubscribed, complaints: expected.complaints });
    }

    const limit = timeoutBetweenChunks<DeltaEvent>({ firstMs: silenceMs, betweenMs: silenceMs, ...reading });
    const ask = (): Observable<DeltaEvent> =>
      defer(() => {
        const model = modelOf({ stream, attempt: expected.startRequest() });
        const onResponse = shared.rate.observe;
        return source(model, { signal: own?.signal ?? signal, onResponse, ...reading }).pipe(guard(plan, shared, limit));
      }).pipe(retryStream({ maxRetries, initialDelayMs: 5, maxDelayMs: 50, random }));
    const events$ = joinProviders(plan, ask).pipe(aggregateUsage({ onSettled: () => settlements++ }));

    // A breaker may fail a stream while it is being subscribed, and the consumer may unsubscribe then.
    const subscriber = new Subscriber<DeltaEvent>({
      next(event) {
        if (over) expected.complain(`${event.type} after its end`);
        expected.next(event);
        if (demand && random() < 0.2) {
          demand.pause();
          later(between(random, 0, 30), demand.resume);
        }
        if (ending < 0.1 && random() < 0.1) unsubscribe();
      },
      error(error: unknown) {
        expected.error(error, own?.signal.aborted ?? false);
        settle(isStreamError(error, 'aborted') ? 'aborted' : 'error');
      },
      complete() {
        expected.complete();
        settle('complete');
      },
    });

    function unsubscribe(): void {
      const at = now();
      subscriber.unsubscribe();
      settle('unsubscribed', at);
    }

    if (ending >= 0.1 && ending < 0.3) later(between(random, 0, 120), unsubscribe);
    if (own) later(between(random, 0, 120), () => own.abort());
    later(longestMs, () => {
      expected.complain('does not end');
      unsubscribe();
    });
    stop.addEventListener('abort', unsubscribe, { once: true });
    events$.subscribe(subscriber);
  });
}

/** Milliseconds on a clock that both processes share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
