import { concat, defer, type Observable, of, tap } from 'rxjs';
import type { DeltaEvent, FinishEvent, FinishReason, MessagePart, StartEvent, ToolCall, Turn } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { localFinish } from '../message/localFinish.js';
import { createMessageFold, type MessageFold } from '../message/messageFold.js';
import { messageTurns } from '../message/turns.js';
import { joinRestartedUsage } from '../metering/restartedUsage.js';
import { createCallSignal } from './callSignal.js';
import { createFlatEvents } from './flatEvents.js';
import { decisionOn, lastAnswer, openCalls } from './openCalls.js';
import { type RoundPolicy, runCalls } from './runCalls.js';
import type { Steering } from './steering.js';

/** The second argument of `call`. */
export interface RoundContext {
  /** The number of the round, from 0; in a run that is resumed, the first request is round 1. */
  readonly step: number;
  /** Aborts when the run is unsubscribed while the request runs. */
  readonly signal: AbortSignal;
}

/** Asks the model: returns the events of its answer to the conversation so far. */
export type AskModel = (turns: readonly Turn[], context: RoundContext) => Observable<DeltaEvent>;

/** The argument of `stopWhen`. */
export interface StopContext {
  /** The round that ended. */
  readonly step: number;
  /** Its calls. */
  readonly calls: readonly ToolCall[];
  /** The conversation so far, with the answer of the round and the results of its calls. */
  readonly turns: readonly Turn[];
}

/** How a run goes on. */
export interface LoopPolicy extends RoundPolicy {
  readonly maxSteps: number;
  readonly stopWhen: ((context: StopContext) => boolean) | undefined;
}

/** One round: what the model answered, and the results of its calls. */
interface Round {
  /** The conversation that it answers. */
  readonly turns: readonly Turn[];
  readonly fold: MessageFold;
  finish: FinishEvent | undefined;
}

/** A part of the stream, or its end. */
type Following = Observable<DeltaEvent> | undefined;

/**
 * Returns a function that makes the next part of a run each time that the one before it has completed: a request, the answers to its calls,
 * the next request, and at last the `finish`.
 */
export function createToolLoop(ask: AskModel, opening: readonly Turn[], policy: LoopPolicy, steering: Steering): () => Following {
  const flat = createFlatEvents();
  let turns = opening;
  let requests = 0;
  let next: () => Following = begin;

  /** What the last answer of the conversation asked for is answered first. */
  function begin(): Following {
    const index = lastAnswer(turns);
    const parts = turns.slice(index).flatMap((turn) => turn.parts);
    const open = index < 0 ? [] : openCalls(parts);
    if (open.length === 0) return request();
    const round = createRound(turns.slice(0, index));
    for (const { callId } of open) flat.reserve(callId);
    const decisions = new Map(open.map(({ callId }) => [callId, decisionOn(parts, callId)]));
    return concat(of(localStart), answers(round, open, decisions));
  }

  function request(): Following {
    turns = [...turns, ...steering.take()];
    requests++;
    const round = createRound(turns);
    const signal = createCallSignal();
    const context = {
      step: flat.step,
      get signal() {
        return signal.read();
      },
    };
    next = () => afterRequest(round);
    return defer(() => ask(round.turns, context)).pipe(
      operateEvents<DeltaEvent, DeltaEvent>({ name: 'runTools', fold: true, joinUsage: joinRestartedUsage }, (destination) => ({
        next(event) {
          if (event.type === 'finish') {
            round.finish = event;
            return;
          }
          if (event.type === 'reset') round.finish = undefined;
          flat.push(event, {
            next(restated) {
              round.fold.push(restated);
              destination.next(restated);
            },
          });
        },
        settle(outcome) {
          if (outcome !== 'complete') signal.abort();
        },
      })),
    );
  }

  function afterRequest(round: Round): Following {
    const { fold, finish } = round;
    if (!finish) return undefined;
    const parts = wholeParts(fold);
    const open = openCalls(parts);
    if (finish.reason === 'tool-calls' && open.length > 0) return answers(round, open);
    const mustContinue = finish.reason === 'paused' && open.length === 0 && !parts.some(isWaiting);
    if (!mustContinue && !(finish.reason === 'stop' && steering.waiting)) return end(finish);
    turns = [...turns, ...messageTurns({ parts })];
    return nextRound(finish);
  }

  function answers(
    round: Round,
    calls: readonly ToolCall[],
    decisions?: ReadonlyMap<string, boolean | 'waiting' | undefined>,
  ): Observable<DeltaEvent> {
    const open = calls.map((call) => ({ call, turns: round.turns, step: flat.step, decision: decisions?.get(call.callId) }));
    next = () => afterAnswers(round, calls);
    return runCalls(open, policy).pipe(tap((event) => round.fold.push(event)));
  }

  function afterAnswers(round: Round, calls: readonly ToolCall[]): Following {
    const parts = wholeParts(round.fold);
    const answered = new Set(parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])));
    const finish = round.finish ?? localFinish('tool-calls');
    if (calls.some(({ callId }) => !answered.has(callId))) return end(endingAs(finish, 'paused'));
    turns = [...turns, ...messageTurns({ parts })];
    if (policy.stopWhen?.({ step: flat.step, calls, turns })) return end(endingAs(finish, 'stop', 'tool-calls'));
    return nextRound(finish);
  }

  function nextRound(finish: FinishEvent): Following {
    if (requests >= policy.maxSteps) return end(endingAs(finish, 'max-steps'));
    flat.nextRound(finish);
    return request();
  }

  function end(finish: FinishEvent): Following {
    next = () => undefined;
    return of(finish);
  }

  return () => next();
}

/** The `start` of a run that is resumed: its first events are the results of calls that an earlier answer made. */
const localStart: StartEvent = { type: 'start', id: undefined, model: undefined, provider: '' };

function createRound(turns: readonly Turn[]): Round {
  return { turns, fold: createMessageFold(), finish: undefined };
}

/** The parts of a round without the calls that broke off in their arguments: they cannot be answered, and go back nowhere. */
function wholeParts(fold: MessageFold): readonly MessagePart[] {
  return fold.partial().parts.filter((part) => part.type !== 'tool-call' || part.ended || part.executor === 'provider');
}

function isWaiting(part: MessagePart): boolean {
  return part.type === 'approval' && part.approved === undefined;
}

function endingAs(finish: FinishEvent, reason: FinishReason, rawReason = finish.rawReason): FinishEvent {
  const choices = finish.choices.map((each) => (each.choice === 0 ? { ...each, reason, rawReason } : each));
  return { ...finish, reason, rawReason, choices };
}
