export { type ParseToonOnCompleteOptions, parseToonOnComplete } from './parseToonOnComplete.js';
export { type ToonOptions, toon } from './toon.js';
export { type PromptTokens, type ToonPrompt, type ToonPromptOptions, toonPrompt } from './toonPrompt.js';
export type { ToonRefusal, ToonResult } from './toonResult.js';
export { type ToonPath, type ToonRow, type ToonRowsOptions, toonRows } from './toonRows.js';
