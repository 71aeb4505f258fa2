import { concatMap, from } from 'rxjs';
import { mapBody } from '../fakes/responseBody.js';
import type { FetchFault } from './fault.js';

/**
 * Emits a body one byte at a time, so that characters of several bytes, line ends and field names arrive in parts.
 *
 * Only on a fetch, because events have no bytes; {@link rechunk} cuts their text.
 *
 * @returns A wrapper of `fetch`.
 * @example new OpenAI({ fetch: splitBytes()(fetch) })
 */
export function splitBytes(): FetchFault {
  const bytesOf = (chunk: Uint8Array): Iterable<Uint8Array> => Array.from(chunk, (_, index) => chunk.subarray(index, index + 1));
  return (fetch) => mapBody(fetch, (chunks$) => chunks$.pipe(concatMap((chunk) => from(bytesOf(chunk)))));
}
