import { describe, expect, it } from '@jest/globals';
import { answeredWith, outcomeOf, type SourceName, sourceNames } from '../../support/answers.js';

const answers: Readonly<Record<SourceName, string>> = {
  chat:
    'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n' +
    'data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
  responses:
    'event: response.created\ndata: {"type":"response.created","response":{"id":"r","model":"m"}}\n\n' +
    'event: response.completed\ndata: {"type":"response.completed","response":{"id":"r","output":[]}}\n\n',
  messages:
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"m","usage":{}}}\n\n' +
    'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}}\n\n' +
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
};

const first = { chat: 'chat.completion.chunk', responses: 'response.created', messages: 'message_start' };
const right = { chat: 'fromChatCompletions', responses: 'fromResponses', messages: 'fromMessages' };

const pairs = sourceNames.flatMap((source) =>
  sourceNames.filter((name) => name !== source).map((wire) => [source, wire] as const),
);

describe('an answer of another wire', () => {
  it.each(pairs)('is a ProtocolError of the source for %s that names the one for %s', async (source, wire) => {
    for (const body of [
      answers[wire],
      `: hello\n\ndata: {"type":"ping"}\n\n${answers[wire]}`,
      `${answers[wire]}data: [DONE]\n\n`,
    ]) {
      const error = await outcomeOf(answeredWith(source, body));
      expect(error).toMatchObject({ name: 'ProtocolError', kind: 'protocol', retryable: false });
      const message = `No event of the stream is known to this source; the first one is ${first[wire]}: read it with ${right[wire]}`;
      expect(error).toMatchObject({ message });
    }
  });

  it('is one for the native form of Gemini', async () => {
    const body = 'data: {"candidates":[{"content":{"parts":[{"text":"Hi"}]}}]}\n\n';
    for (const source of sourceNames) expect(await outcomeOf(answeredWith(source, body))).toMatchObject({ kind: 'protocol' });
  });

  it('is not one if an event of its own wire came, or none at all', async () => {
    const mixed = answers.messages.replace(
      'data: {"type":"message_start"',
      `${answers.chat.split('\n')[0]}\n\ndata: {"type":"message_start"`,
    );
    expect(await outcomeOf(answeredWith('messages', mixed))).toMatchObject({ finishReason: 'stop' });
    for (const source of sourceNames) {
      expect(await outcomeOf(answeredWith(source, ''))).toMatchObject({ kind: 'empty', retryable: true });
      expect(await outcomeOf(answeredWith(source, 'data: {"type":"keepalive"}\n\n'))).not.toMatchObject({ kind: 'protocol' });
    }
  });

  it('is an error that the payload reports, in a shape that the wire does not have', async () => {
    for (const source of sourceNames) {
      for (const body of [
        '{"detail":"no"}',
        '{"errors":[{"message":"no"}],"success":false}',
        '{"base_resp":{"status_code":1008,"status_msg":"no"}}',
      ]) {
        expect(await outcomeOf(answeredWith(source, `data: ${body}\n\ndata: [DONE]\n\n`))).toMatchObject({
          name: 'ProviderError',
          message: 'no',
        });
      }
    }
  });

  it('has no text of the answer in its message', async () => {
    const body = answers.chat.replace('chat.completion.chunk', 'a secret text');
    expect(await outcomeOf(answeredWith('messages', body))).toMatchObject({
      message: expect.not.stringContaining('secret'),
    });
  });
});
