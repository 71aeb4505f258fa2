import { checkOneOf, checkOptions } from '../../kernel/options.js';
import { type Fetch, signalOf } from '../fakes/responseBody.js';
import { cassetteExists, createCassette, readCassette } from './cassetteFile.js';
import { createMatcher } from './matchRequest.js';
import { playExchange } from './playExchange.js';
import { readRequest } from './readRequest.js';
import { recordCassette } from './recordCassette.js';
import { recordExchange } from './recordExchange.js';
import { checkReplayOptions, type ReplayCassetteOptions, replayCassette } from './replayCassette.js';

export interface CassetteOptions extends ReplayCassetteOptions {
  /**
   * `'replay'` sends nothing, `'record'` sends everything and begins the cassette anew, `'auto'` replays what is on the cassette, and sends and adds what is not.
   * @defaultValue 'auto'
   */
  readonly mode?: 'auto' | 'record' | 'replay';
  /** The fetch to record. @defaultValue the global one */
  readonly fetch?: Fetch;
}

/**
 * Replays a cassette, or records it, by its mode: one line in a test that works without a cassette, and ever after without a network.
 *
 * In CI use `'replay'`, so that a request that is not on the cassette fails instead of being sent.
 *
 * @param file The cassette.
 * @returns A fetch for an SDK client.
 * @throws TypeError or RangeError at call time for bad arguments, CassetteError to replay a cassette that is not there.
 * @example new OpenAI({ fetch: cassette('spec/cassettes/answer.jsonl', { mode: process.env.CI ? 'replay' : 'auto' }) })
 */
export function cassette(file: string, options: CassetteOptions = {}): Fetch {
  const { mode = 'auto', fetch = globalThis.fetch, ...replayOptions } = options;
  checkOptions('cassette', options, ['mode', 'fetch', 'speed', 'secrets']);
  checkOneOf('cassette: mode', mode, ['auto', 'record', 'replay']);
  checkReplayOptions('cassette', file, replayOptions);
  const { secrets = [], speed = 0 } = replayOptions;
  if (mode === 'replay') return replayCassette(file, replayOptions);
  if (mode === 'record') return recordCassette(fetch, file, { secrets });

  const exchanges = cassetteExists(file) ? readCassette(file) : [];
  const match = createMatcher(exchanges);
  let last = Math.max(0, ...exchanges.map(({ number }) => number));
  const record = recordExchange(fetch, file, secrets, () => {
    if (last === 0) createCassette(file);
    return ++last;
  });
  return async (input, init) => {
    const { asked } = await readRequest(input, init, secrets);
    const exchange = match(asked);
    return exchange ? playExchange(exchange, speed, signalOf(input, init)) : record(input, init);
  };
}
