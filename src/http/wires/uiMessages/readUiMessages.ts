import type { Turn } from '../../../events.js';
import { isRecord } from '../fields/readers.js';
import { assistantTurns } from './assistantParts.js';
import { type Body, fieldOf, listOf, rejected, textOf } from './bodyFields.js';
import { userTurn } from './userParts.js';

export function readUiMessages(body: unknown): Turn[] {
  const root: Body = { value: body, path: 'body' };
  const messages = Array.isArray(body) ? root : fieldOf(root, 'messages');
  return listOf(messages).flatMap(toTurns);
}

function toTurns(message: Body): readonly Turn[] {
  if (!isRecord(message.value)) throw rejected(message, 'an object');
  const role = fieldOf(message, 'role');
  const parts = listOf(fieldOf(message, 'parts')).map(checkPart);
  switch (textOf(role)) {
    case 'assistant':
      return assistantTurns(parts);
    case 'user':
      return [userTurn('user', parts)];
    case 'system':
      return [userTurn('system', parts)];
    default:
      throw rejected(role, '"system", "user" or "assistant"');
  }
}

function checkPart(part: Body): Body {
  textOf(fieldOf(part, 'type'));
  return part;
}
