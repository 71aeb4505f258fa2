import { checkNotNegative, checkOptions } from '../../kernel/options.js';
import { type Fetch, signalOf } from '../fakes/responseBody.js';
import { readCassette } from './cassetteFile.js';
import { createMatcher, noMatch } from './matchRequest.js';
import { playExchange } from './playExchange.js';
import { readRequest } from './readRequest.js';
import { checkFile, checkSecrets } from './recordExchange.js';

export interface ReplayCassetteOptions {
  /**
   * 1 replays with the recorded delays, 2 twice as fast, 0 without delays. Uses `asyncScheduler`: inside {@link virtualTime} no real time passes.
   * @defaultValue 0
   */
  readonly speed?: number;
  /** The `secrets` that the cassette was recorded with: they are redacted in requests before these are compared. @defaultValue none */
  readonly secrets?: readonly string[];
}

/**
 * Replays a cassette: creates a `fetch` for an SDK client that responds with the recorded chunks and the recorded end, and sends nothing.
 *
 *     recorded    r--[ab]---[c]-[def]|
 *     speed 1     r--[ab]---[c]-[def]|
 *     speed 0     (r[ab][c][def]|)
 *
 * Requests match by method, path, query and body, not by origin; redacted text matches any text. Equal requests get their responses in the recorded
 * order; after the last response, that one again. If no exchange matches, the fetch rejects with a {@link CassetteError} that shows the nearest one,
 * and a source emits that error.
 *
 * @param file Path of the cassette.
 * @returns A fetch for an SDK client.
 * @throws TypeError or RangeError at call time for bad arguments, CassetteError for a cassette that cannot be read.
 * @example fromChatCompletions(new OpenAI({ apiKey: 'none', fetch: replayCassette('spec/cassettes/answer.jsonl') }), params)
 */
export function replayCassette(file: string, options: ReplayCassetteOptions = {}): Fetch {
  checkReplayOptions('replayCassette', file, options);
  const exchanges = readCassette(file);
  const match = createMatcher(exchanges);
  return async (input, init) => {
    const request = await readRequest(input, init, options.secrets ?? []);
    const exchange = match(request.compared);
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
