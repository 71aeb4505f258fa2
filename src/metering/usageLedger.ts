import type { DeltaEvent, FinishReason, RequestUsage, Usage, UsageEvent } from '../events.js';
import { type PromptParts, readPrompt } from './promptParts.js';
import { createRequestTracker, type RequestTracker, type RequestUsages, voidRequests } from './requestUsage.js';
import type { CountTokens } from './tokenCounter.js';
import { createTokenEstimate, type TokenEstimate } from './tokenEstimate.js';
import { completeUsage, settleUsage, subtractUsage, sumUsage } from './usageArithmetic.js';

/** What a stream has used over all its attempts: the figures that the provider reported, and estimates of the others. */
export interface UsageLedger {
  /** Whether any event but pings and resets arrived. */
  readonly begun: boolean;
  push(event: DeltaEvent): void;
  /** The requests of the attempt that runs; none if no event of it arrived. */
  attempt(): readonly RequestUsage[];
  /** All requests and their sum. @param running Whether the stream goes on. @defaultValue false */
  total(running?: boolean): RequestUsages;
}

/** The attempt that runs. */
interface Attempt {
  readonly estimate: TokenEstimate;
  /** Whether any event but pings arrived: a request that was rejected used nothing. */
  arrived: boolean;
  /** Whether the provider ended it, so that its figures are final. */
  whole: boolean;
  reports: AttemptReports;
}

/** The requests of one attempt that have reported usage. */
interface AttemptReports {
  /** The sum of those that stand. */
  readonly usage: Usage | undefined;
  /** Those that lost a race within the attempt. */
  readonly lost: readonly RequestUsage[];
  /** Those that ended at a `step`, and their sum. */
  readonly ended: readonly RequestUsage[];
  readonly endedUsage: Usage | undefined;
  /** The one that runs. */
  readonly running: RequestUsage | undefined;
}

const noReports: AttemptReports = { usage: undefined, lost: [], ended: [], endedUsage: undefined, running: undefined };

const unused = settleUsage(undefined, { inputTokens: undefined, outputTokens: 0, confidence: 'low' });

/** Reasons of a `finish` that we emit ourselves when we end a request before the provider reports its final figures. */
const localReasons: ReadonlySet<FinishReason> = new Set(['aborted', 'budget']);

/**
 * An attempt without a `finish` of the provider settles at the larger of each reported and estimated figure. A usage that is estimated is not
 * the provider's: an operator upstream has settled all attempts, and it is a total.
 */
export function createUsageLedger(countTokens: CountTokens, prompt: unknown): UsageLedger {
  const createEstimate = estimatesOf(countTokens, prompt);
  const tracker = createRequestTracker();
  let attempt = startAttempt();
  /** The requests of earlier attempts after they settled, their sum, and how many of them the tracker has. */
  let settled: RequestUsages | undefined;
  let trackedBefore = 0;
  let upstream: UsageEvent | undefined;
  /** Estimates the input of requests that lost a race. */
  let lostEstimate: TokenEstimate | undefined;

  function startAttempt(): Attempt {
    return { estimate: createEstimate(), arrived: false, whole: false, reports: noReports };
  }

  function settleAttempt(running: boolean): readonly RequestUsage[] {
    if (!attempt.arrived) return [];
    const { estimate, whole, reports } = attempt;
    const used = whole
      ? completeUsage(reports.usage, () => estimate.read(running))
      : settleUsage(reports.usage, estimate.read(running));
    // What the rounds that ended did not report counts into the one that runs.
    const rest = subtractUsage(used, reports.endedUsage);
    const current = reports.running ? { ...reports.running, usage: rest } : tracker.identify(rest);
    if (reports === noReports) return [current];
    return [...reports.lost.map(settleLost), ...reports.ended, current];
  }

  /** A request that lost a race was aborted before its provider reported the final figures; only its input can be estimated. */
  function settleLost(request: RequestUsage): RequestUsage {
    lostEstimate ??= createEstimate();
    return { ...request, usage: settleUsage(request.usage, lostEstimate.read(false)) };
  }

  function startOver(step: number): void {
    const ended = settleAttempt(false);
    if (ended.length > 0 || settled) settled = addRequests(settled, ended, step);
    trackedBefore = tracker.requests.length;
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

  function track(event: DeltaEvent): void {
    if (event.type === 'usage' && event.usage.estimated) return;
    tracker.push(event);
    if (event.type === 'usage' || event.type === 'step') attempt.reports = readReports(tracker, trackedBefore);
  }

  return {
    get begun() {
      return attempt.arrived || settled !== undefined;
    },
    push(event) {
      if (event.type === 'reset') startOver(event.step);
      else pushToAttempt(event);
      track(event);
    },
    attempt: () => settleAttempt(true),
    total(running = false) {
      const current = settleAttempt(running);
      const requests = settled ? [...settled.requests, ...current] : current;
      if (upstream) return mergeUpstream(upstream, requests, attempt.whole, tracker);
      return { usage: sumUsage(current, settled?.usage) ?? unused, requests };
    },
  };
}

/** The prompt is read once, and only if an estimate needs it. */
function estimatesOf(countTokens: CountTokens, prompt: unknown): () => TokenEstimate {
  let parts: PromptParts | undefined;
  return () =>
    createTokenEstimate(countTokens, () => {
      if (prompt !== undefined) parts ??= readPrompt(prompt);
      return parts;
    });
}

function readReports(tracker: RequestTracker, before: number): AttemptReports {
  const requests = tracker.requests.slice(before);
  const standing = requests.filter(({ stands }) => stands);
  const usage = sumUsage(standing);
  const running = tracker.requests.length > tracker.ended ? standing.pop() : undefined;
  const lost = requests.filter(({ stands }) => !stands);
  return { usage, lost, ended: standing, endedUsage: sumUsage(standing), running };
}

function addRequests(before: RequestUsages | undefined, ended: readonly RequestUsage[], resetStep: number): RequestUsages {
  const requests = voidRequests([...(before?.requests ?? []), ...ended], resetStep);
  return { requests, usage: sumUsage(ended, before?.usage) ?? unused };
}

/**
 * The total of an operator upstream, and our own where that is more. What upstream does not list came before it: an operator within a retried
 * source knows of its own attempt only.
 */
function mergeUpstream(
  upstream: UsageEvent,
  own: readonly RequestUsage[],
  whole: boolean,
  tracker: RequestTracker,
): RequestUsages {
  const listed = upstream.requests ?? [tracker.identify(upstream.usage)];
  const isListed = ({ attempt }: RequestUsage): boolean => listed.some((request) => request.attempt === attempt);
  const missing = own.filter((request) => !isListed(request));
  const { inputTokens, outputTokens = 0, confidence } = sumUsage(own.filter(isListed)) ?? unused;
  const estimate = { inputTokens, outputTokens, confidence };
  const usage = whole ? completeUsage(upstream.usage, () => estimate) : settleUsage(upstream.usage, estimate);
  const last = listed.at(-1);
  const before = listed.slice(0, -1);
  const isMore = last !== undefined && !haveSameTokens(usage, upstream.usage);
  const requests = isMore ? [...before, { ...last, usage: subtractUsage(usage, sumUsage(before)) }] : listed;
  return { usage: sumUsage(missing, usage) ?? usage, requests: [...missing, ...requests] };
}

function haveSameTokens(one: Usage, other: Usage): boolean {
  const { inputTokens, outputTokens, totalTokens } = one;
  return inputTokens === other.inputTokens && outputTokens === other.outputTokens && totalTokens === other.totalTokens;
}
