export { type AiSdkRequest, type FromAiSdkOptions, fromAiSdk } from './fromAiSdk.js';
export { type ModelContent, type ModelMessage, type ModelToolResult, modelMessages } from './modelMessages.js';
export type { AiSdkPart, AiSdkStream } from './readParts.js';
