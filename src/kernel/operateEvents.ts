import type { OperatorFunction, Subscriber, Subscription } from 'rxjs';
import { ProtocolError } from '../errors.js';
import type { DeltaEvent, ResetEvent } from '../events.js';
import { type OperatorHandlers, operate } from './operate.js';

/** Adds the usage of what was void to the usage after it, for an operator that reads usage. */
export interface UsageJoin {
  /** Returns an event as it is to be read: a usage includes that of the answers before. */
  restate(event: DeltaEvent): DeltaEvent;
  /** The answer began again. @param attempt Its number. */
  restart(attempt: number): void;
}

export interface EventRole {
  /** The operator's name, for errors. */
  readonly name: string;
  /** Whether the first event must begin an answer: a mirror passes on whatever comes. @defaultValue false */
  readonly fold?: boolean;
  readonly joinUsage?: () => UsageJoin;
}

/**
 * {@link operate} for an operator that reads events: what it is given keeps the grammar of a stream.
 *
 * A `start` after a `start`, with no `reset`, `step` or `finish` between, is the work of an operator that subscribes again by itself, such as
 * RxJS's `retry`: a `reset` of step 0 is put before it. A fold whose first event begins no answer errors, because it would take the end of an
 * answer for the whole.
 *
 * @emitsError ProtocolError as said, and TypeError for a value that is no event.
 */
export function operateEvents<E, R>(
  role: EventRole,
  start: (destination: Subscriber<R>, upstream: Subscription) => OperatorHandlers<E>,
): OperatorFunction<E, R> {
  return operate<E, R>((destination, upstream) => keepGrammar(role, destination, start(destination, upstream)));
}

/** The same as handlers, for an operator that makes its own. */
export function keepGrammar<E, Handlers extends OperatorHandlers<E>>(
  role: EventRole,
  destination: { readonly closed: boolean },
  handlers: Handlers,
): Handlers {
  const join = role.joinUsage?.();
  /** Whether the first event that counts has come. */
  let begun = false;
  /** Whether an answer has started that nothing has ended. */
  let open = false;
  let attempt = 1;

  function read(event: DeltaEvent): void {
    if (!begun) begun = checkFirst(role, event);
    const { type } = event;
    if (type === 'start') {
      if (open) handlers.next(startOver() as E);
      open = true;
      if (destination.closed) return;
    } else if (type === 'reset' || type === 'step' || type === 'finish') {
      open = false;
      if (type === 'reset') attempt = Math.max(attempt, event.attempt);
    }
    handlers.next((join ? join.restate(event) : event) as E);
  }

  function startOver(): ResetEvent {
    attempt++;
    join?.restart(attempt);
    const fault = new ProtocolError('The answer began again: use retryStream in place of retry');
    const { name, message } = fault;
    return {
      type: 'reset',
      attempt,
      step: 0,
      cause: 'retry',
      delayMs: 0,
      error: { ...fault, name, message, details: undefined },
    };
  }

  return {
    ...handlers,
    next(value) {
      // A delta of an answer that has begun needs no check.
      if (begun && (value as DeltaEvent).type === 'text-delta') handlers.next(value);
      else read(value as DeltaEvent);
    },
  };
}

/** @returns Whether the event says where in an answer it stands: a ping and a raw event do not. */
function checkFirst({ name, fold = false }: EventRole, event: DeltaEvent): boolean {
  const { type } = Object(event) as Partial<DeltaEvent>;
  if (typeof type !== 'string') {
    throw new TypeError(
      `${name} reads events, and its source emitted a value of type ${typeof event}: apply it to the events, not to their text`,
    );
  }
  if (type === 'ping' || type === 'raw') return false;
  if (!fold || type === 'start' || type === 'reset') return true;
  throw new ProtocolError(`${name}: the stream begins with ${type}, not start: share it by shareStream()`);
}
