import { describe, expect, it } from '@jest/globals';
import { type DeltaEvent, eventTypes, isDeltaEvent } from '../../../src/events.js';
import * as kit from '../../../src/testing/index.js';

/** One builder for each event type: a missing one is a type error. */
const builders = {
  start: () => kit.start(),
  'text-delta': () => kit.text('Hel'),
  'reasoning-delta': () => kit.reasoning('hm'),
  'refusal-delta': () => kit.refusal('no'),
  'tool-call-start': () => kit.toolCallStart('call-1', 'get_weather'),
  'tool-call-delta': () => kit.toolCallDelta('call-1', '{'),
  'tool-call-end': () => kit.toolCallEnd('call-1', 'get_weather', '{}'),
  'tool-result': () => kit.toolResult('call-1', 'get_weather', 21),
  file: () => kit.file('AA=='),
  citation: () => kit.citation('https://example.com'),
  logprobs: () => kit.logprobs([]),
  'block-end': () => kit.blockEnd({}),
  usage: () => kit.usage(),
  'tool-approval': () => kit.toolApproval('call-1', true),
  step: () => kit.step(1),
  ping: () => kit.ping(),
  raw: () => kit.raw('x'),
  reset: () => kit.reset(),
  finish: () => kit.finish(),
} satisfies { readonly [Type in DeltaEvent['type']]: () => Extract<DeltaEvent, { readonly type: Type }> };

describe('event builders', () => {
  it('exist for every event type', () => {
    expect(Object.keys(builders).sort()).toEqual([...eventTypes].sort());
  });

  it.each(Object.entries(builders))('build a complete %s event', (type, build) => {
    const event = build();
    expect(event.type).toBe(type);
    expect(isDeltaEvent(event)).toBe(true);
    // Events are plain JSON.
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it('replace fields', () => {
    expect(kit.text('a', { block: 2, phase: 'commentary' })).toMatchObject({
      text: 'a',
      block: 2,
      choice: 0,
      phase: 'commentary',
    });
    expect(kit.finish('length', { rawReason: 'max_tokens' })).toMatchObject({ reason: 'length', rawReason: 'max_tokens' });
    expect(kit.usage({ inputTokens: 1 }).usage).toEqual(kit.usageOf({ inputTokens: 1 }));
    expect(kit.toolResult('call-1', 'x', null, true).isError).toBe(true);
  });
});
