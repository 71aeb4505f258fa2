export type { HostOptions } from './hosts/hostOptions.js';
export { type NodeResponse, pipeToNode } from './hosts/pipeToNode.js';
export { toResponse } from './hosts/toResponse.js';
export { type SseMessage, toSseMessages } from './hosts/toSseMessages.js';
export { sse } from './wires/sse/sse.js';
export { readUiMessages } from './wires/uiMessages/readUiMessages.js';
export { type UiMessagesOptions, uiMessages } from './wires/uiMessages/uiMessages.js';
export type { EmitEvent, Wire, WireDecoder, WireEncoder, WriteData } from './wires/wire.js';
