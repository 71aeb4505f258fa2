import { checkOptions } from '../../kernel/options.js';
import type { Fetch } from '../fakes/responseBody.js';
import { createCassette } from './cassetteFile.js';
import { checkFile, checkSecrets, recordExchange } from './recordExchange.js';

export interface RecordCassetteOptions {
  /** Texts that must not be stored, beside those that are found: replaced wherever they stand. @defaultValue none */
  readonly secrets?: readonly string[];
}

/**
 * Records what goes over the wire: wraps the `fetch` of an SDK client and writes JSONL, each request with its answer's raw bytes, at the chunk
 * boundaries and times seen, and how it ended.
 *
 * No header of a request is stored, nor what stands in its headers, in its URL's query or in members such as `api_key`, wherever else it
 * stands; where the server says it back, it is overwritten by stars. A reader that leaves in the middle is recorded as that.
 *
 * @param fetch The fetch to record, usually the global one.
 * @param file Where to write; the file is begun anew at the first request.
 * @returns A fetch that behaves as the one given.
 * @throws TypeError at call time for bad arguments.
 * @example new OpenAI({ fetch: recordCassette(fetch, 'spec/cassettes/answer.jsonl') })
 */
export function recordCassette(fetch: Fetch, file: string, options: RecordCassetteOptions = {}): Fetch {
  checkOptions('recordCassette', options, ['secrets']);
  if (typeof fetch !== 'function') throw new TypeError('recordCassette: fetch must be a function');
  checkFile('recordCassette', file);
  checkSecrets('recordCassette', options.secrets);
  let exchanges = 0;
  return recordExchange(fetch, file, options.secrets, () => {
    if (exchanges === 0) createCassette(file);
    return ++exchanges;
  });
}
