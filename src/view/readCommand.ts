import { ProtocolError, toErrorInfo } from '../errors.js';
import { checkName } from '../kernel/options.js';
import type { ConversationCommand } from './conversationState.js';
import type { ConversationAction } from './reduceConversation.js';

type Fields = Readonly<Record<string, unknown>>;

/** What a command of each type must have. */
const required: Readonly<Record<ConversationCommand['type'], (fields: Fields) => boolean>> = {
  send: ({ text, parts }) => typeof text === 'string' || (text === undefined && Array.isArray(parts)),
  stop: () => true,
  retry: () => true,
  edit: ({ index, text }) => Number.isInteger(index) && typeof text === 'string',
  approve: ({ callId, approved }) => typeof callId === 'string' && typeof approved === 'boolean',
  clear: () => true,
};

/** The command, or a fault that tells what is wrong with it: a conversation never errors. */
export function readCommand(value: unknown): ConversationAction {
  try {
    const fields: Fields = Object(value);
    const type = String(fields['type']);
    checkName('conversation: unknown command', type, Object.keys(required));
    if (required[type as ConversationCommand['type']](fields)) return value as ConversationCommand;
    return toFaultAction(new ProtocolError(`conversation: the command "${type}" lacks a field, or has one of a wrong type`));
  } catch (error) {
    return toFaultAction(new ProtocolError((error as Error).message));
  }
}

export function toFaultAction(error: unknown): ConversationAction {
  return { type: 'fault', error: toErrorInfo(error) };
}
