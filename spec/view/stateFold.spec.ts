import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromErrorInfo } from '../../src/errors.js';
import type { DeltaEvent, MessagePart } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { blockEnd, finish, reset, start, text, toolCallDelta, toolCallEnd, toolCallStart } from '../../src/testing/index.js';
import type { MessageState } from '../../src/view/messageState.js';
import { createStateFold } from '../../src/view/stateFold.js';
import { type AnyStream, anyStream } from '../support/anyStream.js';
import { deepFreeze } from '../support/deepFreeze.js';

type Key = keyof MessageState;

const calls: readonly Key[] = ['parts', 'toolCalls', 'tools', 'steps'];
const all = Object.keys(createStateFold(0).state) as readonly Key[];

/** What an event of a type concerns; `status` and `retry` change with the first one after a wait. */
const concerns: Readonly<Record<DeltaEvent['type'], readonly Key[]>> = {
  start: ['id', 'model', 'provider', 'steps'],
  'text-delta': ['text', 'parts'],
  'reasoning-delta': ['reasoning', 'parts'],
  'refusal-delta': ['refusal', 'parts'],
  'tool-call-start': calls,
  'tool-call-delta': calls,
  'tool-call-end': calls,
  'tool-result': ['parts', 'tools', 'steps'],
  'tool-approval': ['parts', 'tools', 'steps'],
  file: ['parts'],
  citation: ['citations'],
  logprobs: [],
  'block-end': ['parts'],
  usage: ['usage', 'cost'],
  step: ['steps'],
  ping: [],
  raw: [],
  reset: all.filter((key) => key !== 'usage' && key !== 'cost' && key !== 'error'),
  finish: ['finishReason', 'timing', 'steps'],
};

/** What a delta changes of the part that it adds to. */
const partKeys: Partial<Record<DeltaEvent['type'], readonly string[]>> = {
  'text-delta': ['text'],
  'reasoning-delta': ['text'],
  'refusal-delta': ['text'],
  'tool-call-delta': ['argumentsText'],
  'tool-call-end': ['argumentsText', 'input', 'ended'],
  'block-end': ['native', 'nativeFormat'],
  file: ['data', 'transcript'],
  'tool-approval': ['approved'],
};

/** Those of the second list that are not in the first. */
const added = (before: readonly unknown[], after: readonly unknown[]): readonly unknown[] => {
  const known = new Set(before);
  return after.filter((each) => !known.has(each));
};

/** What an event changed although it does not concern it. */
function* changesBeyond(event: DeltaEvent, before: MessageState, after: MessageState): Generator<string> {
  const allowed = new Set<Key>([...concerns[event.type], 'status', 'retry']);
  for (const key of all) if (!allowed.has(key) && after[key] !== before[key]) yield key;
  const isReset = event.type === 'reset';
  for (const key of ['parts', 'toolCalls', 'tools', 'citations', 'steps'] as const) {
    // A step ends one round and begins another; a reset takes away, and tools may lose their results.
    const most = key === 'steps' ? 2 : isReset ? (key === 'tools' ? Infinity : 0) : 1;
    if (added(before[key], after[key]).length > most) yield `too much of ${key}`;
    if (!isReset && added(after[key], before[key]).length > 1) yield `too many of ${key} are gone`;
  }
  yield* changesOfParts(event, before.parts, after.parts);
}

function* changesOfParts(event: DeltaEvent, before: readonly MessagePart[], after: readonly MessagePart[]): Generator<string> {
  if (before.length !== after.length) return;
  for (const [index, part] of after.entries()) {
    const known = before[index];
    if (part === known || !known) continue;
    const changed = Object.keys(part).filter((key) => Reflect.get(part, key) !== Reflect.get(known, key));
    for (const key of added(partKeys[event.type] ?? [], changed)) yield `${key} of part ${index}`;
  }
}

/** Every state of a stream, frozen; checks each step. */
function run({ events, error }: AnyStream, choice = 0): MessageState {
  const states = createStateFold(choice);
  const message = createMessageFold(choice);
  const faults: string[] = [];
  deepFreeze(states.state);
  for (const event of events) {
    const before = states.state;
    const isChanged = states.push(deepFreeze(event));
    message.push(event);
    const after = deepFreeze(states.state);
    if (isChanged !== (after !== before)) faults.push('push returns the wrong value');
    for (const change of changesBeyond(event, before, after)) faults.push(`${event.type} changes ${change}`);
    const whole = message.partial();
    const shown = Object.fromEntries(Object.keys(whole).map((key) => [key, Reflect.get(after, key)]));
    if (!isDeepStrictEqual(shown, whole)) expect(shown).toEqual(whole);
  }
  expect(faults).toEqual([]);
  if (error) states.fail(fromErrorInfo(error));
  else states.complete();
  return deepFreeze(states.state);
}

describe('createStateFold', () => {
  it('shares all that an event does not concern, as a law, and adds up to the message', () => {
    fc.assert(
      fc.property(anyStream(), (stream) => {
        const last = run(stream);
        expect(['done', 'aborted', 'error']).toContain(last.status);
        expect(last.retry).toBeUndefined();
        expect(JSON.parse(JSON.stringify(last))).toEqual(last);
      }),
      { numRuns: 1_500 },
    );
  });

  it('shares so in every choice', () => {
    fc.assert(
      fc.property(anyStream(), fc.nat({ max: 2 }), (stream, choice) => {
        run(stream, choice);
      }),
      { numRuns: 500 },
    );
  });

  it('has each call among the tools, and each tool in its round', () => {
    fc.assert(
      fc.property(anyStream(), (stream) => {
        const { tools, toolCalls, steps, parts } = run(stream);
        expect(tools).toMatchObject(toolCalls);
        expect(steps.flatMap((step) => step.tools).length).toBe(tools.length);
        expect(
          added(
            steps.flatMap((step) => step.tools),
            tools,
          ),
        ).toEqual([]);
        for (const { callId, output, isError } of tools) {
          const result = parts.findLast((part) => part.type === 'tool-result' && part.callId === callId);
          expect(output).toEqual(result && 'output' in result ? result.output : undefined);
          expect(isError).toBe(result !== undefined && 'isError' in result && result.isError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('parses the arguments of a call once', () => {
    const states = createStateFold(0);
    for (const event of [start(), toolCallStart('c', 'add'), toolCallEnd('c', 'add', '{"a":[1]}')]) states.push(event);
    const { input } = states.state.toolCalls[0] ?? {};
    expect(input).toEqual({ a: [1] });
    for (const event of [blockEnd({ type: 'tool_use' }), toolCallDelta('c', 'late'), finish()]) states.push(event);
    expect(states.state.toolCalls[0]?.input).toBe(input);
    expect(states.state.parts[0]).toMatchObject({ native: { type: 'tool_use' } });
    expect('input' in (states.state.parts[0] ?? {}) && Reflect.get(states.state.parts[0] ?? {}, 'input')).toBe(input);
  });

  it('keeps texts in the order of their blocks while they grow in turn', () => {
    const states = createStateFold(0);
    const events = [start(), text('a', { block: 0 }), text('x', { block: 1 }), text('b', { block: 0 }), text('y', { block: 1 })];
    const texts = events.map((event) => {
      states.push(event);
      return states.state.text;
    });
    expect(texts).toEqual(['', 'a', 'ax', 'abx', 'abxy']);
    states.push(reset());
    expect(states.state).toMatchObject({ status: 'retrying', text: '', parts: [] });
  });
});
