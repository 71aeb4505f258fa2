import '@angular/compiler';
import { Component, computed, effect, VERSION } from '@angular/core';
import { defer, finalize, type Observable } from 'rxjs';
import { type DeltaEvent, HttpError } from 'rxllm';
import { streamOf } from 'rxllm/testing';
import { injectConversation } from './injectConversation';

/** What the specs read of the page. */
export const seen = { asked: 0, open: 0, texts: [] as string[], destroy: (): void => undefined };

/** The first question fails; the others get an answer. */
function ask(): Observable<DeltaEvent> {
  const error = new HttpError('Who are you?', { kind: 'authentication', status: 401 });
  const answer$ = defer(() => {
    seen.open++;
    return streamOf('The answer to this has seven words.', seen.asked++ === 0 ? { error } : { everyMs: 60 });
  });
  return answer$.pipe(finalize(() => seen.open--));
}

@Component({
  selector: 'app-root',
  template: `
    <p id="version">{{ version }}</p>
    <p id="status">{{ chat.state().status }}</p>
    <p id="answer">{{ answer() }}</p>
    <p id="turns">{{ turns() }}</p>
    <button id="send" (click)="chat.send('Hello')"></button>
    <button id="retry" (click)="chat.retry()"></button>
    <button id="stop" (click)="chat.stop()"></button>
    <button id="edit" (click)="chat.edit(0, 'Again')"></button>
    <button id="clear" (click)="chat.clear()"></button>
  `,
})
export class App {
  readonly version = VERSION.major;
  readonly chat = injectConversation(ask);
  readonly answer = computed(() => this.chat.state().live?.text ?? '');
  readonly turns = computed(() =>
    this.chat
      .state()
      .turns.map(({ role, answer }) => `${role} ${answer?.status ?? ''}`.trim())
      .join(', '),
  );

  constructor() {
    effect(() => void seen.texts.push(this.answer()));
  }
}
