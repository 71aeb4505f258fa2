import type { ConversationState } from 'rxllm';

/** What survives a reload. */
export interface Stored {
  readonly state: ConversationState;
  /** The id of the answer that ran. */
  readonly running: string | undefined;
}

const key = 'rxllm-chat';

export function loadChat(): Stored | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? 'null') as Stored | null;
    return Array.isArray(stored?.state.turns) ? stored : undefined;
  } catch {
    return undefined;
  }
}

export function saveChat(stored: Stored): void {
  try {
    localStorage.setItem(key, JSON.stringify(stored));
  } catch {
    // There may be no room, and no storage: the chat works without.
  }
}
