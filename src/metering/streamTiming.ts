import { asyncScheduler } from 'rxjs';
import type { DeltaEvent, Timing } from '../events.js';
import { isDelta, writtenText } from '../message/deltas.js';
import { createStepMarks } from '../message/stepMarks.js';
import { createMedian } from './median.js';
import { createRequestTracker } from './requestUsage.js';
import { sumUsage } from './usageArithmetic.js';

/** Measures a stream from its subscription on, with constant work per event. */
export interface StreamTiming {
  push(event: DeltaEvent): void;
  read(): Timing;
}

/** @param onGap Called with each time between two deltas, in milliseconds. @defaultValue no call */
export function createStreamTiming(onGap: (milliseconds: number) => void = () => undefined): StreamTiming {
  const subscribedAt = asyncScheduler.now();
  const tracker = createRequestTracker();
  let answer = createAnswerTiming(subscribedAt, onGap);

  /** Those of the answer that stands; unknown if one of its requests has not reported them. */
  function outputTokens(): number | undefined {
    const standing = tracker.requests.filter(({ stands }) => stands);
    if (standing.some(({ usage }) => usage.outputTokens === undefined)) return undefined;
    return sumUsage(standing)?.outputTokens;
  }

  return {
    push(event) {
      tracker.push(event);
      if (event.type === 'reset' && event.step === 0) answer = createAnswerTiming(asyncScheduler.now() + event.delayMs, onGap);
      else answer.push(event);
    },
    read() {
      const { firstDeltaAt, startedAt, deltas, characters, medianDeltaMs, maxDeltaMs } = answer.read();
      const now = asyncScheduler.now();
      const seconds = Math.max(0, now - startedAt) / 1_000;
      const tokens = outputTokens();
      return {
        firstDeltaMs: firstDeltaAt === undefined ? undefined : Math.max(0, firstDeltaAt - subscribedAt),
        totalMs: Math.max(0, now - subscribedAt),
        deltas,
        charactersPerSecond: seconds > 0 ? characters / seconds : undefined,
        tokensPerSecond: seconds > 0 && tokens !== undefined ? tokens / seconds : undefined,
        medianDeltaMs,
        maxDeltaMs,
      };
    },
  };
}

interface AnswerTiming {
  push(event: DeltaEvent): void;
  read(): Pick<Timing, 'deltas' | 'medianDeltaMs' | 'maxDeltaMs'> & {
    readonly startedAt: number;
    readonly firstDeltaAt: number | undefined;
    readonly characters: number;
  };
}

/** Measures one whole answer; a `reset` of step 0 starts another. */
function createAnswerTiming(startedAt: number, onGap: (milliseconds: number) => void): AnswerTiming {
  const marks = createStepMarks({ deltas: 0, characters: 0 });
  const median = createMedian();
  let deltas = 0;
  let characters = 0;
  let firstDeltaAt: number | undefined;
  /** When the last delta arrived; undefined after a `step` or a `reset`, because their wait is not a gap between deltas. */
  let lastAt: number | undefined;
  let maxDeltaMs: number | undefined;

  function countDelta(event: DeltaEvent): void {
    const now = asyncScheduler.now();
    firstDeltaAt ??= now;
    if (lastAt !== undefined) {
      const gap = Math.max(0, now - lastAt);
      median.push(gap);
      onGap(gap);
      maxDeltaMs = Math.max(maxDeltaMs ?? 0, gap);
    }
    lastAt = now;
    deltas++;
    characters += writtenText(event).length;
  }

  return {
    push(event) {
      if (isDelta(event)) return countDelta(event);
      if (event.type === 'step') marks.set(event.step, { deltas, characters });
      else if (event.type === 'reset') ({ deltas, characters } = marks.rewind(event.step) ?? { deltas, characters });
      else return;
      lastAt = undefined;
    },
    read: () => ({ startedAt, firstDeltaAt, deltas, characters, medianDeltaMs: median.read(), maxDeltaMs }),
  };
}
