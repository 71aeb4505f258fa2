import { textOf } from '../../codecs/json/jsonFields.js';
import { ProtocolError } from '../../errors.js';
import type { JsonObject } from '../../events.js';

/** What a stream began with that its wire does not know. Plain texts, so that no payload is kept. */
export interface ForeignEvent {
  readonly name: string;
  readonly cure: string;
}

/** Describes a payload of another wire; undefined for one of no wire that we know, which may be a heartbeat or a server's own. */
export function foreignEvent(payload: JsonObject, name: string): ForeignEvent | undefined {
  const type = textOf(payload['type']) || name;
  if (Array.isArray(payload['choices'])) return foreign(textOf(payload['object']), 'read it with fromChatCompletions');
  if (type.startsWith('response.')) return foreign(type, 'read it with fromResponses');
  if (/^(message_(start|delta|stop)$|content_block_)/.test(type)) return foreign(type, 'read it with fromMessages');
  return Array.isArray(payload['candidates']) ? foreign('', 'ask for the OpenAI form of that API') : undefined;
}

/** A name stands in a message only if it is one, and not a text that a server has put there. */
function foreign(name: string, cure: string): ForeignEvent {
  return { name: /^[\w.]{1,60}$/.test(name) ? name : 'an object without a name', cure };
}

/** The error for a stream of which no event is known to its wire. */
export function wrongWire({ name, cure }: ForeignEvent): ProtocolError {
  return new ProtocolError(`No event of the stream is known to this source; the first one is ${name}: ${cure}`);
}
