import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { map, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { ConnectionError, fromErrorInfo, HttpError } from '../../src/errors.js';
import type { DeltaEvent, MessagePart, Turn, TurnPart, Usage } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { sumUsage } from '../../src/metering/usageArithmetic.js';
import {
  type ConversationCommand,
  type ConversationOptions,
  type ConversationState,
  conversation,
} from '../../src/operators/conversation.js';
import {
  fakeProvider,
  finish,
  marbles,
  start,
  step,
  streamOf,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../src/testing/index.js';
import { type AnyStream, anyStream } from '../support/anyStream.js';
import { deepFreeze } from '../support/deepFreeze.js';
import { operatorContract, recordLive } from '../support/operatorContract.js';
import { broken, inTurn } from '../support/outcomes.js';

type Turns = ConversationState['turns'];

const send = (words: string): ConversationCommand => ({ type: 'send', text: words });
const stop: ConversationCommand = { type: 'stop' };
const retry: ConversationCommand = { type: 'retry' };
const clear: ConversationCommand = { type: 'clear' };

/** A state as a marble shows it: the status, the turns as `u:Hi a:Hello`, and the answer that runs as `~Hel`. */
function shown({ status, turns, live, queued }: ConversationState): string {
  const words = [
    ...turns.map(({ role, parts }) => `${role[0]}:${textOf(parts)}`),
    ...(live ? [`~${live.text}`] : []),
    ...queued.map(({ parts }) => `(${textOf(parts)})`),
  ];
  return [status, ...words].join(' ');
}

function textOf(parts: readonly TurnPart[]): string {
  return parts.map((part) => ('text' in part ? part.text : `<${part.type}>`)).join('');
}

/** A conversation with commands that a spec sends, and requests that it answers. */
function talk(options: ConversationOptions = {}) {
  const commands = new Subject<ConversationCommand>();
  const requests: { readonly turns: readonly Turn[]; readonly events: Subject<DeltaEvent>; open: boolean }[] = [];
  const ask = (turns: readonly Turn[]): Observable<DeltaEvent> =>
    new Observable((subscriber) => {
      const request = { turns, events: new Subject<DeltaEvent>(), open: true };
      requests.push(request);
      subscriber.add(() => {
        request.open = false;
      });
      return request.events.subscribe(subscriber);
    });
  const states: ConversationState[] = [];
  const subscription = commands.pipe(conversation(ask, options)).subscribe((state) => states.push(deepFreeze(state)));
  return {
    commands,
    requests,
    states,
    subscription,
    get state() {
      return states.at(-1) as ConversationState;
    },
    command: (command: ConversationCommand) => commands.next(command),
    /** Emits events to the last request. */
    say: (...events: readonly DeltaEvent[]) => {
      for (const event of events) requests.at(-1)?.events.next(event);
    },
    end: () => requests.at(-1)?.events.complete(),
  };
}

const approvable = [toolCallStart('c', 'add'), toolCallDelta('c', '{}'), toolCallEnd('c', 'add', '{}'), toolApproval('c')];

describe('conversation', () => {
  operatorContract(() => (events$) => of(send('Hi')).pipe(conversation(() => events$)), {
    kind: 'fold',
    errors: 'own',
    empty: 'own',
    first: 2,
  });

  /** What the states in the marbles show. */
  const values = {
    i: 'idle',
    p: 'streaming u:Hi ~',
    a: 'streaming u:Hi ~a',
    b: 'streaming u:Hi ~ab',
    d: 'idle u:Hi a:ab',
    k: 'idle u:Hi a:a',
    x: 'error u:Hi a:a',
    y: 'streaming u:Hi a:a u:Go ~',
    z: 'streaming u:Hi a:a u:Go ~ab',
    q: 'streaming u:Hi ~a (Go)',
    Y: 'streaming u:Hi a:ab u:Go ~',
  };
  const commands = {
    h: send('Hi'),
    g: send('Go'),
    s: stop,
    r: retry,
    c: clear,
    e: { type: 'edit', index: 0, text: 'Hi' } as const,
  };

  it(
    'shows the turn of the user at once, then the answer as it grows, and at last as a turn',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h----------------|', commands);
      const result = '                 i-p---p-a-b-(bd)---|';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, values);
      expectSubscriptions(answer.subscriptions).toBe('--^---------!');
      expectSubscriptions(source.subscriptions).toBe('^------------------!');
    }),
  );

  it(
    'completes when the commands have, and the answer that runs',
    marbles(({ cold, stream, expectObservable }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h-|', commands);
      const result = '                 i-p---p-a-b-(bd|)';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, values);
    }),
  );

  it(
    'aborts the answer that runs when it is unsubscribed',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h----------------|', commands);
      const unsubscribed = '           ^--------!';
      const result = '                 i-p---p-a';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
        unsubscribed,
      ).toBe(result, values);
      expectSubscriptions(answer.subscriptions).toBe('--^------!');
    }),
  );

  it(
    'keeps at a stop what has arrived',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h------s---|', commands);
      const result = '                 i-p---p-a-k--|'.replace('a-k-', 'ak--');
      void result;
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe('i-p---p-ak---|', values);
      expectSubscriptions(answer.subscriptions).toBe('--^------!');
    }),
  );
});
