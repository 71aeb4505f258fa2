import { defer, type ObservableInput, type OperatorFunction, Subscriber } from 'rxjs';
import type { DeltaEvent, Turn } from '../events.js';
import { operate } from '../kernel/operate.js';
import { checkCalled, checkFunction, checkOneOf, checkOptions } from '../kernel/options.js';
import type {
  ConversationCommand,
  ConversationConcurrency,
  ConversationState,
  ConversationTurn,
} from '../view/conversationState.js';
import type { MessageState } from '../view/messageState.js';
import { readCommand, toFaultAction } from '../view/readCommand.js';
import { beginConversation, type ConversationAction, reduceConversation } from '../view/reduceConversation.js';
import { toMessageState } from './toMessageState.js';

export type {
  AnswerSummary,
  CallDecision,
  ConversationCommand,
  ConversationConcurrency,
  ConversationState,
  ConversationTurn,
} from '../view/conversationState.js';

export interface ConversationOptions {
  /**
   * What a `send` does while an answer runs: it stops that answer and keeps what has arrived (`'switch'`), waits for its end (`'queue'`), or is
   * ignored (`'reject'`). @defaultValue 'switch'
   */
  readonly concurrency?: ConversationConcurrency;
  /** The turns that it begins with, or the state with which it goes on. @defaultValue no turns */
  readonly initial?: readonly ConversationTurn[] | ConversationState;
}

/**
 * Turns the commands of a user into states of a conversation: immutable, plain data for a view to bind to. It never errors.
 *
 *     source      --h---------------g--|        h: send 'Hi', g: send 'Go'
 *     ask            --s-a-b-f|
 *     ask again                       --s-c-f|
 *     result      i-p--s-a-b-(fd)---p--s-c-(fd|)  i: idle, p: with the turn and a pending answer, d: idle, with the answer as turns
 *
 * `ask` gets the turns, which are those of the state, and gives events: `chatMessages`, `responsesInput` and `messagesParams` make a request of
 * turns. The answer that runs is `live`; when it ends, it becomes turns, the last of which has a summary in `answer`.
 *
 * - `send` adds a turn of the user at once. While an answer runs, see `concurrency`.
 * - `stop` ends the answer that runs and keeps what has arrived, as `aborted`. The queue goes on.
 * - `retry` discards the last answer and asks again. `edit` gives a turn of the user another text, discards all after it, and asks.
 * - `approve` decides on a call: an `approval` in the turn that waits for it. When no call waits any more, it asks.
 * - `clear` stops, and discards all but the system turns at the beginning.
 *
 * What is cut stays in `discarded`, and what any answer has used in `usage`. After an error the queue is held until the next `send` or `retry`.
 * A call that was stopped before it had a result gets one that says so with the next turn of the user, because no API takes a call without.
 *
 * The state can be stored as JSON and go on as `initial`; an answer that ran is then a stopped one. Nothing is requested before a command.
 * The result completes when the commands, the answer that runs and the queue have.
 *
 * @param ask Gives the events of the answer to these turns. What it throws or emits as error is a state.
 * @throws TypeError at call time if `ask` is no function, for an unknown option or a wrong type.
 * @emitsError None: an error of an answer or of the commands, and a command that is none, are in the `error` of the state.
 * @unsubscribe Aborts the answer that runs.
 * @reset Shows it in `live`.
 * @cost Holds the turns, also the discarded ones. A delta costs a state of `toMessageState` and one of the conversation.
 * @example readonly chat = toSignal(commands$.pipe(conversation((turns) => ask(turns))), { requireSync: true })
 */
export function conversation(
  ask: (turns: readonly Turn[]) => ObservableInput<DeltaEvent>,
  options: ConversationOptions = {},
): OperatorFunction<ConversationCommand, ConversationState> {
  checkCalled('conversation', ask);
  if (ask === undefined) throw new TypeError('ask must be a function');
  checkFunction('ask', ask);
  checkOptions('conversation', options, ['concurrency', 'initial']);
  const { concurrency = 'switch', initial = [] } = options;
  checkOneOf('concurrency', concurrency, ['switch', 'queue', 'reject']);
  if (!Array.isArray('turns' in Object(initial) ? Object(initial).turns : initial)) {
    throw new TypeError('initial must be an array of turns, or a state of a conversation');
  }
  return operate((destination) => {
    let progress = beginConversation(initial);
    let answer: Subscriber<MessageState> | undefined;
    /** The number of the request that runs or ran. */
    let started = 0;
    let isStarting = false;
    let isEmitting = false;
    let isOver = false;
    /** What happened while a state was emitted to the subscriber. */
    const waiting: ConversationAction[] = [];

    function emit(): void {
      isEmitting = true;
      destination.next(progress.state);
      isEmitting = false;
    }

    function apply(action: ConversationAction): void {
      const before = progress;
      progress = reduceConversation(before, action, concurrency);
      // Before the state is emitted, so that two requests never run at once.
      if (progress.asked !== before.asked || !progress.state.live) answer?.unsubscribe();
      if (progress.state !== before.state) emit();
    }

    function dispatch(action: ConversationAction): void {
      waiting.push(action);
      if (isEmitting) return;
      for (let next = waiting.shift(); next; next = waiting.shift()) apply(next);
      start();
      if (isOver && !progress.state.live) destination.complete();
    }

    /** A loop, because an answer may be there at once, and the next of the queue after it. */
    function start(): void {
      if (isStarting) return;
      isStarting = true;
      while (started !== progress.asked && progress.state.live && !destination.closed) subscribe(progress.asked);
      isStarting = false;
    }

    function subscribe(asked: number): void {
      started = asked;
      const { turns } = progress.state;
      answer = new Subscriber<MessageState>({
        next: (live) => dispatch({ type: 'live', live, asked }),
        error: (error: unknown) => dispatch(toFaultAction(error)),
        complete: () => dispatch({ type: 'end', asked }),
      });
      destination.add(answer);
      defer(() => ask(turns))
        .pipe(toMessageState())
        .subscribe(answer);
    }

    emit();
    return {
      next: (command) => dispatch(readCommand(command)),
      error(error) {
        isOver = true;
        dispatch(toFaultAction(error));
      },
      complete() {
        isOver = true;
        if (!progress.state.live) destination.complete();
      },
    };
  });
}
