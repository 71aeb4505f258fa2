/**
 * The text of the last message of a chat in a `computed` of Angular, as a template reads it, after each delta of an answer. Prints the texts
 * that the `computed` gave, and how many objects the message was.
 */
import { computed, signal } from '@angular/core';
import type { UIMessage, UIMessageChunk } from 'ai';
import { lastValueFrom, of, tap } from 'rxjs';
import { type MessageState, toMessageState } from 'rxllm';
import { finish, start, text } from 'rxllm/testing';
import { createChat, SignalState } from './support/chat.js';
import { printTable } from './support/outcome.js';

const deltas = ['a', 'b', 'c'];
const chunks: readonly UIMessageChunk[] = [
  { type: 'start', messageId: 'm' },
  { type: 'text-start', id: 't' },
  ...deltas.map((delta) => ({ type: 'text-delta', id: 't', delta }) as const),
  { type: 'text-end', id: 't' },
  { type: 'finish' },
];
const rows = [['chat', 'computed gave', 'text at the end', 'objects']];
const textOf = (message: UIMessage | undefined): string =>
  message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? '';

function printRow(name: string, gave: ReadonlySet<string>, atTheEnd: string, objects: ReadonlySet<unknown>): void {
  rows.push([name, [...gave].map((each) => `"${each}"`).join(' '), `"${atTheEnd}"`, String(objects.size)]);
}

for (const version of [6, 7] as const) {
  const gave = new Set<string>();
  const objects = new Set<unknown>();
  const state = new SignalState();
  const { replaceMessage } = state;
  state.replaceMessage = (index, message) => {
    replaceMessage(index, message);
    objects.add(message);
    gave.add(shown());
  };
  const sendMessages = async () =>
    new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  const chat = createChat(version, { transport: { sendMessages, reconnectToStream: async () => null } }, state);
  const last = computed(() => chat.messages.at(-1));
  const shown = computed(() => textOf(last()));
  await chat.sendMessage({ text: 'Hi' });
  printRow(`AI SDK ${version}: chat over signals`, gave, textOf(chat.messages.at(-1)), objects);
}
{
  const gave = new Set<string>();
  const objects = new Set<unknown>();
  const state = signal<MessageState | undefined>(undefined);
  const shown = computed(() => state()?.text ?? '');
  const events$ = of(start(), ...deltas.map((delta) => text(delta)), finish());
  const show = (each: MessageState): void => {
    state.set(each);
    objects.add(each);
    gave.add(shown());
  };
  await lastValueFrom(events$.pipe(toMessageState(), tap(show)));
  printRow('rxllm: toMessageState()', gave, state()?.text ?? '', objects);
}
printTable(rows);
