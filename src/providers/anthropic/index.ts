export type { RequestFunction } from '../http/sendRequest.js';
export type { SourceOptions } from '../wire/wireFormat.js';
export { type AssistantBlock, type AssistantTurn, assistantTurn } from './assistantTurn.js';
export { fromMessages, type MessagesClient, type MessagesParams } from './fromMessages.js';
export { type MessagesInput, messagesParams, type ShownBlock, type UserBlock, type UserTurn } from './messagesParams.js';
export { type MessagesTool, messagesTools } from './messagesTools.js';
