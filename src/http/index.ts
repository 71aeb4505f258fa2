export { sse } from './wires/sse/sse.js';
export type { EmitEvent, Wire, WireDecoder, WireEncoder, WriteData } from './wires/wire.js';
