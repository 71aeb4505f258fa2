export type { RequestFunction } from '../http/sendRequest.js';
export type { SourceOptions } from '../wire/wireFormat.js';
export { type AssistantMessage, assistantTurn } from './assistantTurn.js';
export { type ChatContent, type ChatMessage, chatMessages } from './chatMessages.js';
export { type ChatTool, chatTools } from './chatTools.js';
export { type ChatClient, type ChatParams, fromChatCompletions } from './fromChatCompletions.js';
export {
  fromResponses,
  type ResponsesClient,
  type ResponsesOptions,
  type ResponsesParams,
  type ResumeOptions,
} from './fromResponses.js';
export { type ResponsesContent, type ResponsesItem, responsesInput } from './responsesInput.js';
export { type ResponsesTool, responsesTools } from './responsesTools.js';
