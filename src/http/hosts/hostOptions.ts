import { checkDemand, type Demand } from '../../handles/createDemand.js';
import { checkSignal } from '../../kernel/callerAbort.js';
import { checkEach, checkPositive } from '../../kernel/options.js';
import { checkWire } from '../wires/checkWire.js';
import type { Wire } from '../wires/wire.js';

/** How a stream is sent. */
export interface HostOptions {
  /** The protocol by which the events cross. */
  readonly wire: Wire;
  /** Ends the stream and the provider's request when it aborts, for instance the `signal` of the request. @defaultValue none */
  readonly signal?: AbortSignal | undefined;
  /** After this silence a comment is sent, so that no proxy closes the connection, in milliseconds. @defaultValue 15,000 */
  readonly keepAliveMs?: number | undefined;
  /** The handle that the source was given, by which a slow client holds the provider back. @defaultValue none */
  readonly demand?: Demand | undefined;
  /**
   * How much is held for a client that reads slowly, in bytes of ASCII text, where no `demand` is given. The stream then ends with a
   * `LimitError`. @defaultValue 16 MiB
   */
  readonly maxBufferedBytes?: number | undefined;
}

export const defaultKeepAliveMs = 15_000;
export const defaultMaxBufferedBytes: number = 16 * 1024 * 1024;

/** @throws TypeError, RangeError */
export function checkHostOptions(host: string, options: HostOptions): void {
  checkEach(host, options, {
    wire: checkWire,
    signal: checkSignal,
    keepAliveMs: checkPositive,
    demand: checkDemand,
    maxBufferedBytes: checkPositive,
  });
}

/** The head of a response: what proxies need that must neither hold back nor change what they pass on. */
export function streamHeaders({ headers }: Wire): Record<string, string> {
  return {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  };
}
