import { Component, computed, inject, signal } from '@angular/core';
import { FormField, form } from '@angular/forms/signals';
import { Chat } from './chat';

/** Where the user writes. Enter sends, Shift and Enter begins a line, Escape stops. */
@Component({
  selector: 'app-composer',
  imports: [FormField],
  template: `
    <form (submit)="send($event)">
      <textarea
        aria-label="Message"
        placeholder="Ask something"
        rows="1"
        [formField]="draft.text"
        (keydown.enter)="send($event)"
        (keydown.escape)="chat.stop()"
      ></textarea>
      @if (chat.isRunning()) {
        <button type="button" (click)="chat.stop()">Stop</button>
      }
      <button type="submit" class="primary" [disabled]="isEmpty()">Send</button>
    </form>
  `,
  styleUrl: './composer.css',
})
export class Composer {
  protected readonly chat = inject(Chat);
  private readonly model = signal({ text: '' });
  protected readonly draft = form(this.model);
  protected readonly isEmpty = computed(() => this.model().text.trim() === '');

  protected send(event: Event): void {
    // Enter also ends the composition of a character.
    if (event instanceof KeyboardEvent && (event.shiftKey || event.isComposing)) return;
    event.preventDefault();
    if (this.isEmpty()) return;
    this.chat.send(this.model().text);
    this.model.set({ text: '' });
  }
}
