import { Component, inject, input, linkedSignal } from '@angular/core';
import { FormField, form, required } from '@angular/forms/signals';
import { Chat } from './chat';
import type { Question } from './messages';

/** What the user asked, and a field to ask it differently. */
@Component({
  selector: 'app-question',
  imports: [FormField],
  template: `
    <article aria-label="You">
      @if (isEditing()) {
        <form (submit)="save($event)">
          <textarea aria-label="Edit message" rows="3" [formField]="draft.text"></textarea>
          <div>
            <button type="button" (click)="isEditing.set(false)">Cancel</button>
            <button type="submit" class="primary" [disabled]="draft().invalid()">Save</button>
          </div>
        </form>
      } @else {
        <p data-testid="question">{{ question().text }}</p>
        <button type="button" class="quiet" [class.hidden]="chat.isRunning()" (click)="isEditing.set(true)">Edit</button>
      }
    </article>
  `,
  styleUrl: './question.css',
})
export class QuestionView {
  readonly question = input.required<Question>();

  protected readonly chat = inject(Chat);

  private readonly model = linkedSignal(() => ({ text: this.question().text }));
  protected readonly draft = form(this.model, (path) => required(path.text));
  protected readonly isEditing = linkedSignal({ source: this.question, computation: () => false });

  protected save(event: Event): void {
    event.preventDefault();
    this.isEditing.set(false);
    this.chat.edit(this.question().index, this.model().text);
  }
}
