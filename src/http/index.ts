export { fromHttpEvents, type HttpEventLike } from './browser/fromHttpEvents.js';
export { type FromWireOptions, fromWire, type ReconnectOptions } from './browser/fromWire.js';
export type { WireRequest, WireRequestOptions } from './browser/wireRequest.js';
export type { HostOptions } from './hosts/hostOptions.js';
export { type NodeResponse, pipeToNode } from './hosts/pipeToNode.js';
export { toResponse } from './hosts/toResponse.js';
export { type SseMessage, toSseMessages } from './hosts/toSseMessages.js';
export { sse } from './wires/sse/sse.js';
export type { EmitEvent, Wire, WireDecoder, WireEncoder, WriteData } from './wires/wire.js';
