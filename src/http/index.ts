export { type AgUiOptions, agUi } from './wires/agUi/agUi.js';
export { readRunInput } from './wires/agUi/readRunInput.js';
export type { RunInput, RunMessage, RunResume, RunToolCall } from './wires/agUi/runInput.js';
export { sse } from './wires/sse/sse.js';
export type { EmitEvent, Wire, WireDecoder, WireEncoder, WriteData } from './wires/wire.js';
