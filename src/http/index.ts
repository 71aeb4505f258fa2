export type { EmitEvent, Wire, WireDecoder, WireEncoder, WriteData } from './wires/wire.js';
