import type { Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { type ObservableInput, Subject } from 'rxjs';
import {
  type ConversationCommand,
  type ConversationOptions,
  type ConversationState,
  conversation,
  type DeltaEvent,
  type Turn,
} from 'rxllm';

export interface Conversation {
  /** Never errors: an error is a state. */
  readonly state: Signal<ConversationState>;
  send(text: string): void;
  stop(): void;
  retry(): void;
  edit(index: number, text: string): void;
  approve(callId: string, approved: boolean): void;
  clear(): void;
}

/** A conversation as a signal. It requests nothing before the first command, and aborts the answer when its injector is destroyed. */
export function injectConversation(
  ask: (turns: readonly Turn[]) => ObservableInput<DeltaEvent>,
  options?: ConversationOptions,
): Conversation {
  const commands$ = new Subject<ConversationCommand>();
  return {
    state: toSignal(commands$.pipe(conversation(ask, options)), { requireSync: true }),
    send: (text) => commands$.next({ type: 'send', text }),
    stop: () => commands$.next({ type: 'stop' }),
    retry: () => commands$.next({ type: 'retry' }),
    edit: (index, text) => commands$.next({ type: 'edit', index, text }),
    approve: (callId, approved) => commands$.next({ type: 'approve', callId, approved }),
    clear: () => commands$.next({ type: 'clear' }),
  };
}
