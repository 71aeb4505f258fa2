import { describe, it } from '@jest/globals';
import { blockDelta as delta, messageDelta, messageStart, blockStart as start, blockStop as stop, typed } from '../wire/wires.js';
import { done, expectStream, type Stream } from './readField.js';

// What compatible servers send as messages, by the kind of what is special: after public reports, each with another input.

const begin = messageStart();
const textBlock = { type: 'text', text: '' };
const thinkingBlock = { type: 'thinking', thinking: '' };
const tool = (more: object = {}): object => ({ type: 'tool_use', id: 'toolu-1', name: 'read', input: {}, ...more });
const text = (index: number, piece: string): string => delta(index, { type: 'text_delta', text: piece });
const thought = (index: number, piece: string): string => delta(index, { type: 'thinking_delta', thinking: piece });
const input = (index: number, piece: unknown): string => delta(index, { type: 'input_json_delta', partial_json: piece });
const signed = (index: number): string => delta(index, { type: 'signature_delta', signature: 'c2ln' });
const end = typed({ type: 'message_stop' });
const ended = messageDelta('end_turn') + end;
const called = messageDelta('tool_use') + end;
const hey = start(0, textBlock) + text(0, 'Hey') + stop(0);

const p1 = '{"p":1}';
const oneCall = { calls: [`read(${p1})`], finish: 'tool-calls' };

const kinds: readonly (readonly [kind: string, streams: readonly Stream[]])[] = [
  [
    'a delta of another kind under an open block does not end what is open',
    [
      [
        'text between arguments',
        begin + start(0, tool()) + input(0, '{"p"') + text(0, 'Hey') + input(0, ':1}') + stop(0) + called,
        { ...oneCall, text: 'Hey' },
      ],
      [
        'thinking before the arguments, under the index of the call',
        begin + start(0, tool()) + thought(0, 'Hm') + input(0, p1) + stop(0) + called,
        { ...oneCall, reasoning: 'Hm' },
      ],
      [
        'text under the index of thinking',
        begin + start(0, thinkingBlock) + thought(0, 'Hm') + text(0, 'Hey') + stop(0) + ended,
        { reasoning: 'Hm', text: 'Hey', parts: 'reasoning text' },
      ],
      [
        'arguments under the index of text, of the call before',
        begin + start(0, tool()) + start(1, textBlock) + text(1, 'Hey') + input(0, p1) + stop(1) + stop(0) + called,
        { ...oneCall, text: 'Hey' },
      ],
      [
        'a signature after the end of its thinking',
        begin +
          start(0, thinkingBlock) +
          thought(0, 'Hm') +
          stop(0) +
          signed(0) +
          start(1, textBlock) +
          text(1, 'Hey') +
          stop(1) +
          ended,
        { reasoning: 'Hm', turn: ['"signature":"c2ln"'] },
      ],
    ],
  ],
  [
    'input that comes twice, or in another shape, is told once',
    [
      [
        'in the start and in deltas',
        begin + start(0, tool({ input: { p: 1 } })) + input(0, p1) + stop(0) + called,
        { ...oneCall, turn: ['"input":{"p":1}'] },
      ],
      [
        'in the start only',
        begin + start(0, tool({ input: { p: 1 } })) + stop(0) + called,
        { ...oneCall, turn: ['"input":{"p":1}'] },
      ],
      ['as an object in a delta', begin + start(0, tool()) + input(0, { p: 1 }) + stop(0) + called, oneCall],
      [
        'whole, and whole again',
        begin + start(0, tool()) + input(0, p1) + input(0, p1) + stop(0) + called,
        { ...oneCall, turn: ['"input":{"p":1}'] },
      ],
      [
        'null, then the text',
        begin + start(0, tool({ input: undefined })) + input(0, null) + input(0, p1) + stop(0) + called,
        oneCall,
      ],
    ],
  ],
  [
    'reasoning in another shape is told, and goes back with its signature',
    [
      [
        'a delta with reasoning',
        begin +
          start(0, thinkingBlock) +
          delta(0, { type: 'reasoning_delta', reasoning: 'Hm' }) +
          signed(0) +
          stop(0) +
          start(1, textBlock) +
          text(1, 'Hey') +
          stop(1) +
          ended,
        { reasoning: 'Hm', text: 'Hey', turn: ['"thinking":"Hm"', 'c2ln'] },
      ],
      [
        'in the start of its block',
        begin +
          start(0, { type: 'thinking', thinking: 'Hm', signature: 'c2ln' }) +
          stop(0) +
          start(1, textBlock) +
          text(1, 'Hey') +
          stop(1) +
          ended,
        { reasoning: 'Hm', turn: ['c2ln'] },
      ],
      [
        'a signature without text',
        begin + start(0, thinkingBlock) + signed(0) + stop(0) + start(1, textBlock) + text(1, 'Hey') + stop(1) + ended,
        { text: 'Hey', turn: ['"thinking":""', 'c2ln'] },
      ],
      [
        'a delta without a block',
        begin + thought(0, 'Hm') + start(1, textBlock) + text(1, 'Hey') + stop(1) + ended,
        { reasoning: 'Hm', text: 'Hey' },
      ],
    ],
  ],
  [
    'empty text does not go back',
    [
      [
        'a block before a call',
        begin + start(0, textBlock) + stop(0) + start(1, tool()) + input(1, p1) + stop(1) + called,
        { ...oneCall, notInTurn: ['"type":"text"'] },
      ],
      [
        'an empty delta after text',
        begin + hey + start(1, textBlock) + text(1, '') + stop(1) + ended,
        { text: 'Hey', notInTurn: ['"text":""'] },
      ],
      ['nothing else at all', begin + start(0, textBlock) + text(0, '') + stop(0) + ended, { text: '', turn: ['(no content)'] }],
      [
        'thinking without text and signature',
        begin + start(0, thinkingBlock) + stop(0) + start(1, textBlock) + text(1, 'Hey') + stop(1) + ended,
        { text: 'Hey', notInTurn: ['"thinking"'] },
      ],
    ],
  ],
  [
    'the marker of a gateway after a stop reason is an end',
    [
      ['after a call', begin + start(0, tool()) + input(0, p1) + stop(0) + messageDelta('tool_use') + done, oneCall],
      [
        'after a limit',
        begin + start(0, textBlock) + text(0, 'Hey') + messageDelta('max_tokens') + done,
        { text: 'Hey', finish: 'length' },
      ],
      [
        'with blocks that are open',
        begin + start(0, textBlock) + text(0, 'Hey') + messageDelta('end_turn') + done,
        { text: 'Hey', finish: 'stop' },
      ],
      ['but not without a reason', begin + hey + done, { error: ['truncated', true] }],
    ],
  ],
  [
    'a stop reason that reports a fault is an error, and any other finishes',
    [
      ['error', begin + hey + messageDelta('error') + end, { error: ['server', true, 'error'] }],
      ['overloaded', begin + hey + messageDelta('model_overloaded') + end, { error: ['overloaded', true, 'model_overloaded'] }],
      ['a timeout', begin + hey + messageDelta('upstream_timeout') + end, { error: ['server', true, 'upstream_timeout'] }],
      ['stop, as chat has it', begin + hey + messageDelta('stop') + end, { text: 'Hey', finish: 'stop' }],
      [
        'tool_calls, as chat has it',
        begin + start(0, tool()) + input(0, p1) + stop(0) + messageDelta('tool_calls') + end,
        oneCall,
      ],
      [
        'guardrail_intervened',
        begin + hey + messageDelta('guardrail_intervened') + end,
        { text: 'Hey', finish: 'content-filter' },
      ],
    ],
  ],
  [
    'the frame of the message may be late, double or missing',
    [
      [
        'the start after the first block',
        start(0, textBlock) + text(0, 'He') + begin + text(0, 'y') + stop(0) + ended,
        { text: 'Hey' },
      ],
      ['two of the same id', begin + begin + hey + ended, { text: 'Hey' }],
      ['no block around the text', begin + text(0, 'He') + text(0, 'y') + ended, { text: 'Hey' }],
      [
        'a block for each piece',
        begin + start(0, textBlock) + text(0, 'He') + stop(0) + start(1, textBlock) + text(1, 'y') + stop(1) + ended,
        { text: 'Hey' },
      ],
      ['deltas after the end', begin + hey + ended + text(0, ' late') + start(1, tool()) + stop(1), { text: 'Hey', calls: [] }],
      [
        'all content in the start',
        messageStart().replace('"content":[]', '"content":[{"type":"text","text":"Hey"}]') + ended,
        { text: 'Hey' },
      ],
    ],
  ],
  [
    'usage in another place is read, and does not fall',
    [
      [
        'after the stop reason, in a delta of its own',
        begin +
          hey +
          typed({ type: 'message_delta', delta: { stop_reason: 'end_turn' } }) +
          typed({ type: 'message_delta', delta: {}, usage: { input_tokens: 12, output_tokens: 7 } }) +
          end,
        { tokens: 19 },
      ],
      [
        'zeros first',
        messageStart({ input_tokens: 0, output_tokens: 0 }) +
          hey +
          messageDelta('end_turn', { input_tokens: 12, output_tokens: 7 }) +
          end,
        { tokens: 19 },
      ],
      [
        'at the end',
        begin +
          hey +
          messageDelta('end_turn', { output_tokens: 1 }) +
          typed({ type: 'message_stop', usage: { input_tokens: 12, output_tokens: 7 } }),
        { tokens: 19 },
      ],
      [
        'null at the end',
        messageStart({ input_tokens: 12, output_tokens: 7 }) +
          hey +
          typed({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: null }) +
          end,
        { tokens: 19 },
      ],
    ],
  ],
  [
    'a message that has said nothing is empty',
    [
      ['only its frame', typed({ type: 'message_stop' }), { error: ['empty', true] }],
      ['a call that did not come', begin + messageDelta('tool_use') + end, { error: ['empty', true] }],
      ['heartbeats', typed({ type: 'ping' }) + done, { error: ['empty', true] }],
    ],
  ],
  [
    'parts are in the order of their blocks',
    [
      [
        'a block of an unknown type between texts',
        begin + hey + start(1, { type: 'map', rows: 1 }) + stop(1) + start(2, textBlock) + text(2, '!') + stop(2) + ended,
        { parts: 'text other text', text: 'Hey!', turn: ['"map"'] },
      ],
      [
        'hidden thinking first',
        begin +
          start(0, { type: 'redacted_thinking', data: 'x' }) +
          stop(0) +
          start(1, textBlock) +
          text(1, 'Hey') +
          stop(1) +
          ended,
        { parts: 'other text', turn: ['redacted_thinking'] },
      ],
      [
        'blocks that end in the other order',
        begin + start(0, textBlock) + text(0, 'Hey') + start(1, tool()) + input(1, p1) + stop(1) + stop(0) + called,
        { ...oneCall, parts: 'text tool-call' },
      ],
    ],
  ],
];

describe.each(kinds)('messages: %s', (_, streams) => {
  it.each(streams)('%s', (...stream) => expectStream('messages', stream));
});
