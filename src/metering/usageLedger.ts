import type { DeltaEvent, FinishReason, Usage } from '../events.js';
import { promptTexts } from './promptTexts.js';
import { createAsked, losersOf, noteParts, passParts, type RequestUsage } from './requestUsage.js';
import type { CountTokens } from './tokenCounter.js';
import { createTokenEstimate } from './tokenEstimate.js';
import { addUsage, completeUsage, settleUsage, subtractUsage } from './usageArithmetic.js';

/** The books of one stream over all its attempts. */
export interface UsageLedger {
  /** Whether anything but pings and resets arrived. */
  readonly begun: boolean;
  push(event: DeltaEvent): void;
  /** What the attempt that runs has used; `undefined` if nothing arrived. */
  attempt(): Usage | undefined;
  /** What all attempts used. @param running Whether the stream goes on. @defaultValue false */
  total(running?: boolean): Usage;
  /** The total, which the operators after this one can take apart into requests. */
  statement(running?: boolean): Usage;
}

const unused = settleUsage(undefined, { inputTokens: undefined, outputTokens: 0, confidence: 'low' });

/** We say these ourselves, where we end the request before the provider tells what it used. */
const ourOwnReasons: ReadonlySet<FinishReason> = new Set(['aborted', 'budget']);

/**
 * The provider's figures are cumulative over the stream: an attempt's own are what they grew by. An attempt whose end the provider did not
 * tell settles at the larger of its figures and the estimate. One in which nothing arrived, because the request was refused, used nothing.
 * Figures that are estimated are not the provider's: an operator upstream has settled all attempts, and they are a total.
 */
export function createUsageLedger(countTokens: CountTokens, prompt: unknown): UsageLedger {
  let texts: readonly string[] | undefined;

  function promptOnce(): readonly string[] | undefined {
    if (prompt !== undefined) texts ??= promptTexts(prompt);
    return texts;
  }

  /** What the attempts before this one used, and what the provider had told of it. */
  let earlier: Usage | undefined;
  let toldEarlier: Usage | undefined;
  /** The attempt that runs. */
  let told: Usage | undefined;
  let settledUpstream: Usage | undefined;
  let estimate = createTokenEstimate(countTokens, promptOnce);
  let arrived = false;
  let whole = false;
  /** The requests that ended, and what of the attempt that runs the rounds of its tool loop have used. */
  const asked = createAsked();
  const requests: RequestUsage[] = [];
  let rounds: Usage | undefined;
  const losers = new Set<RequestUsage>();

  function settle(running: boolean): Usage {
    const own = told && subtractUsage(told, toldEarlier);
    return whole ? completeUsage(own, () => estimate.read(running)) : settleUsage(own, estimate.read(running));
  }

  /** Where the provider has told nothing of a round, it counts into the next one. */
  function endRound(): void {
    if (told === undefined) return;
    const own = subtractUsage(subtractUsage(told, toldEarlier), rounds);
    requests.push(asked.name(own));
    rounds = addUsage(rounds, own);
  }

  /** A request that lost ended without its provider's last figures; every later usage includes what it told. */
  function enterLosers(usage: Usage): void {
    for (const loser of losersOf(usage)) {
      if (losers.has(loser)) continue;
      losers.add(loser);
      const used = settleUsage(loser.usage, createTokenEstimate(countTokens, promptOnce).read(false));
      earlier = addUsage(earlier, used);
      toldEarlier = addUsage(toldEarlier, loser.usage);
      requests.push({ ...loser, usage: used });
    }
  }

  function repeat(): void {
    if (arrived) {
      const used = settle(false);
      earlier = addUsage(earlier, used);
      requests.push(asked.name(subtractUsage(used, rounds)));
    }
    toldEarlier = told ?? toldEarlier;
    told = undefined;
    rounds = undefined;
    estimate = createTokenEstimate(countTokens, promptOnce);
    arrived = false;
    whole = false;
  }

  function take(event: DeltaEvent): void {
    switch (event.type) {
      case 'ping':
        return;
      case 'reset':
        return repeat();
      case 'step':
        endRound();
        break;
      case 'usage':
        settledUpstream = event.usage.estimated ? event.usage : undefined;
        told = settledUpstream ? told : event.usage;
        enterLosers(event.usage);
        break;
      case 'finish':
        if (ourOwnReasons.has(event.reason)) return;
        whole = true;
        break;
      default:
        estimate.push(event);
    }
    arrived = true;
  }

  return {
    get begun() {
      return arrived || earlier !== undefined;
    },
    push(event) {
      take(event);
      asked.push(event);
    },
    attempt: () => (arrived ? settle(true) : undefined),
    total: (running = false) => totalOf(arrived ? settle(running) : undefined),
    statement(running = false) {
      const used = arrived ? settle(running) : undefined;
      const total = totalOf(used);
      if (settledUpstream) return passParts(settledUpstream, total);
      return noteParts({ ...total }, used ? [...requests, asked.name(subtractUsage(used, rounds))] : [...requests]);
    },
  };

  function totalOf(used: Usage | undefined): Usage {
    const own = used ? addUsage(earlier, used) : (earlier ?? unused);
    return settledUpstream ? mergeSettled(settledUpstream, own) : own;
  }

  /** The total of an operator upstream, and what we counted ourselves where that is more. */
  function mergeSettled(settled: Usage, { inputTokens, outputTokens = 0, confidence }: Usage): Usage {
    const estimated = { inputTokens, outputTokens, confidence };
    return whole ? completeUsage(settled, () => estimated) : settleUsage(settled, estimated);
  }
}
