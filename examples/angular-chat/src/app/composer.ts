import { Component, computed, inject, signal } from '@angular/core';
import { Chat } from './chat';

/** Where the user writes. Enter sends, Shift and Enter begins a line, Escape stops. */
@Component({
  selector: 'app-composer',
  template: `
    <form (submit)="send($event, box)">
      <textarea
        #box
        aria-label="Message"
        placeholder="Ask something"
        rows="1"
        (input)="text.set(box.value)"
        (keydown.enter)="send($event, box)"
        (keydown.escape)="chat.stop()"
      ></textarea>
      @if (chat.isRunning()) {
        <button type="button" (click)="stop(box)">Stop</button>
      }
      <button type="submit" class="primary" [disabled]="isEmpty()">Send</button>
    </form>
  `,
  styleUrl: './composer.css',
})
export class Composer {
  protected readonly chat = inject(Chat);
  protected readonly text = signal('');
  protected readonly isEmpty = computed(() => this.text().trim() === '');

  protected send(event: Event, box: HTMLTextAreaElement): void {
    // Enter also ends the composition of a character.
    if (event instanceof KeyboardEvent && event.isComposing) return;
    event.preventDefault();
    if (this.isEmpty()) return;
    this.chat.send(this.text());
    box.value = '';
    this.text.set('');
  }

  /** The button goes away: the focus must not. */
  protected stop(box: HTMLTextAreaElement): void {
    this.chat.stop();
    box.focus();
  }
}
