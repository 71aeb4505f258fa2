import { Component, computed, inject, input } from '@angular/core';
import { Chat } from './chat';
import { Markdown } from './markdown';
import type { Answer } from './messages';
import { ToolCall } from './tool-call';

const titles: Readonly<Record<string, string>> = {
  authentication: 'The server does not know you.',
  connection: 'The connection broke off.',
  overloaded: 'The provider is overloaded.',
  'rate-limit': 'Too many requests.',
  timeout: 'The provider went silent.',
  truncated: 'The answer was cut off.',
};

/** All that was answered to a question, also while it is written. */
@Component({
  selector: 'app-answer',
  imports: [Markdown, ToolCall],
  templateUrl: './answer.html',
  styleUrl: './answer.css',
})
export class AnswerView {
  readonly answer = input.required<Answer>();
  /** Whether it is the last one of the conversation: only that can be asked for again. */
  readonly last = input(false);

  protected readonly chat = inject(Chat);

  protected readonly busy = computed(() => this.last() && this.chat.isRunning());
  protected readonly title = computed(() => titles[this.answer().error?.kind ?? ''] ?? 'The answer failed.');
  protected readonly isThinking = computed(() => this.busy() && this.answer().sections.at(-1)?.type === 'reasoning');
  protected readonly canRetry = computed(() => this.last() && !this.chat.isRunning() && this.answer().status !== 'waiting');
}
