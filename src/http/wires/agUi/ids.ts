import type { RunInput } from './runInput.js';

/** Ids that neither the run's input nor this run has: a client would append to the message or the call that it has already. */
export interface RunIds {
  /** An id for another message. */
  message(): string;
  /** The id of a call that begins: its own, unless an earlier turn has a call of that id. */
  begin(callId: string): string;
  /** The id of a call that has begun, here or in an earlier run. */
  call(callId: string): string;
}

export function createRunIds({ runId, messages }: RunInput): RunIds {
  const used = new Set(messages.map(({ id }) => id));
  const usedCalls = new Set(messages.flatMap(({ toolCalls }) => (toolCalls ?? []).map(({ id }) => id)));
  const calls = new Map<string, string>();
  let count = 0;

  return {
    message() {
      let id: string;
      do id = `${runId}-${count++}`;
      while (used.has(id));
      return id;
    },
    begin(callId) {
      let id = callId;
      for (let number = 2; usedCalls.has(id); number++) id = `${callId}_${number}`;
      calls.set(callId, id);
      return id;
    },
    call: (callId) => calls.get(callId) ?? callId,
  };
}
