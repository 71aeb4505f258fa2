import type { DeltaEvent, FinishReason, RequestUsage, Usage, UsageEvent } from '../events.js';
import { promptTexts } from './promptTexts.js';
import { createRequestTracker, type RequestUsages, voidRequests } from './requestUsage.js';
import type { CountTokens } from './tokenCounter.js';
import { createTokenEstimate, type TokenEstimate } from './tokenEstimate.js';
import { completeUsage, settleUsage, subtractUsage, sumUsage } from './usageArithmetic.js';

/** What a stream has used over all its attempts: what the provider reported, and estimates of the rest. */
export interface UsageLedger {
  /** Whether any event but pings and resets arrived. */
  readonly begun: boolean;
  push(event: DeltaEvent): void;
  /** The requests of the attempt that runs; none if nothing arrived. */
  attempt(): readonly RequestUsage[];
  /** All requests and their sum. @param running Whether the stream goes on. @defaultValue false */
  total(running?: boolean): RequestUsages;
}

interface Attempt {
  readonly estimate: TokenEstimate;
  /** Whether any event but pings arrived: a request that was refused used nothing. */
  arrived: boolean;
  /** Whether the provider ended it, so that its figures are the last ones. */
  whole: boolean;
}

const unused = settleUsage(undefined, { inputTokens: undefined, outputTokens: 0, confidence: 'low' });

/** We emit these ourselves where we end the request before the provider reports what it used. */
const localReasons: ReadonlySet<FinishReason> = new Set(['aborted', 'budget']);

/**
 * An attempt whose end the provider did not report settles at the larger of its figures and the estimate. A usage that is estimated is not
 * the provider's: an operator upstream has settled all attempts, and it is a total.
 */
export function createUsageLedger(countTokens: CountTokens, prompt: unknown): UsageLedger {
  let texts: readonly string[] | undefined;

  function promptOnce(): readonly string[] | undefined {
    if (prompt !== undefined) texts ??= promptTexts(prompt);
    return texts;
  }

  const reported = createRequestTracker();
  let attempt = startAttempt();
  /** The requests of the attempts before this one as they settled, and how many had been reported by then. */
  let settled: readonly RequestUsage[] = [];
  let settledUsage: Usage | undefined;
  let reportedBefore = 0;
  let upstream: UsageEvent | undefined;
  let lostEstimate: TokenEstimate | undefined;

  function startAttempt(): Attempt {
    return { estimate: createTokenEstimate(countTokens, promptOnce), arrived: false, whole: false };
  }

  function settleAttempt(running: boolean): readonly RequestUsage[] {
    if (!attempt.arrived) return [];
    const requests = reported.requests.slice(reportedBefore);
    const lost = requests.filter(({ stands }) => !stands).map(settleLost);
    const own = requests.filter(({ stands }) => stands);
    const used = settle(sumUsage(own), running);
    // What the rounds that ended did not report counts into the one that runs.
    const last = reported.requests.length > reported.ended ? own.pop() : undefined;
    const rest = subtractUsage(used, sumUsage(own));
    return [...lost, ...own, last ? { ...last, usage: rest } : reported.identify(rest)];
  }

  function settle(usage: Usage | undefined, running: boolean): Usage {
    const { estimate, whole } = attempt;
    return whole ? completeUsage(usage, () => estimate.read(running)) : settleUsage(usage, estimate.read(running));
  }

  /** A request that lost a race was aborted before its provider reported the last figures; only its input can be estimated. */
  function settleLost(request: RequestUsage): RequestUsage {
    lostEstimate ??= createTokenEstimate(countTokens, promptOnce);
    return { ...request, usage: settleUsage(request.usage, lostEstimate.read(false)) };
  }

  function startOver(step: number): void {
    const ended = settleAttempt(false);
    settled = voidRequests([...settled, ...ended], step);
    settledUsage = sumUsage(ended, settledUsage);
    reportedBefore = reported.requests.length;
    attempt = startAttempt();
  }

  function pushToAttempt(event: DeltaEvent): void {
    switch (event.type) {
      case 'ping':
        return;
      case 'usage':
        upstream = event.usage.estimated ? event : undefined;
        break;
      case 'finish':
        if (localReasons.has(event.reason)) return;
        attempt.whole = true;
        break;
      default:
        attempt.estimate.push(event);
    }
    attempt.arrived = true;
  }

  /** The total of an operator upstream, and what we counted ourselves where that is more. */
  function mergeUpstream({ usage, requests }: UsageEvent, { inputTokens, outputTokens = 0, confidence }: Usage): RequestUsages {
    const estimate = { inputTokens, outputTokens, confidence };
    const merged = attempt.whole ? completeUsage(usage, () => estimate) : settleUsage(usage, estimate);
    const listed = requests ?? [reported.identify(usage)];
    const last = listed.at(-1);
    if (!last || sameTokens(usage, merged)) return { usage: merged, requests: listed };
    const before = listed.slice(0, -1);
    return { usage: merged, requests: [...before, { ...last, usage: subtractUsage(merged, sumUsage(before)) }] };
  }

  return {
    get begun() {
      return attempt.arrived || settled.length > 0;
    },
    push(event) {
      if (event.type === 'reset') startOver(event.step);
      else pushToAttempt(event);
      if (event.type !== 'usage' || !event.usage.estimated) reported.push(event);
    },
    attempt: () => settleAttempt(true),
    total(running = false) {
      const current = settleAttempt(running);
      const requests = settled.length === 0 ? current : [...settled, ...current];
      const usage = sumUsage(current, settledUsage) ?? unused;
      return upstream ? mergeUpstream(upstream, usage) : { usage, requests };
    },
  };
}

function sameTokens(left: Usage, right: Usage): boolean {
  const { inputTokens, outputTokens, totalTokens } = left;
  return inputTokens === right.inputTokens && outputTokens === right.outputTokens && totalTokens === right.totalTokens;
}
