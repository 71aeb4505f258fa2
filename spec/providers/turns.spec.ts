import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import fc from 'fast-check';
import type OpenAI from 'openai';
import type { JsonObject, JsonValue, Message, NativeFormat, Turn, TurnPart } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { messageTurns } from '../../src/message/turns.js';
import { assistantTurn as messagesAssistantTurn } from '../../src/providers/anthropic/assistantTurn.js';
import { messagesParams } from '../../src/providers/anthropic/messagesParams.js';
import { assistantTurn } from '../../src/providers/openai/assistantTurn.js';
import { chatMessages } from '../../src/providers/openai/chatMessages.js';
import { responsesInput } from '../../src/providers/openai/responsesInput.js';
import { anyTurns } from '../support/anyTurns.js';
import { allStreams, decodeStream, type ProviderStream } from '../support/corpus.js';
import { contentsOfRequest, contentsOfTurns } from '../support/requestContents.js';
import { requestSchemas } from '../support/requestSchemas.js';

const converters: Readonly<Record<NativeFormat, (turns: readonly Turn[]) => unknown>> = {
  chat: chatMessages,
  responses: responsesInput,
  messages: messagesParams,
};
const formats = ['chat', 'responses', 'messages'] as const;

/** What `assistantTurn` makes of one message, in the place where the converter puts it. */
const ownTurns: Readonly<Record<NativeFormat, (message: Message) => unknown>> = {
  chat: (message) => [assistantTurn(message)],
  responses: (message) => assistantTurn<never[]>(message),
  messages: (message) => ({ messages: [messagesAssistantTurn(message)] }),
};

function messageOf({ wire, bytes }: ProviderStream): Message {
  const fold = createMessageFold();
  for (const event of decodeStream(wire, [bytes]).events) fold.push(event);
  return fold.message();
}

const formatOf = { chat: 'chat', responses: 'responses', anthropic: 'messages' } as const;
const streams = allStreams.map((stream) => ({ title: `${stream.wire}/${stream.name}`, stream, format: formatOf[stream.wire] }));

function question(...parts: readonly TurnPart[]): Turn {
  return { role: 'user', parts };
}

/** An answer with a call, in the native form of `format`. */
function answer(call: Partial<Extract<TurnPart, { type: 'tool-call' }>>, native?: JsonValue, nativeFormat?: NativeFormat): Turn {
  const whole = {
    callId: 'c',
    name: 'clock',
    argumentsText: '{}',
    input: {},
    executor: 'client',
    format: 'json',
    ended: true,
  } as const;
  return { role: 'assistant', parts: [{ type: 'tool-call', ...whole, ...call, native, nativeFormat }] };
}

function replies(output: JsonValue, isError: boolean = false, callId: string = 'c'): Turn {
  return { role: 'tool', parts: [{ type: 'tool-result', callId, name: 'clock', output, isError }] };
}

describe('the converters of turns', () => {
  it.each(streams)('make of the answer $title what assistantTurn makes, on its own wire', ({ stream, format }) => {
    const message = messageOf(stream);
    expect(converters[format](messageTurns(message))).toEqual(ownTurns[format](message));
    // A copy that crossed a wire is the same message.
    const copy = JSON.parse(JSON.stringify(message)) as Message;
    expect(converters[format](messageTurns(copy))).toEqual(ownTurns[format](message));
  });

  it.each(streams)(
    'make of the answer $title a request that the other wires accept, and that says the same',
    ({ stream, format }) => {
      const message = messageOf(stream);
      const turns = [
        question({ type: 'text', text: 'Hello' }),
        ...messageTurns(message),
        question({ type: 'text', text: 'Go on' }),
      ];
      for (const other of formats) {
        if (other === format) continue;
        const request = converters[other](turns);
        expect(requestSchemas[other].safeParse(JSON.parse(JSON.stringify(request))).error).toBeUndefined();
        expect(contentsOfRequest(other, request)).toEqual(contentsOfTurns(turns));
      }
    },
  );

  it.each(formats)('make of any turns a request that the API accepts, and that says the same (%s)', (format) => {
    fc.assert(
      fc.property(anyTurns(format), (turns) => {
        const request = converters[format](turns);
        expect(requestSchemas[format].safeParse(JSON.parse(JSON.stringify(request))).error).toBeUndefined();
        expect(contentsOfRequest(format, request)).toEqual(contentsOfTurns(turns));
        expect(converters[format](JSON.parse(JSON.stringify(turns)) as Turn[])).toEqual(request);
      }),
      { numRuns: 500 },
    );
  });

  it('have the types of the SDK params', () => {
    expectTypeOf(chatMessages).returns.toExtend<OpenAI.ChatCompletionCreateParams['messages']>();
    expectTypeOf(responsesInput).returns.toExtend<NonNullable<OpenAI.Responses.ResponseCreateParams['input']>>();
    expectTypeOf(messagesParams).returns.toExtend<Pick<Anthropic.MessageCreateParams, 'messages' | 'system'>>();
    expectTypeOf(messagesParams).returns.toExtend<Pick<Anthropic.Beta.Messages.MessageCreateParams, 'messages' | 'system'>>();
  });

  it.each(formats)('do not change the turns (%s)', (format) => {
    fc.assert(
      fc.property(anyTurns(format), (turns) => {
        const copy = structuredClone(turns);
        converters[format](turns);
        expect(turns).toEqual(copy);
      }),
      { numRuns: 50 },
    );
  });
});

describe('ids of calls', () => {
  const long = `call__thought__${'A'.repeat(200)}`;
  const nativeCall: JsonObject = { tool_calls: [{ id: long, type: 'function', function: { name: 'clock', arguments: '{}' } }] };

  it('are kept on their own wire, however long', () => {
    const request = chatMessages([answer({ callId: long }, nativeCall, 'chat'), replies('noon', false, long)]);
    expect(request).toMatchObject([{ tool_calls: [{ id: long }] }, { tool_call_id: long }]);
  });

  it('from elsewhere are cut to 40 characters, and stay unique', () => {
    const other = `${long}B`;
    const turns = [
      answer({ callId: long }),
      replies('one', false, long),
      answer({ callId: other }),
      replies('two', false, other),
    ];
    const request = responsesInput(turns).map((item) => ('call_id' in item ? item.call_id : undefined));
    expect(request[0]).toBe(long.slice(0, 40));
    expect(request[2]).toHaveLength(40);
    expect(request).toEqual([request[0], request[0], request[2], request[2]]);
    expect(request[0]).not.toBe(request[2]);
  });

  it('have only characters that the messages API accepts', () => {
    const { messages } = messagesParams([answer({ callId: 'functions.clock:0' }), replies('noon', false, 'functions.clock:0')]);
    expect(messages).toMatchObject([
      { content: [{ id: 'functions_clock_0' }] },
      { content: [{ tool_use_id: 'functions_clock_0' }] },
    ]);
  });

  it('that two answers share are told apart', () => {
    const turns = [
      answer({ callId: 'call' }),
      replies('one', false, 'call'),
      answer({ callId: 'call' }),
      replies('two', false, 'call'),
    ];
    expect(chatMessages(turns)).toMatchObject([
      { tool_calls: [{ id: 'call' }] },
      { tool_call_id: 'call', content: 'one' },
      { tool_calls: [{ id: 'call-2' }] },
      { tool_call_id: 'call-2', content: 'two' },
    ]);
  });
});

describe('chatMessages', () => {
  it('sends audio, files with their name, and images by address', () => {
    const file = (mediaType: string, filename?: string): TurnPart => ({
      type: 'file',
      mediaType,
      url: `data:${mediaType};base64,YQ==`,
      filename,
    });
    const turn = question(file('audio/mpeg'), file('application/pdf', 'a.pdf'), {
      type: 'file',
      mediaType: 'image/png',
      url: 'https://x.test/a.png',
    });
    expect(chatMessages([turn])).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_audio', input_audio: { data: 'YQ==', format: 'mp3' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,YQ==' } },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
        ],
      },
    ]);
  });

  it('throws for the address of a file that is not an image, without the address in the message', () => {
    const turn = question({ type: 'file', mediaType: 'application/pdf', url: 'https://x.test/secret.pdf' });
    expect(() => chatMessages([turn])).toThrow(
      new TypeError('chatMessages: the API takes no address of a file of type application/pdf'),
    );
  });

  it('answers a function call in the older form', () => {
    const turns = [answer({}, { function_call: { name: 'clock', arguments: '{}' } }, 'chat'), replies('noon')];
    expect(chatMessages(turns)).toMatchObject([
      { function_call: { name: 'clock' } },
      { role: 'function', name: 'clock', content: 'noon' },
    ]);
  });

  it('sends the images of all results after the last of them', () => {
    const image: JsonValue = [{ type: 'image', mimeType: 'image/png', data: 'YQ==' }];
    const results = [...replies(image).parts, ...replies('noon', false, 'd').parts];
    const turns: Turn[] = [answer({}), answer({ callId: 'd' }), { role: 'tool', parts: results }];
    expect(chatMessages(turns).slice(2)).toMatchObject([
      { role: 'tool', tool_call_id: 'c' },
      { role: 'tool', tool_call_id: 'd', content: 'noon' },
      { role: 'user', content: [{ type: 'image_url' }] },
    ]);
  });
});

describe('responsesInput', () => {
  it.each([
    ['custom_tool_call', { type: 'custom_tool_call_output', call_id: 'c', output: 'done' }],
    ['local_shell_call', { type: 'local_shell_call_output', id: 'c', output: 'done' }],
    ['apply_patch_call', { type: 'apply_patch_call_output', call_id: 'c', status: 'failed', output: 'done' }],
    [
      'shell_call',
      {
        type: 'shell_call_output',
        call_id: 'c',
        output: [{ stdout: 'done', stderr: '', outcome: { type: 'exit', exit_code: 1 } }],
      },
    ],
    ['function_call', { type: 'function_call_output', call_id: 'c', output: 'done' }],
  ])('answers a %s in its own form', (type, output) => {
    const turns = [answer({}, { type, call_id: 'c' }, 'responses'), replies('done', true)];
    expect(responsesInput(turns)).toEqual([{ type, call_id: 'c' }, output]);
  });

  it('sends a screenshot and found tools as the tool of the caller gives them', () => {
    const screenshot: JsonObject = { type: 'computer_screenshot', image_url: 'data:image/png;base64,YQ==' };
    const shot = responsesInput([answer({}, { type: 'computer_call', call_id: 'c' }, 'responses'), replies(screenshot)]);
    expect(shot[1]).toEqual({ type: 'computer_call_output', call_id: 'c', output: screenshot });
    const found = responsesInput([answer({}, { type: 'tool_search_call', call_id: 'c' }, 'responses'), replies([])]);
    expect(found[1]).toEqual({ type: 'tool_search_output', call_id: 'c', execution: 'client', tools: [] });
  });

  it('sends a decision on a request of the provider, once it is made', () => {
    const request: JsonObject = {
      type: 'mcp_approval_request',
      id: 'mcpr_1',
      name: 'shorten',
      arguments: '{}',
      server_label: 's',
    };
    const asked: Turn = {
      role: 'assistant',
      parts: [{ type: 'other', kind: 'mcp_approval_request', native: request, nativeFormat: 'responses' }],
    };
    const decide = (callId: string, approved: boolean | undefined): Turn => question({ type: 'approval', callId, approved });
    expect(responsesInput([asked, decide('mcpr_1', false)])[1]).toEqual({
      type: 'mcp_approval_response',
      approval_request_id: 'mcpr_1',
      approve: false,
    });
    expect(responsesInput([asked, decide('mcpr_1', undefined), decide('other', true)])).toEqual([request]);
  });
});

describe('messagesParams', () => {
  it('puts results and the question after them into one message, and marks errors', () => {
    const turns = [
      answer({}),
      answer({ callId: 'd' }),
      replies('broken', true),
      replies({ a: 1 }, false, 'd'),
      question({ type: 'text', text: 'So?' }),
    ];
    expect(messagesParams(turns).messages.at(-1)).toEqual({
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c', content: 'broken', is_error: true },
        { type: 'tool_result', tool_use_id: 'd', content: '{"a":1}' },
        { type: 'text', text: 'So?' },
      ],
    });
  });

  it('joins system turns, and has no system without one', () => {
    const system = (text: string): Turn => ({ role: 'system', parts: [{ type: 'text', text }] });
    expect(messagesParams([system('Be brief.'), question({ type: 'text', text: 'Hi' }), system('In German.')])).toEqual({
      system: 'Be brief.\n\nIn German.',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    });
    expect(messagesParams([])).toEqual({ messages: [] });
  });

  it.each(['audio/wav', 'image/svg+xml', 'application/zip'])('throws for data of type %s', (mediaType) => {
    const turn = question({ type: 'file', mediaType, url: `data:${mediaType};base64,c2VjcmV0` });
    expect(() => messagesParams([turn])).toThrow(new TypeError(`messagesParams: the API takes no file of type ${mediaType}`));
  });

  it('throws for the address of a file that is neither an image nor a PDF', () => {
    const turn = question({ type: 'file', mediaType: 'text/plain', url: 'https://x.test/a' });
    expect(() => messagesParams([turn])).toThrow('the API takes no file of type text/plain by its address');
  });
});

describe('a round trip as JSON', () => {
  it.each(streams)('changes no event and no message of $title, nor its turns', ({ stream }) => {
    const { events } = decodeStream(stream.wire, [stream.bytes]);
    const copy: unknown = JSON.parse(JSON.stringify(events));
    expect(copy).toEqual(events);
    const message = messageOf(stream);
    expect(JSON.parse(JSON.stringify(message))).toEqual({ ...message });
    expect(JSON.parse(JSON.stringify(messageTurns(message)))).toEqual(messageTurns(message));
  });
});
