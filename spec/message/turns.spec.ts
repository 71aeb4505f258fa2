import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent, PartialMessage, Turn } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { messageTurns } from '../../src/message/turns.js';
import {
  blockEnd,
  finish,
  start,
  step,
  text,
  toolApproval,
  toolCallEnd,
  toolCallStart,
  toolResult,
} from '../../src/testing/index.js';

// callNames.ts and turnContent.ts are tested through the converters of the providers.

function partialOf(events: readonly DeltaEvent[]): PartialMessage {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

/** A round that calls a tool, without its result. */
function calling(callId: string, block: number, executor: 'client' | 'provider' = 'client'): readonly DeltaEvent[] {
  return [toolCallStart(callId, 'add', { block, executor }), toolCallEnd(callId, 'add', '{}', { block, executor })];
}

function outline(turns: readonly Turn[]): readonly string[] {
  return turns.map(({ role, parts }) => `${role}: ${parts.map(({ type }) => type).join(' ')}`);
}

describe('messageTurns', () => {
  it('of one round is one turn, with the parts of the message', () => {
    const message = partialOf([start(), text('Hello'), finish()]);
    expect(messageTurns(message)).toEqual([{ role: 'assistant', parts: message.parts }]);
    expect(messageTurns(partialOf([]))).toEqual([{ role: 'assistant', parts: [] }]);
  });

  it('of n rounds are 2n - 1 turns', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 }), (calls) => {
        const rounds = calls.flatMap((count, round): readonly DeltaEvent[] => {
          const ids = Array.from({ length: count }, (_, index) => `${round}-${index}`);
          const called = ids.flatMap((id, index) => calling(id, index));
          return [...called, ...ids.map((id) => toolResult(id, 'add', 1)), step(round + 1)];
        });
        const turns = messageTurns(partialOf([start(), ...rounds, text('Done'), finish()]));
        expect(turns).toHaveLength(2 * (calls.length + 1) - 1);
        expect(turns.map(({ role }) => role)).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'assistant' : 'tool')));
        expect(turns.filter(({ role }) => role === 'tool').map(({ parts }) => parts.length)).toEqual(calls);
      }),
    );
  });

  it('keeps results of tools that the provider ran in the turn of the assistant', () => {
    const search = [...calling('s', 0, 'provider'), toolResult('s', 'search', [1])];
    const earlier = [
      toolResult('t', 'fetch', [1]),
      blockEnd({ type: 'web_fetch_tool_result' }, { block: 1, format: 'messages' }),
    ];
    expect(outline(messageTurns(partialOf([...search, ...earlier, text('Done', { block: 2 })])))).toEqual([
      'assistant: tool-call tool-result tool-result text',
    ]);
  });

  it('separates results from what the round says, in whatever order they arrive', () => {
    const events = [
      ...calling('a', 0),
      toolResult('a', 'add', 1),
      ...calling('b', 1),
      toolApproval('b'),
      toolResult('b', 'add', 2),
    ];
    expect(outline(messageTurns(partialOf(events)))).toEqual([
      'assistant: tool-call tool-call approval',
      'tool: tool-result tool-result',
    ]);
  });

  it('has no progress of tools', () => {
    const events = [...calling('a', 0), toolResult('a', 'add', 0.5, false, true)];
    expect(outline(messageTurns(partialOf(events)))).toEqual(['assistant: tool-call']);
  });
});
