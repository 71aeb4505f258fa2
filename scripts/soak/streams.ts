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
/** Longer than a busy machine keeps a lively stream silent. */
const silenceMs = 400;
/** What no stream needs, whatever happens to it. */
const longestMs = 30_000;

export type Outcome = 'complete' | 'error' | 'unsubscribed' | 'aborted';

export interface StreamResult {
  readonly outcome: Outcome;
  /** The request that ran when the consumer left, and when that was, on the clock of `process.hrtime`, in milliseconds. */
  readonly left: { readonly model: string; readonly at: number } | undefined;
  /** What is not as it must be; empty if all is well. */
  readonly complaints: readonly string[];
}

/** The sources through the SDKs' own clients, which all streams share. */
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
  /** What all streams listen to. */
  readonly signal: AbortSignal;
  /** What they wait for, and what they are refused by. */
  readonly shared: Shared;
  /** Ends the soak: the stream is left at once. */
  readonly stop: AbortSignal;
}

/** Runs one stream to its end, which may be that its consumer leaves, and checks all that it says. */
export function runStream({ seed, stream, sources, signal, shared, stop }: StreamOptions): Promise<StreamResult> {
  const random = seededRandom(seed, stream, 3);
  const source = sources[stream % sources.length] as Source;
  const plan = planOf(seededRandom(seed, stream, 4));
  const expected = createExpectations(seed, stream, maxRetries, plan);
  const leaving = random();
  const own = leaving > 0.95 ? new AbortController() : undefined;
  const demand = random() < 0.15 ? createDemand() : undefined;
  const reading = demand ? { demand } : {};

  return new Promise((resolve) => {
    const timers = new Set<NodeJS.Timeout>();
    const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));
    let settlements = 0;
    let over = false;

    function end(outcome: Outcome, at = now()): void {
      if (over) return expected.complain(`${outcome} after its end`);
      over = true;
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', leave);
      if (settlements !== 1) expected.complain(`settled ${settlements} times`);
      const { attempt, midway } = expected;
      const left = outcome === 'unsubscribed' && midway ? { model: modelOf({ stream, attempt }), at } : undefined;
      resolve({ outcome, left, complaints: expected.complaints });
    }

    const limit = timeoutBetweenChunks<DeltaEvent>({ firstMs: silenceMs, betweenMs: silenceMs, ...reading });
    const ask = (): Observable<DeltaEvent> =>
      defer(() => {
        const model = modelOf({ stream, attempt: expected.begin() });
        const onResponse = shared.rate.observe;
        return source(model, { signal: own?.signal ?? signal, onResponse, ...reading }).pipe(guard(plan, shared, limit));
      }).pipe(retryStream({ maxRetries, initialDelayMs: 5, maxDelayMs: 50, random }));
    const events$ = joinProviders(plan, ask).pipe(aggregateUsage({ onSettled: () => settlements++ }));

    // A breaker may refuse a stream while it is being subscribed, and its consumer leave then.
    const subscriber = new Subscriber<DeltaEvent>({
      next(event) {
        if (over) expected.complain(`${event.type} after its end`);
        expected.take(event);
        if (demand && random() < 0.2) {
          demand.pause();
          later(between(random, 0, 30), demand.resume);
        }
        if (leaving < 0.1 && random() < 0.1) leave();
      },
      error(error: unknown) {
        expected.error(error, own?.signal.aborted ?? false);
        end(isStreamError(error, 'aborted') ? 'aborted' : 'error');
      },
      complete() {
        expected.complete();
        end('complete');
      },
    });

    function leave(): void {
      const at = now();
      subscriber.unsubscribe();
      end('unsubscribed', at);
    }

    if (leaving >= 0.1 && leaving < 0.3) later(between(random, 0, 120), leave);
    if (own) later(between(random, 0, 120), () => own.abort());
    later(longestMs, () => {
      expected.complain('does not end');
      leave();
    });
    stop.addEventListener('abort', leave, { once: true });
    events$.subscribe(subscriber);
  });
}

/** Milliseconds on a clock that both processes have. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
