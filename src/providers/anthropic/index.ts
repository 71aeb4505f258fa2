export type { RequestFunction } from '../http/sendRequest.js';
export type { SourceOptions } from '../wire/wireFormat.js';
export { type AssistantTurn, assistantTurn } from './assistantTurn.js';
export { fromMessages, type MessagesClient, type MessagesParams, type StreamingMessagesParams } from './fromMessages.js';
export { type MessagesInput, messagesParams } from './messagesParams.js';
