export { type TraceEnd, type TraceStreamOptions, traceStream } from './traceStream.js';
