/** OpenAI rejects a request with a longer call id; what is generated here never is. */
export const longestCallId = 40;

/** How many characters of the response's id a generated callId holds. */
const responseTail = 12;

/** The callIds in use, each with the latest number that was appended to it. Plain data, because many streams need one. */
export type CallIds = Map<string, number>;

export function createCallIds(): CallIds {
  return new Map();
}

/**
 * Returns a callId that no other call has, and adds it to those in use.
 *
 * @param id The id that the call has so far, for instance the provider's. Kept as it is if it is unique, however long: some servers keep
 * data in it. A repeated one gets a number, `id-2`, `id-3` and so on, and a missing or empty one is replaced, within 40 characters.
 * @param responseId Its end becomes part of an id that replaces a missing one, so that the ids of two responses differ.
 * @example uniqueCallId(callIds, 'call_1'); // 'call_1', and for the next call 'call_1-2'
 */
export function uniqueCallId(callIds: CallIds, id: string | undefined, responseId?: string): string {
  const wanted = id || generatedId(responseId);
  let number = callIds.get(wanted) ?? 0;
  let callId = wanted;
  while (callIds.has(callId)) callId = numbered(wanted, ++number);
  // The first numbered id is the second call's.
  callIds.set(wanted, Math.max(number, 1));
  if (callId !== wanted) callIds.set(callId, 1);
  return callId;
}

function generatedId(responseId = ''): string {
  return responseId === '' ? 'call' : `call_${responseId.slice(-responseTail)}`;
}

function numbered(id: string, number: number): string {
  const suffix = `-${number}`;
  return cut(id, longestCallId - suffix.length) + suffix;
}

/** An id from elsewhere, as OpenAI accepts it. */
export function shortCallId(callId: string): string {
  return cut(callId, longestCallId);
}

/** Cuts a text at a whole character: half a surrogate pair cannot be sent. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\ud800-\udbff]$/, '');
}
