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
   * `'replay'` sends nothing, `'record'` sends every request and overwrites the cassette, `'auto'` replays the recorded requests and records the
   * others.
   * @defaultValue 'auto'
   */
  readonly mode?: 'auto' | 'record' | 'replay';
  /** The fetch that sends requests. @defaultValue the global `fetch` */
  readonly fetch?: Fetch;
}

/**
 * Replays or records a cassette, depending on its mode: by default the first run of a test records, and later runs need no network.
 *
 * In CI use `'replay'`, so that a request that is not on the cassette fails instead of being sent.
 *
 * @param file Path of the cassette.
 * @returns A fetch for an SDK client.
 * @throws TypeError or RangeError at call time for bad arguments, CassetteError for a cassette that cannot be read.
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
    const { compared } = await readRequest(input, init, secrets);
    const exchange = match(compared);
    return exchange ? playExchange(exchange, speed, signalOf(input, init)) : record(input, init);
  };
}
