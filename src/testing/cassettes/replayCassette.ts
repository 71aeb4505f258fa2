import { checkNotNegative, checkOptions } from '../../kernel/options.js';
import { type Fetch, signalOf } from '../fakes/responseBody.js';
import { readCassette } from './cassetteFile.js';
import { createMatcher, noMatch } from './matchRequest.js';
import { playExchange } from './playExchange.js';
import { readRequest } from './readRequest.js';
import { checkFile, checkSecrets } from './recordExchange.js';

export interface ReplayCassetteOptions {
  /**
   * How fast: 1 as recorded, 2 twice as fast, 0 at once. Time is RxJS's, so in {@link virtualTime} 1 takes none.
   * @defaultValue 0
   */
  readonly speed?: number;
  /** The secrets that it was recorded with: what is asked for is compared without them. @defaultValue none */
  readonly secrets?: readonly string[];
}

/**
 * Replays a cassette: a `fetch` for an SDK client that answers with the recorded bytes, at the recorded chunk boundaries, and as it ended.
 *
 *     recorded    r--[ab]---[c]-[def]|
 *     speed 1     r--[ab]---[c]-[def]|
 *     speed 0     (r[ab][c][def]|)
 *
 * A request matches by method, path, query and body, wherever the server is; what was redacted may be anything. Equal requests get their answers in the order recorded; after the last one, that one
 * again. The fetch rejects with a {@link CassetteError} that shows the nearest one if none matches; a source emits that very error.
 *
 * @param file The cassette.
 * @returns A fetch that sends nothing.
 * @throws TypeError or RangeError at call time for bad arguments, CassetteError if there is no such cassette.
 * @example fromChatCompletions(new OpenAI({ apiKey: 'none', fetch: replayCassette('spec/cassettes/answer.jsonl') }), params)
 */
export function replayCassette(file: string, options: ReplayCassetteOptions = {}): Fetch {
  checkReplayOptions('replayCassette', file, options);
  const exchanges = readCassette(file);
  const match = createMatcher(exchanges);
  return async (input, init) => {
    const request = await readRequest(input, init, options.secrets ?? []);
    const exchange = match(request.asked);
    if (!exchange) throw noMatch(file, request, exchanges);
    return playExchange(exchange, options.speed ?? 0, signalOf(input, init));
  };
}

/** @throws TypeError or RangeError. */
export function checkReplayOptions(name: string, file: string, { speed, ...others }: ReplayCassetteOptions): void {
  checkOptions(name, others, ['secrets']);
  checkFile(name, file);
  checkSecrets(name, others.secrets);
  checkNotNegative(`${name}: speed`, speed);
}
