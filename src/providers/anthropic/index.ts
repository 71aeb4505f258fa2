export type { RequestFunction } from '../sendRequest.js';
export type { SourceOptions } from '../wireFormat.js';
export { type AssistantTurn, assistantTurn } from './assistantTurn.js';
export { fromMessages, type MessagesClient, type MessagesParams, type StreamingMessagesParams } from './fromMessages.js';
