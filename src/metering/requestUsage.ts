import type { DeltaEvent, Usage } from '../events.js';
import { addUsage, subtractUsage } from './usageArithmetic.js';

/** What one request of a stream used: a price and its tiers are for one request, whatever the stream adds up. */
export interface RequestUsage {
  readonly usage: Usage;
  readonly model: string | undefined;
  readonly provider: string | undefined;
  /** How many times the whole answer had been begun again; -1 if it is no part of the answer. */
  readonly answer: number;
}

/** Who answers the request that runs. */
export interface Asked {
  push(event: DeltaEvent): void;
  readonly answer: number;
  name(usage: Usage): RequestUsage;
}

export function createAsked(): Asked {
  let model: string | undefined;
  let provider: string | undefined;
  let answer = 0;
  return {
    get answer() {
      return answer;
    },
    push(event) {
      if (event.type === 'start') ({ model, provider } = event);
      else if (event.type === 'step') model = event.model ?? model;
      else if (event.type === 'reset' && event.step === 0) answer++;
    },
    name: (usage) => ({ usage, model, provider, answer }),
  };
}

/** Only who added a usage up knows what of; the sum itself stays plain data. */
const parts = new WeakMap<Usage, readonly RequestUsage[]>();

/** Tells the operators after this one what a usage is the sum of. */
export function noteParts(sum: Usage, requests: readonly RequestUsage[]): Usage {
  parts.set(sum, requests);
  return sum;
}

/** A restated sum has the parts of the one it was made of, as long as it tells of no more tokens. */
export function passParts(from: Usage, to: Usage): Usage {
  const requests = parts.get(from);
  const same = from.inputTokens === to.inputTokens && from.outputTokens === to.outputTokens;
  return requests && same ? noteParts({ ...to }, requests) : to;
}

/** Requests within a usage that no event of its stream names, because another one's answer was taken. */
const losers = new WeakMap<Usage, readonly RequestUsage[]>();

/** Tells the operators after this one which requests lost, and are a part of a usage. */
export function noteLosers(sum: Usage, requests: readonly RequestUsage[]): Usage {
  if (requests.length > 0) losers.set(sum, requests);
  return sum;
}

export function losersOf(usage: Usage): readonly RequestUsage[] {
  return losers.get(usage) ?? [];
}

/** Adds what was used before to the later figures of the stream. */
export function addEarlier(earlier: Usage, usage: Usage): Usage {
  return noteLosers(addUsage(earlier, usage), losersOf(usage));
}

/** Tells the requests of a stream apart, by its cumulative figures: a `reset` and a `step` begin another. */
export interface RequestTracker {
  push(event: DeltaEvent): void;
  /** Which answer runs, as {@link RequestUsage.answer}. */
  readonly answer: number;
  /** What each request used, by a usage of the stream: those that ended, and the one that runs. */
  split(usage: Usage): readonly RequestUsage[];
}

export function createRequestTracker(): RequestTracker {
  const asked = createAsked();
  const ended: RequestUsage[] = [];
  let told: Usage | undefined;
  /** What of it the requests that ended have used. */
  let settled: Usage | undefined;

  function enter(usage: Usage): void {
    for (const loser of losersOf(usage)) {
      if (ended.includes(loser)) continue;
      ended.push(loser);
      settled = addUsage(settled, loser.usage);
    }
    told = usage;
  }

  function end(): void {
    if (told !== undefined && told !== settled) ended.push(asked.name(subtractUsage(told, settled)));
    settled = told;
  }

  return {
    get answer() {
      return asked.answer;
    },
    push(event) {
      if (event.type === 'usage') enter(event.usage);
      else if (event.type === 'step' || event.type === 'reset') end();
      asked.push(event);
    },
    split: (usage) => parts.get(usage) ?? [...ended, asked.name(subtractUsage(usage, settled))],
  };
}
