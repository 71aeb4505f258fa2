import type { DeltaEvent, FinishReason, Usage } from '../events.js';
import { promptTexts } from './promptTexts.js';
import type { CountTokens } from './tokenCounter.js';
import { createTokenEstimate } from './tokenEstimate.js';
import { addUsage, completeUsage, settleUsage, subtractUsage } from './usage.js';

/** The books of one stream over all its attempts. */
export interface UsageLedger {
  /** Whether anything but pings and resets arrived. */
  readonly begun: boolean;
  push(event: DeltaEvent): void;
  /** What the attempt that runs has used; `undefined` if nothing arrived. */
  attempt(): Usage | undefined;
  /** What all attempts used. @param running Whether the stream goes on. @defaultValue false */
  total(running?: boolean): Usage;
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

  function settle(running: boolean): Usage {
    const own = told && subtractUsage(told, toldEarlier);
    return whole ? completeUsage(own, () => estimate.read(running)) : settleUsage(own, estimate.read(running));
  }

  function repeat(): void {
    if (arrived) earlier = addUsage(earlier, settle(false));
    toldEarlier = told ?? toldEarlier;
    told = undefined;
    estimate = createTokenEstimate(countTokens, promptOnce);
    arrived = false;
    whole = false;
  }

  return {
    get begun() {
      return arrived || earlier !== undefined;
    },
    push(event) {
      switch (event.type) {
        case 'ping':
          return;
        case 'reset':
          return repeat();
        case 'usage':
          settledUpstream = event.usage.estimated ? event.usage : undefined;
          told = settledUpstream ? told : event.usage;
          break;
        case 'finish':
          if (ourOwnReasons.has(event.reason)) return;
          whole = true;
          break;
        default:
          estimate.push(event);
      }
      arrived = true;
    },
    attempt: () => (arrived ? settle(true) : undefined),
    total(running = false) {
      const own = arrived ? addUsage(earlier, settle(running)) : (earlier ?? unused);
      if (!settledUpstream) return own;
      const { inputTokens, outputTokens = 0, confidence } = own;
      const estimated = { inputTokens, outputTokens, confidence };
      return whole ? completeUsage(settledUpstream, () => estimated) : settleUsage(settledUpstream, estimated);
    },
  };
}
