import { describe, expect, it } from '@jest/globals';
import { answeredWith, outcomeOf, type SourceName, sourceNames } from '../../support/answers.js';

const beginnings: Readonly<Record<SourceName, string>> = {
  chat: 'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"Half"}}]}\n\n',
  responses:
    'data: {"type":"response.created","response":{"id":"r","model":"m"}}\n\n' +
    'data: {"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"i","content":[]}}\n\n' +
    'data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"item_id":"i","delta":"Half"}\n\n',
  messages:
    'data: {"type":"message_start","message":{"id":"m","model":"m","usage":{}}}\n\n' +
    'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n' +
    'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half"}}\n\n',
};

const refusal = { error: { message: 'Slow down', type: 'rate_limit_error' } };

const errorForms: Readonly<Record<string, string>> = {
  'a line of JSON': JSON.stringify(refusal),
  'JSON over several lines': JSON.stringify(refusal, null, 2),
  'a list in JSON, as Google sends it': JSON.stringify(
    [{ error: { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' } }],
    null,
    2,
  ),
  'an `error:` field': `error: ${JSON.stringify(refusal.error)}\n\n`,
  'an `error:` field around an error': `error: ${JSON.stringify(refusal)}\n\n`,
  'a line of JSON after another line': `upstream closed\n${JSON.stringify({ detail: 'Slow down', status_code: 429 })}\n`,
  'an event of its own name without data': `event: error\n${JSON.stringify(refusal)}\n\n`,
};

describe.each(sourceNames)('an error outside of the events of %s', (source) => {
  it.each(Object.entries(errorForms))('as %s is read, first and after content', async (_, form) => {
    const expected = { name: 'ProviderError', kind: 'rate-limit', retryable: true, message: 'Slow down' };
    expect(await outcomeOf(answeredWith(source, form))).toMatchObject({ ...expected, partial: { text: '' } });
    expect(await outcomeOf(answeredWith(source, beginnings[source] + form))).toMatchObject({
      ...expected,
      partial: { text: 'Half' },
    });
  });

  it('is read as a text behind `error:`', async () => {
    const error = await outcomeOf(answeredWith(source, `${beginnings[source]}error: the engine has no memory\n`));
    expect(error).toMatchObject({ name: 'ProviderError', kind: 'server', message: 'the engine has no memory' });
  });

  it('is no error if it says nothing of one', async () => {
    expect(await outcomeOf(answeredWith(source, `${beginnings[source]}upstream closed\n`))).toMatchObject({ kind: 'truncated' });
    expect(await outcomeOf(answeredWith(source, `${beginnings[source]}{"id":"x"}\n`))).toMatchObject({ kind: 'truncated' });
  });

  it('is a ContentTypeError for a page or a JSON answer, if nothing else came', async () => {
    for (const body of ['<!doctype html>\n<title>Login</title>', JSON.stringify({ id: 'c', choices: [] }, null, 2)]) {
      const error = await outcomeOf(answeredWith(source, body));
      expect(error).toMatchObject({
        kind: 'content-type',
        retryable: false,
        snippet: expect.stringContaining(body.slice(0, 9)),
      });
      expect(error).toMatchObject({ message: 'Expected text/event-stream, got a body without events' });
    }
  });

  it('keeps only the beginning of a long text', async () => {
    const error = await outcomeOf(
      answeredWith(source, [`<html>\n`, ...Array.from({ length: 300 }, () => `${'x'.repeat(999)}\n`)]),
    );
    expect(error).toMatchObject({ kind: 'content-type' });
  });
});

describe('data that is no payload', () => {
  const end = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

  it.each(['data: error: no memory', 'data: Error: no memory', 'data: [ERROR] no memory', 'event: error\ndata: no memory'])(
    'is an error after the word error: %s',
    async (line) => {
      const error = await outcomeOf(answeredWith('chat', `${beginnings.chat}${line}\n\n${end}`));
      expect(error).toMatchObject({ name: 'ProviderError', kind: 'server', message: 'no memory' });
    },
  );

  it('is a ping if it is a comment', async () => {
    for (const line of ['data: : OPENROUTER PROCESSING', 'data: :', 'data::keep-alive']) {
      expect(await outcomeOf(answeredWith('chat', `${line}\n\n${beginnings.chat}${end}`))).toMatchObject({
        text: 'Half',
        finishReason: 'stop',
      });
    }
  });

  it('is read if it is a field again', async () => {
    expect(await outcomeOf(answeredWith('chat', `${beginnings.chat}${end}`.replaceAll('data: ', 'data: data: ')))).toMatchObject({
      text: 'Half',
    });
  });

  it('is several payloads if the blank lines between them are missing', async () => {
    const body = `${beginnings.chat}${end}`.replaceAll('\n\n', '\n');
    expect(await outcomeOf(answeredWith('chat', body))).toMatchObject({ text: 'Half', finishReason: 'stop' });
    const cut = `${beginnings.chat}data: {"id":"c","choi\nevent: error\ndata: {"error":{"type":"overloaded_error","message":"m"}}\n\n`;
    expect(await outcomeOf(answeredWith('chat', cut))).toMatchObject({ name: 'ProviderError', kind: 'overloaded' });
    expect(await outcomeOf(answeredWith('chat', `${beginnings.chat}data: {"id"\ndata: {"a":1}\n\n`))).toMatchObject({
      kind: 'malformed-event',
    });
  });
});

describe('an event stream under another type', () => {
  it.each(['application/json', 'text/html; charset=utf-8', 'text/plain', 'application/stream+json', ''])(
    '%s is read',
    async (type) => {
      const body = `${beginnings.chat}data: [DONE]\n\n`;
      expect(await outcomeOf(answeredWith('chat', body, { 'content-type': type }))).toMatchObject({ text: 'Half' });
      const error = await outcomeOf(answeredWith('chat', JSON.stringify(refusal, null, 1), { 'content-type': type }));
      expect(error).toMatchObject({ name: 'ProviderError', kind: 'rate-limit' });
    },
  );
});
