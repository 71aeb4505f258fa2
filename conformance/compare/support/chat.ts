import { signal } from '@angular/core';
import type { AbstractChat, ChatInit, ChatState, ChatStatus, UIMessage } from 'ai';
import * as ai7 from 'ai';
import * as ai6 from 'ai-6';
import type { Version } from './aiSdks.js';

const sdks: Readonly<Record<Version, typeof ai7>> = { 6: ai6 as unknown as typeof ai7, 7: ai7 };

/** Signals of Angular as the state of a chat of the AI SDK, used as `@ai-sdk/angular` uses them: a new array with what the chat gives. */
export class SignalState implements ChatState<UIMessage> {
  readonly #messages = signal<readonly UIMessage[]>([]);
  readonly #status = signal<ChatStatus>('ready');
  readonly #error = signal<Error | undefined>(undefined);

  get messages(): UIMessage[] {
    return this.#messages() as UIMessage[];
  }
  set messages(messages: UIMessage[]) {
    this.#messages.set([...messages]);
  }
  get status(): ChatStatus {
    return this.#status();
  }
  set status(status: ChatStatus) {
    this.#status.set(status);
  }
  get error(): Error | undefined {
    return this.#error();
  }
  set error(error: Error | undefined) {
    this.#error.set(error);
  }
  pushMessage = (message: UIMessage): void => this.#messages.update((list) => [...list, message]);
  popMessage = (): void => this.#messages.update((list) => list.slice(0, -1));
  replaceMessage = (index: number, message: UIMessage): void => this.#messages.update((list) => list.with(index, message));
  snapshot = <T>(value: T): T => value;
}

/** What `useChat` of React and `Chat` of Angular are, without a framework. */
export function createChat(
  version: Version,
  init: ChatInit<UIMessage>,
  state: ChatState<UIMessage> = new SignalState(),
): AbstractChat<UIMessage> {
  const { AbstractChat: Base } = sdks[version];
  class Chat extends Base<UIMessage> {
    constructor() {
      super({ ...init, state });
    }
  }
  return new Chat();
}
