export type { RequestFunction } from '../sendRequest.js';
export type { SourceOptions } from '../wireFormat.js';
export { assistantTurn } from './assistantTurn.js';
export { type ChatClient, fromChatCompletions } from './fromChatCompletions.js';
export {
  fromResponses,
  type ResponsesClient,
  type ResponsesParams,
  type StreamingResponsesParams,
} from './fromResponses.js';
