export type { RequestFunction } from '../http/sendRequest.js';
export type { SourceOptions } from '../wire/wireFormat.js';
export { type AssistantMessage, assistantTurn } from './assistantTurn.js';
export { type ChatClient, type ChatParams, fromChatCompletions } from './fromChatCompletions.js';
export {
  fromResponses,
  type ResponsesClient,
  type ResponsesParams,
} from './fromResponses.js';
