import { checkOptions } from '../../kernel/options.js';
import type { Fetch } from '../fakes/responseBody.js';
import { createCassette } from './cassetteFile.js';
import { checkFile, checkSecrets, recordExchange } from './recordExchange.js';

export interface RecordCassetteOptions {
  /** More texts to redact, beside the detected ones. @defaultValue none */
  readonly secrets?: readonly string[];
}

/**
 * Records requests and responses to a file: wraps the `fetch` of an SDK client and writes JSONL, with the raw bytes of each response, its chunk
 * boundaries and times, and its end: complete, error or abort.
 *
 * No request header is stored. Values of request headers, of the URL's query and of members such as `api_key` are secrets: each is redacted
 * everywhere in the request, and overwritten by asterisks where the response repeats it.
 *
 * @param fetch The fetch to record, usually the global one.
 * @param file Path of the cassette; the first request overwrites it.
 * @returns A fetch that behaves like `fetch`.
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
