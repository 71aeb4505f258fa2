const assert = require('node:assert/strict');
const { lastValueFrom } = require('rxjs');
const { bufferToText, isStreamError } = require('rxllm');
const { fromMessages } = require('rxllm/anthropic');
const { createEncoder, sse } = require('rxllm/http');
const { fromChatCompletions, fromResponses } = require('rxllm/openai');
const { tiktokenCounter } = require('rxllm/tiktoken');
const { traceStream } = require('rxllm/otel');
const { genaiPrices } = require('rxllm/pricing');
const { parseToonOnComplete, toonPrompt } = require('rxllm/toon');

const stream = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n';
const client = async () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
const cut$ = fromChatCompletions(client, { model: 'any', messages: [] });

assert.match(toonPrompt([{ id: 1 }, { id: 2 }]).text, /\[2\]\{id\}:/);
assert.equal(typeof fromResponses, 'function');
assert.equal(typeof fromMessages, 'function');
assert.equal(typeof createEncoder(sse()).encode, 'function');
assert.equal(typeof traceStream, 'function');
assert.equal(genaiPrices()({ inputTokens: 1_000_000, outputTokens: 0 }, { model: 'gpt-4.1', provider: 'openai' }).total, 2);
assert.equal(typeof parseToonOnComplete, 'function');
const counter = tiktokenCounter('gpt-4o');
lastValueFrom(cut$.pipe(bufferToText())).then(
  () => assert.fail('a cut answer is never a success'),
  async (error) => {
    assert.equal(isStreamError(error, 'truncated'), true);
    assert.equal(error.partial.text, 'Hello');
    await counter.load();
    assert.equal(counter.count('Hello world'), 2);
    console.log('CommonJS consumer: ok');
  },
);
