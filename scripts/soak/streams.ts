import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { defer, type Observable } from 'rxjs';
import {
  aggregateUsage,
  createDemand,
  type DeltaEvent,
  isStreamError,
  RetryExhaustedError,
  retryStream,
  timeoutBetweenChunks,
} from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { fromChatCompletions, fromResponses, type SourceOptions } from 'rxllm/openai';
import { answerOf, faultOf, kindOf, modelOf } from './faults.js';
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
  readonly shared: AbortSignal;
  /** Ends the soak: the stream is left at once. */
  readonly stop: AbortSignal;
}

/** Runs one stream to its end, which may be that its consumer leaves, and checks all that it said. */
export function runStream({ seed, stream, sources, shared, stop }: StreamOptions): Promise<StreamResult> {
  const random = seededRandom(seed, stream, 3);
  const source = sources[stream % sources.length] as Source;
  const leaving = random();
  const own = new AbortController();
  const aborts = leaving > 0.95;
  const demand = random() < 0.15 ? createDemand() : undefined;
  const options: SourceOptions = { signal: aborts ? own.signal : shared, ...(demand && { demand }) };

  return new Promise((resolve) => {
    const complaints: string[] = [];
    const timers = new Set<NodeJS.Timeout>();
    let attempt = -1;
    let text = '';
    let resets = 0;
    let last: DeltaEvent['type'] | undefined;
    let settlements = 0;
    let over = false;

    const complain = (complaint: string): void => void complaints.push(`stream ${stream}: ${complaint}`);
    const later = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));

    function end(outcome: Outcome, at = now()): void {
      if (over) return complain(`${outcome} after its end`);
      over = true;
      for (const timer of timers) clearTimeout(timer);
      stop.removeEventListener('abort', leave);
      if (settlements !== 1) complain(`settled ${settlements} times`);
      const left =
        outcome === 'unsubscribed' && attempt >= 0 && last !== 'finish' ? { model: modelOf({ stream, attempt }), at } : undefined;
      resolve({ outcome, left, complaints });
    }

    /** A silence may also be the machine's. */
    function checkKind(kind: string, attempt: number): void {
      const fault = faultOf(seed, { stream, attempt });
      if (kind !== kindOf(fault) && kind !== 'timeout') complain(`${kind} where the fault is "${fault}"`);
    }

    function checkComplete(): void {
      const fault = faultOf(seed, { stream, attempt });
      if (kindOf(fault) !== undefined) complain(`success where the fault is "${fault}"`);
      if (text !== answerOf(seed, stream).join('')) complain(`a wrong text: ${JSON.stringify(text)}`);
      if (last !== 'finish') complain(`complete after ${last}`);
    }

    function checkError(error: unknown): void {
      if (!isStreamError(error)) return complain(`${String(error)} is no StreamError`);
      if (error.partial === undefined) complain('an error without what was said');
      if (error.kind === 'aborted') return own.signal.aborted ? undefined : complain('aborted by nobody');
      if (!(error instanceof RetryExhaustedError)) {
        return error.retryable ? complain('not repeated') : checkKind(error.kind, attempt);
      }
      if (resets !== maxRetries) complain(`gave up after ${resets} repeats`);
      error.errors.forEach((each, index) => checkKind(isStreamError(each) ? each.kind : String(each), index));
    }

    function take(event: DeltaEvent): void {
      if (over) complain(`${event.type} after its end`);
      if (last === 'finish') complain(`${event.type} after finish`);
      if (event.type === 'finish' && last !== 'usage') complain(`finish after ${last}`);
      last = event.type;
      if (event.type === 'text-delta') text += event.text;
      if (event.type !== 'reset') return;
      text = '';
      resets++;
      checkKind(event.error.kind, event.attempt - 2);
      if (event.attempt - 2 !== attempt) complain(`reset ${event.attempt} after request ${attempt + 1}`);
    }

    const events$ = defer(() => source(modelOf({ stream, attempt: ++attempt }), options)).pipe(
      timeoutBetweenChunks({ firstMs: silenceMs, betweenMs: silenceMs, ...(demand && { demand }) }),
      retryStream({ maxRetries, initialDelayMs: 5, maxDelayMs: 50, random }),
      aggregateUsage({ onSettled: () => settlements++ }),
    );

    const subscription = events$.subscribe({
      next(event) {
        take(event);
        if (demand && random() < 0.2) {
          demand.pause();
          later(between(random, 0, 30), demand.resume);
        }
        if (leaving < 0.1 && random() < 0.1) leave();
      },
      error(error: unknown) {
        checkError(error);
        end(own.signal.aborted && isStreamError(error, 'aborted') ? 'aborted' : 'error');
      },
      complete() {
        checkComplete();
        end('complete');
      },
    });

    function leave(): void {
      const at = now();
      subscription.unsubscribe();
      end('unsubscribed', at);
    }

    if (leaving >= 0.1 && leaving < 0.3) later(between(random, 0, 120), leave);
    if (aborts) later(between(random, 0, 120), () => own.abort());
    later(longestMs, () => {
      complain(`does not end, in "${faultOf(seed, { stream, attempt })}"`);
      leave();
    });
    stop.addEventListener('abort', leave, { once: true });
  });
}

const now = (): number => Number(process.hrtime.bigint()) / 1e6;
