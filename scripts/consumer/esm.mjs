import assert from 'node:assert/strict';
import { lastValueFrom } from 'rxjs';
import { bufferToText, isStreamError } from 'rxllm';
import { fromMessages } from 'rxllm/anthropic';
import { createEncoder, sse } from 'rxllm/http';
import { fromChatCompletions, fromResponses } from 'rxllm/openai';
import { traceStream } from 'rxllm/otel';
import { genaiPrices } from 'rxllm/pricing';
import { tiktokenCounter } from 'rxllm/tiktoken';
import { parseToonOnComplete, toonPrompt } from 'rxllm/toon';

const stream = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const client = async () => new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
const events$ = fromChatCompletions(client, { model: 'any', messages: [] });

assert.equal(await lastValueFrom(events$.pipe(bufferToText())), 'Hello');
assert.equal((await lastValueFrom(events$.pipe(parseToonOnComplete()))).format, 'text');
assert.match(toonPrompt([{ id: 1 }, { id: 2 }]).text, /\[2\]\{id\}:/);
const counter = tiktokenCounter('gpt-4o');
await counter.load();
assert.equal(counter.count('Hello world'), 2);
assert.equal(typeof fromResponses, 'function');
assert.equal(typeof fromMessages, 'function');
assert.equal(typeof createEncoder(sse()).encode, 'function');
assert.equal(typeof traceStream, 'function');
assert.equal(genaiPrices()({ inputTokens: 1_000_000, outputTokens: 0 }, { model: 'gpt-4.1', provider: 'openai' }).total, 2);
assert.equal(isStreamError(new Error('foreign')), false);
console.log('ESM consumer: ok');
