import { checkDemand, type Demand } from '../handles/createDemand.js';
import { checkFunction, checkOneOf, checkPositive, type OptionChecks } from '../kernel/options.js';

/** How a stream is produced into a store. */
export interface DurableOptions {
  /**
   * How long the producer may be silent towards the store before it counts as dead, in milliseconds: readers end within a second after that.
   * @defaultValue 15,000
   */
  readonly leaseMs?: number | undefined;
  /** How long the log is kept after its last entry, in milliseconds. @defaultValue 86,400,000, a day */
  readonly retentionMs?: number | undefined;
  /**
   * What to do where the producer of the stream was lost, and no reader has ended the stream yet: end it with `producer_lost` (`'fail'`), or ask
   * again, which costs money (`'reset'`): a `reset` voids what the lost producer wrote. @defaultValue 'fail'
   */
  readonly onLost?: 'fail' | 'reset' | undefined;
  /** The handle that the source was given, by which a slow store holds the provider back. @defaultValue none */
  readonly demand?: Demand | undefined;
  /**
   * How much may wait for a slow store, in characters; above it the stream emits a `LimitError`. @defaultValue 16,777,216
   */
  readonly maxPendingChars?: number | undefined;
  /** Is called once for each stream that this call produced, when nothing of it runs any more. @defaultValue none */
  readonly onSettled?: ((settlement: StreamSettlement) => void) | undefined;
  /**
   * Is given a promise for each subscription, which resolves when this process has nothing more to do for the stream: the `waitUntil` of a
   * serverless platform. It never rejects. @defaultValue none
   */
  readonly waitUntil?: ((promise: Promise<void>) => void) | undefined;
}

/** How the production of a stream ended. */
export interface StreamSettlement {
  readonly id: string;
  readonly epoch: number;
  /**
   * `complete` and `error` as the source ended, `error` also where the store failed; `cancel`, by `StreamStore.cancel`; `fenced`: another
   * producer has taken the stream over.
   */
  readonly outcome: 'complete' | 'error' | 'cancel' | 'fenced';
  /** The error of the source, or of the store. */
  readonly error: unknown;
}

export const defaultLeaseMs = 15_000;
export const defaultRetentionMs: number = 24 * 60 * 60 * 1_000;
export const defaultMaxPendingChars: number = 2 ** 24;

export const durableChecks: OptionChecks<DurableOptions> = {
  leaseMs: checkPositive,
  retentionMs: checkPositive,
  onLost: (name, value) => checkOneOf(name, value, ['fail', 'reset']),
  demand: checkDemand,
  maxPendingChars: checkPositive,
  onSettled: checkFunction,
  waitUntil: checkFunction,
};
