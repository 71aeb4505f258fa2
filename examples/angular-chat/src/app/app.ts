import { Component, computed, inject, signal } from '@angular/core';
import { AnswerView } from './answer';
import { Chat } from './chat';
import { Composer } from './composer';
import { MarbleStrip } from './marble-strip';
import { messagesOf } from './messages';
import { Meter } from './meter';
import { QuestionView } from './question';
import { Settings } from './settings';
import { StayAtEnd } from './stay-at-end';

@Component({
  selector: 'app-root',
  imports: [AnswerView, Composer, MarbleStrip, Meter, QuestionView, Settings, StayAtEnd],
  templateUrl: './app.html',
  styleUrl: './app.css',
  host: {
    '(window:online)': 'isOffline.set(false)',
    '(window:offline)': 'isOffline.set(true)',
  },
})
export class App {
  protected readonly chat = inject(Chat);
  protected readonly isOffline = signal(!navigator.onLine);

  protected readonly messages = computed(() => messagesOf(this.chat.state()));

  protected readonly suggestions = [
    'Explain streaming',
    'Show products as a table',
    'Fill the customer form',
    'Order a laptop',
    'Weather in Paris',
  ];
}
