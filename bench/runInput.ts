import type { RunInput } from '../src/http/wires/agUi/runInput.js';

/** What a client of AG-UI asks with. */
export const runInput: RunInput = { threadId: 'thread-1', runId: 'run-1', protocolVersion: '1.0', messages: [] };
