import { merge, type Observable, of, Subject, Subscription } from 'rxjs';
import type { DeltaEvent } from '../src/events.js';
import {
  accumulateText,
  type ConversationState,
  conversation,
  type MessageState,
  shareStream,
  toMessage,
  toMessageState,
} from '../src/index.js';
import { finish, reasoning, start, text, toolCallDelta, toolCallEnd, toolCallStart } from '../src/testing/index.js';
import { type Comparison, printReport, type Reading, type Sample, type Tool } from './report.js';
import { push, toEvents, toPieces } from './stream.js';
import { benchViewMarkdown } from './viewMarkdown.js';

interface ViewSample extends Sample {
  readonly events: readonly DeltaEvent[];
}

const sizes = { '20 KB': 20_000, '200 KB': 200_000 };
const word = 'word';

const shapes: readonly { readonly name: string; events(characters: number): readonly DeltaEvent[] }[] = [
  { name: 'one text', events: (characters) => toEvents(toPieces(word.repeat(characters / word.length))) },
  { name: 'reasoning, then a text', events: reasoned },
  { name: 'arguments of a call', events: called },
  { name: '50 texts', events: (characters) => divided(characters, 50) },
];

/** Measures states of a view: one after each delta, the readers of a shared stream, and Markdown at each delta. */
export async function benchView(quick: boolean): Promise<void> {
  const comparisons: readonly Comparison[] = [
    { title: '× accumulateText', peer: 'accumulateText' },
    { title: '× toMessage', peer: 'toMessage' },
  ];
  const named = Object.entries(quick ? { '10 KB': 10_000, '100 KB': 100_000 } : sizes);
  const samples = shapes.map(({ name, events }) => ({
    name,
    samples: named.map(([size, characters]) => toSample(size, characters, events(characters))),
  }));
  await printReport({ shapes: samples, tools, comparisons, rounds: quick ? 7 : 15 });
  await benchViewMarkdown(quick);
}

function toSample(size: string, length: number, events: readonly DeltaEvent[]): ViewSample {
  const { value } = lastOf(events, (source) => source.pipe(toMessage()));
  return { size, length, json: JSON.stringify((value as MessageState).text), events };
}

const tools: readonly Tool<ViewSample>[] = [
  {
    name: 'accumulateText',
    run: ({ events }) => textOf(lastOf(events, (source) => merge(of(''), source.pipe(accumulateText())))),
  },
  { name: 'toMessage', run: ({ events }) => textOf(lastOf(events, (source) => source.pipe(toMessage()))) },
  { name: 'toMessageState', own: true, run: ({ events }) => textOf(lastOf(events, (source) => source.pipe(toMessageState()))) },
  { name: 'conversation', own: true, run: ({ events }) => textOf(lastOf(events, asked)) },
  { name: 'shareStream, 1 reader', own: true, run: ({ events }) => readAll(events, 1) },
  { name: 'shareStream, 100 readers', own: true, run: ({ events }) => readAll(events, 100) },
];

function asked(source: Observable<DeltaEvent>): Observable<ConversationState> {
  return of({ type: 'send', text: 'Hi' } as const).pipe(conversation(() => source));
}

function lastOf(events: readonly DeltaEvent[], read: (source: Observable<DeltaEvent>) => Observable<unknown>): Reading {
  const reading: Reading = { value: undefined, values: 0 };
  push(events, read, (value) => {
    reading.value = value;
    reading.values++;
  });
  return reading;
}

/** Replaces a value by its text. */
function textOf({ value, values }: Reading): Reading {
  if (typeof value === 'string') return { value, values };
  const { text: whole, turns } = value as Partial<MessageState & ConversationState>;
  const answer = (turns?.at(-1)?.parts ?? []).flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return { value: whole ?? answer.join(''), values };
}

/** All readers read the whole stream while it is emitted; one folds it, so that the result can be checked. */
function readAll(events: readonly DeltaEvent[], count: number): Reading {
  const source = new Subject<DeltaEvent>();
  const shared$ = source.pipe(shareStream());
  let values = 0;
  const others = new Subscription();
  for (let reader = 1; reader < count; reader++) others.add(shared$.subscribe({ next: () => values++, error: fail }));
  const reading: Reading = { value: undefined, values: 0 };
  shared$.pipe(toMessage()).subscribe({
    next: ({ text: whole }) => {
      reading.value = whole;
    },
    error: fail,
  });
  for (const event of events) source.next(event);
  source.complete();
  return { ...reading, values };
}

function fail(error: unknown): never {
  throw error;
}

function reasoned(characters: number): readonly DeltaEvent[] {
  const pieces = toPieces(word.repeat(characters / word.length));
  const half = pieces.length / 2;
  const event = (piece: string, index: number) => (index < half ? reasoning(piece, { block: 0 }) : text(piece, { block: 1 }));
  return [start(), ...pieces.map(event), finish()];
}

function called(characters: number): readonly DeltaEvent[] {
  const argumentsText = JSON.stringify({ text: word.repeat(characters / word.length) });
  const pieces = toPieces(argumentsText).map((piece) => toolCallDelta('c', piece));
  return [start(), toolCallStart('c', 'write'), ...pieces, toolCallEnd('c', 'write', argumentsText), finish('tool-calls')];
}

function divided(characters: number, parts: number): readonly DeltaEvent[] {
  const pieces = toPieces(word.repeat(characters / word.length));
  const each = pieces.length / parts;
  return [start(), ...pieces.map((piece, index) => text(piece, { block: Math.floor(index / each) })), finish()];
}
