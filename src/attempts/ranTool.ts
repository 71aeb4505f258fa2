import type { PartialMessage } from '../events.js';

/** Whether the provider began to run a tool: it may have done its work, and only the caller can know whether it may do it twice. */
export function ranTool({ toolCalls }: PartialMessage): boolean {
  return toolCalls.some(({ executor }) => executor === 'provider');
}
