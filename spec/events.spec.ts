import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import {
  type ContentEvent,
  type DeltaEvent,
  eventTypes,
  type FinishEvent,
  isContent,
  isDeltaEvent,
  type StartEvent,
} from '../src/events.js';
import {
  blockEnd,
  finish,
  ping,
  raw,
  reasoning,
  refusal,
  reset,
  start,
  step,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../src/testing/index.js';

const none = { block: 0, choice: 0 } as const;

const content: readonly DeltaEvent[] = [
  text('a'),
  reasoning('a'),
  refusal('a'),
  toolCallStart('c', 'add'),
  toolCallDelta('c', '{}'),
  toolCallEnd('c', 'add', '{}'),
  toolResult('c', 'add', 1),
  toolApproval('c'),
  blockEnd(null),
  { type: 'file', ...none, mediaType: 'image/png', data: '', transcript: undefined, final: false },
  {
    type: 'citation',
    ...none,
    url: undefined,
    title: undefined,
    text: undefined,
    start: undefined,
    end: undefined,
    native: null,
  },
  { type: 'logprobs', ...none, tokens: [] },
];
const others: readonly DeltaEvent[] = [start(), usage(), step(1), ping(), raw('x'), reset(), finish()];

describe('isDeltaEvent', () => {
  it.each([...content, ...others])('accepts $type', (event) => {
    expect(isDeltaEvent(event)).toBe(true);
    expect(isDeltaEvent(JSON.parse(JSON.stringify(event)))).toBe(true);
  });

  it.each([undefined, null, 'ping', 5, {}, [], { type: 5 }, { type: 'pong' }, { type: 'toString' }, { type: '__proto__' }])(
    'rejects %j',
    (value) => {
      expect(isDeltaEvent(value)).toBe(false);
    },
  );
});

describe('isContent', () => {
  it.each(content)('is true for $type', (event) => {
    expect(isContent(event)).toBe(true);
  });

  it.each(others)('is false for $type', (event) => {
    expect(isContent(event)).toBe(false);
  });

  it('narrows to the events of content', () => {
    expectTypeOf<Extract<ContentEvent, StartEvent | FinishEvent>>().toBeNever();
    expectTypeOf<ContentEvent>().toExtend<DeltaEvent>();
  });
});

describe('eventTypes', () => {
  it('has every type of event', () => {
    expect([...eventTypes].sort()).toEqual([...content, ...others].map(({ type }) => type).sort());
  });
});
