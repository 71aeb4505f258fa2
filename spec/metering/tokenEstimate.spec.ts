import { describe, expect, it } from '@jest/globals';
import { readPrompt } from '../../src/metering/promptParts.js';
import { createTokenEstimate } from '../../src/metering/tokenEstimate.js';
import { start, text, toolCallDelta } from '../../src/testing/index.js';

const counter = {
  ready: true,
  load: () => Promise.resolve(),
  count: (whole: string) => whole.length,
  stream() {
    let length = 0;
    return {
      push(more: string) {
        length += more.length;
        return length;
      },
    };
  },
};
const noPrompt = (): undefined => undefined;

describe('createTokenEstimate', () => {
  it('estimates from characters, by the ratio of the provider', () => {
    const estimate = createTokenEstimate('character', () => readPrompt('x'.repeat(7)));
    estimate.push(start({ provider: 'anthropic' }));
    estimate.push(text('x'.repeat(8)));
    expect(estimate.read(false)).toMatchObject({ inputTokens: 2, outputTokens: 3, confidence: 'low' });
  });

  it('counts with a counter, running or not, and counts each text once', () => {
    const estimate = createTokenEstimate(counter, () => readPrompt(['ab', 'c']));
    estimate.push(text('abc'));
    expect(estimate.read(true)).toMatchObject({ inputTokens: 3, outputTokens: 3, confidence: 'high', inputConfidence: 'low' });
    estimate.push(text('de'));
    expect(estimate.read(false)).toMatchObject({ outputTokens: 5 });
    expect(estimate.read(false)).toMatchObject({ outputTokens: 5 });
  });

  it.each(['the answer', 'the prompt'])('has confidence low if the counter did not count %s exactly', (where) => {
    const near = { ...counter, stream: () => ({ ...counter.stream(), approximate: true }) };
    const estimate = createTokenEstimate(near, where === 'the prompt' ? () => readPrompt('ab') : noPrompt);
    if (where === 'the answer') estimate.push(text('abc'));
    expect(estimate.read(true)).toMatchObject({ confidence: 'low' });
  });

  it.each([
    ['the rule of a model', 'gpt-4o', 'openai', 5 + 7, 'high'],
    ['no rule', 'model-1', 'test', 5, 'low'],
    ['a rule that is near', 'gpt-5', 'openai', 5 + 7, 'low'],
  ])('is as certain about the prompt as its frames are known: %s', (_, model, provider, inputTokens, inputConfidence) => {
    const estimate = createTokenEstimate(counter, () => readPrompt([{ role: 'user', content: 'Hello' }]));
    estimate.push(start({ model, provider }));
    estimate.push(text('abc'));
    expect(estimate.read(true)).toMatchObject({ inputTokens, outputTokens: 3, confidence: 'high', inputConfidence });
  });

  it('notes whether text was generated', () => {
    const estimate = createTokenEstimate('none', noPrompt);
    estimate.push(toolCallDelta('c', '{}'));
    expect(estimate.read(false)).toEqual({
      inputTokens: undefined,
      outputTokens: undefined,
      confidence: 'exact',
      hasText: false,
    });
    estimate.push(text('a'));
    expect(estimate.read(false).hasText).toBe(true);
  });

  it('does not call a function while the attempt runs', () => {
    const estimate = createTokenEstimate((whole) => whole.length, noPrompt);
    estimate.push(text('abcd'));
    expect(estimate.read(true)).toMatchObject({ inputTokens: undefined, outputTokens: 1, confidence: 'low' });
    expect(estimate.read(false)).toMatchObject({ inputTokens: undefined, outputTokens: 4, confidence: 'high' });
  });

  it('estimates from characters once a counter has thrown', () => {
    const error = new Error('from the counter');
    const estimate = createTokenEstimate(() => {
      throw error;
    }, noPrompt);
    estimate.push(text('abcd'));
    expect(() => estimate.read(false)).toThrow(error);
    expect(estimate.read(false)).toMatchObject({ outputTokens: 1, confidence: 'low' });
  });
});
