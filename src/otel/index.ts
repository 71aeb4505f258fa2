export type { Semconv } from './conventions.js';
export { type TraceEnd, type TraceStreamOptions, traceStream } from './traceStream.js';
