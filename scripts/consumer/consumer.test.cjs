const { lastValueFrom, of } = require('rxjs');
const { TestScheduler } = require('rxjs/testing');
const { bufferToText, timeoutBetweenChunks } = require('rxllm');
const { tiktokenCounter } = require('rxllm/tiktoken');
const { toonPrompt } = require('rxllm/toon');

test('a CommonJS Jest loads every entry point', async () => {
  const start = { type: 'start', id: '1', model: 'm', provider: 'any' };
  const delta = { type: 'text-delta', text: 'Hello', block: 0, choice: 0, phase: 'answer' };
  expect(await lastValueFrom(of(start, delta).pipe(bufferToText()))).toBe('Hello');
  expect(toonPrompt([{ id: 1 }, { id: 2 }]).text).toContain('[2]{id}:');
  const counter = tiktokenCounter('gpt-4o');
  await counter.load();
  expect(counter.count('Hello world')).toBe(2);
  expect(typeof require('rxllm/openai').fromResponses).toBe('function');
  expect(typeof require('rxllm/anthropic').fromMessages).toBe('function');
  expect(typeof require('rxllm/http').sse).toBe('function');
  expect(typeof require('rxllm/ai-sdk').fromAiSdk).toBe('function');
  expect(typeof require('rxllm/otel').traceStream).toBe('function');
  expect(typeof require('rxllm/pricing').genaiPrices()).toBe('function');
  expect(typeof require('rxllm/testing').marbles).toBe('function');
});

test('limits run in virtual time', () => {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run(({ cold, expectObservable }) => {
    const limited = cold('-').pipe(timeoutBetweenChunks({ firstMs: 5 }));
    expectObservable(limited).toBe('-----#', {}, expect.objectContaining({ kind: 'timeout', phase: 'first' }));
  });
});
