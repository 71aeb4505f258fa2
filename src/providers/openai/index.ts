export type { RequestFunction } from '../http/sendRequest.js';
export type { SourceOptions } from '../wire/wireFormat.js';
export { assistantTurn } from './assistantTurn.js';
export { chatMessages } from './chatMessages.js';
export { type ChatClient, fromChatCompletions } from './fromChatCompletions.js';
export {
  fromResponses,
  type ResponsesClient,
  type ResponsesParams,
  type StreamingResponsesParams,
} from './fromResponses.js';
export { responsesInput } from './responsesInput.js';
