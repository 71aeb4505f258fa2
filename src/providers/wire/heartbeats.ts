import { textOf } from '../../codecs/json/jsonFields.js';
import type { JsonObject } from '../../events.js';
import { plainWord } from './plainWord.js';

// Servers and gateways keep a connection alive by comments, as the specification provides, but also by events with data.

const heartbeats: ReadonlySet<string> = new Set(
  'ping pong keepalive heartbeat noop alive responsekeepalive openrouterprocessing'.split(' '),
);

const longestHeartbeat = 40;

/** Whether the data of an event that is no JSON object is a heartbeat: a comment that became data, or a word such as `[PING]`. */
export function isHeartbeatText(data: string): boolean {
  return data.startsWith(':') || (data.length <= longestHeartbeat && heartbeats.has(plainWord(data)));
}

/**
 * Whether a payload without content only keeps the connection alive: an empty object, or one whose type or only content is such a word.
 *
 * @param name The SSE event name, empty if none was sent.
 */
export function isHeartbeat(payload: JsonObject, name: string): boolean {
  if (isWord(name)) return true;
  for (const field of ['type', 'event', 'object', 'id', 'kind']) if (isWord(textOf(payload[field]))) return true;
  const fields = Object.keys(payload);
  return fields.length === 0 || fields.some(isWord);
}

function isWord(word: string): boolean {
  return word !== '' && word.length <= longestHeartbeat && heartbeats.has(plainWord(word));
}
