import { map, type OperatorFunction } from 'rxjs';
import type { DeltaEvent, FinishReason, StartEvent, Turn } from '../../src/events.js';
import { type EventFields, finish, start, text, toolCallEnd, toolCallStart, usage } from '../../src/testing/index.js';

/** A call of a model that is scripted: its id, the name of the tool, and its argument text. */
export type ScriptedCall = readonly [callId: string, name: string, argumentsText?: string];

/** The events of a round that calls tools. */
export function calling(calls: readonly ScriptedCall[], fields: EventFields<StartEvent> = {}): readonly DeltaEvent[] {
  return [
    start(fields),
    ...callEvents(calls),
    usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
    finish('tool-calls'),
  ];
}

export function callEvents(calls: readonly ScriptedCall[], firstBlock = 0): readonly DeltaEvent[] {
  return calls.flatMap(([callId, name, argumentsText = '{}'], index) => {
    const block = firstBlock + index;
    return [toolCallStart(callId, name, { block }), toolCallEnd(callId, name, argumentsText, { block })];
  });
}

/** The events of a round that answers. */
export function answering(answer: string, reason: FinishReason = 'stop'): readonly DeltaEvent[] {
  return [start(), text(answer), usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }), finish(reason)];
}

/** What each event is, in a few characters: for marbles in which the fields do not matter. */
export function outlined(): OperatorFunction<DeltaEvent, string> {
  return map(outlineOf);
}

export function outlineOf(event: DeltaEvent): string {
  switch (event.type) {
    case 'text-delta':
      return event.text;
    case 'tool-call-end':
      return `call ${event.callId}`;
    case 'tool-result':
      return `${event.preliminary ? 'progress' : event.isError ? 'error' : 'result'} ${event.callId} ${JSON.stringify(event.output)}`;
    case 'tool-approval':
      return `approval ${event.callId} ${event.approved}`;
    case 'step':
      return `step ${event.step}`;
    case 'reset':
      return `reset ${event.attempt} of step ${event.step}`;
    case 'finish':
      return `finish ${event.reason}`;
    default:
      return event.type;
  }
}

/** The parts of turns, in a few characters. */
export function outlineTurns(turns: readonly Turn[]): readonly string[] {
  return turns.map(({ role, parts }) => {
    const shown = parts.map((part) => {
      if (part.type === 'text') return part.text;
      if (part.type === 'tool-call') return `call ${part.callId}`;
      if (part.type === 'tool-result')
        return `${part.isError ? 'error' : 'result'} ${part.callId} ${JSON.stringify(part.output)}`;
      return part.type === 'approval' ? `approval ${part.callId} ${part.approved}` : part.type;
    });
    return `${role}: ${shown.join(', ')}`;
  });
}
