import { describe, it } from '@jest/globals';
import { event } from '../wire/wires.js';
import { chunk, done, expectStream, json, piece, pieces, type Stream, usage } from './readField.js';

// What compatible servers send as chat completions, by the kind of what is special: after public reports, each with another input.

const oslo = '{"city":"Oslo"}';
const rome = '{"city":"Rome"}';
const weather = (args: unknown, more: object = {}): object => piece('weather', args, more);
const both = { calls: [`weather(${oslo})`, `weather(${rome})`], finish: 'tool-calls' };
const called = chunk({}, 'tool_calls') + done;
const stopped = chunk({}, 'stop') + done;

/** Structured reasoning of OpenRouter and of LiteLLM. */
const detail = (text: string, more: object = {}): object => ({ type: 'reasoning.text', text, index: 0, ...more });
const block = (thinking: string, signature?: string): object => ({ type: 'thinking', thinking, ...(signature && { signature }) });

const kinds: readonly (readonly [kind: string, streams: readonly Stream[]])[] = [
  [
    'a finish reason that reports a fault is an error that names it, after the usage',
    [
      ['in capitals', chunk({ content: 'Hi' }) + chunk({}, 'ERROR') + done, { error: ['server', true, 'error'] }],
      [
        'with spaces',
        chunk({ content: 'Hi' }) + chunk({}, 'internal error') + done,
        { error: ['server', true, 'internal error'] },
      ],
      ['of a queue', chunk({ content: 'Hi' }) + chunk({}, 'queue_full') + done, { error: ['overloaded', true, 'queue_full'] }],
      ['of an account', chunk({ content: 'Hi' }) + chunk({}, 'insufficient_balance'), { error: ['quota', false, 'balance'] }],
      ['of an engine', chunk({ content: 'Hi' }) + chunk({}, 'engine-crash') + done, { error: ['server', true, 'engine-crash'] }],
      [
        'that is native',
        chunk({}, 'error', {}, { native_finish_reason: 'UNEXPECTED_TOOL_CALL' }) + done,
        { error: ['server', true, 'UNEXPECTED_TOOL_CALL'] },
      ],
    ],
  ],
  [
    'a finish reason that filters, stops or has not come',
    [
      ['BLOCKLIST', chunk({ content: 'Hi' }) + chunk({}, 'BLOCKLIST') + done, { finish: 'content-filter' }],
      ['content_filter: hate', chunk({ content: 'Hi' }) + chunk({}, 'content_filter: hate'), { finish: 'content-filter' }],
      ['stop_sequence', chunk({ content: 'Hi' }) + chunk({}, 'stop_sequence') + done, { finish: 'stop' }],
      ['COMPLETED', chunk({ content: 'Hi' }) + chunk({}, 'COMPLETED') + done, { finish: 'stop' }],
      ['MAX_TOKENS', chunk({ content: 'Hi' }) + chunk({}, 'MAX_TOKENS') + done, { finish: 'length' }],
      [
        '"None" in every chunk',
        chunk({ content: 'H' }, 'None') + chunk({ content: 'i' }, 'stop') + done,
        { text: 'Hi', finish: 'stop' },
      ],
      [
        'stop on the first, empty one',
        chunk({ content: '' }, 'stop') + chunk({ content: 'Hi' }) + stopped,
        { text: 'Hi', finish: 'stop' },
      ],
      ['an unknown word', chunk({ content: 'Hi' }) + chunk({}, 'enough') + done, { text: 'Hi', finish: 'other' }],
    ],
  ],
  [
    'a stream that has said nothing is empty',
    [
      [
        'an id, and no choice',
        json({ id: 'chat-1', object: 'chat.completion.chunk', choices: [] }) + done,
        { error: ['empty', true] },
      ],
      ['no choice, but usage', json({ id: 'chat-1', choices: [], usage }) + done, { error: ['empty', true] }],
      [
        'an empty delta with zeros',
        chunk({}, null, { id: '', usage: { prompt_tokens: 0, total_tokens: 0 } }) + done,
        { error: ['empty', true] },
      ],
      ['a role alone', chunk({ role: 'assistant' }) + done, { error: ['empty', true] }],
    ],
  ],
  [
    'parallel calls under one index, or without ids, are several calls',
    [
      ['whole ones in two chunks', pieces(weather(oslo, { index: 0 })) + pieces(weather(rome, { index: 0 })) + called, both],
      [
        'in pieces, other names',
        pieces(weather('{"city":', { index: 0 })) +
          pieces({ index: 0, function: { arguments: '"Oslo"}' } }) +
          pieces(piece('clock', '', { index: 0 })) +
          pieces({ index: 0, function: { arguments: '{}' } }) +
          called,
        { calls: [`weather(${oslo})`, 'clock({})'], finish: 'tool-calls' },
      ],
      [
        'ids that are empty, no index, stop',
        pieces(weather(oslo, { id: '' })) + pieces(weather(rome, { id: '' })) + stopped,
        both,
      ],
      [
        'ids that are the word null',
        pieces(weather(oslo, { index: 0, id: 'null' }), weather(rome, { index: 1, id: 'null' })) + called,
        { ...both, notInTurn: ['"null"'] },
      ],
      [
        'the end of one and the beginning of the next in one list',
        pieces(weather('{"city":"Os', { index: 0, id: 'a' })) +
          pieces({ index: 0, function: { arguments: 'lo"}' } }, weather('{"city"', { index: 1, id: 'b' })) +
          pieces({ index: 1, function: { arguments: ':"Rome"}' } }) +
          called,
        both,
      ],
    ],
  ],
  [
    'one call under several indexes is one call',
    [
      [
        'told again, whole',
        pieces(weather('', { index: 0, id: 'a' })) +
          pieces(weather(oslo, { index: 1, id: 'a' })) +
          pieces(weather(oslo, { index: 2, id: 'a' })) +
          called,
        { calls: [`weather(${oslo})`], finish: 'tool-calls' },
      ],
      [
        'its arguments under the next one, without a name',
        pieces(weather('', { index: 0, id: 'a' })) +
          pieces({ index: 1, id: null, function: { name: '', arguments: oslo } }) +
          called,
        { calls: [`weather(${oslo})`], finish: 'tool-calls' },
      ],
      [
        'the same in pieces, twice',
        pieces(weather('', { index: 0, id: 'a' })) +
          pieces({ index: 1, function: { arguments: '{"city":' } }) +
          pieces({ index: 1, function: { arguments: '"Oslo"}' } }) +
          pieces(weather('', { index: 2, id: 'b' })) +
          pieces({ index: 3, function: { arguments: rome } }) +
          called,
        both,
      ],
    ],
  ],
  [
    'arguments that come again, or as an object, are told once',
    [
      ['as an object', pieces(weather({ city: 'Oslo' }, { index: 0, id: 'a' })) + called, { calls: [`weather(${oslo})`] }],
      [
        'whole beside the name, and again',
        pieces(weather(oslo, { index: 0, id: 'a' })) + pieces({ index: 0, function: { arguments: oslo } }) + called,
        { calls: [`weather(${oslo})`] },
      ],
      [
        'so far, in each piece',
        pieces(weather('{"city', { index: 0 })) + pieces({ index: 0, function: { arguments: oslo } }) + called,
        { calls: [`weather(${oslo})`] },
      ],
      [
        'as an empty object first',
        pieces(weather('{}', { index: 0, id: 'a' })) + pieces({ index: 0, function: { arguments: oslo } }) + called,
        { calls: [`weather(${oslo})`] },
      ],
    ],
  ],
  [
    'reasoning in any shape is told once, and goes back',
    [
      [
        'an object with content',
        chunk({ reasoning: { content: 'Hm.' } }) + chunk({ content: 'Hi' }) + stopped,
        { reasoning: 'Hm.', text: 'Hi', turn: ['Hm.'] },
      ],
      [
        'a part of type thought',
        chunk({
          content: [
            { type: 'thought', text: 'Hm.' },
            { type: 'text', text: 'Hi' },
          ],
        }) + stopped,
        { reasoning: 'Hm.', text: 'Hi' },
      ],
      [
        'a part with a list',
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }) +
          chunk({ content: 'Hi' }) +
          stopped,
        { reasoning: 'Hm.', text: 'Hi' },
      ],
      [
        'in two fields',
        chunk({ reasoning: 'Hm.', reasoning_content: 'Hm.' }) + chunk({ content: 'Hi' }) + stopped,
        { reasoning: 'Hm.', text: 'Hi' },
      ],
      [
        'beside its details',
        chunk({ reasoning: 'Hm.', reasoning_details: [detail('Hm.', { signature: 'sig' })] }) +
          chunk({ content: 'Hi' }) +
          stopped,
        { reasoning: 'Hm.', turn: ['"sig"'] },
      ],
      [
        'a block, then whole with its signature',
        chunk({ thinking_blocks: [block('H')] }) +
          chunk({ thinking_blocks: [block('m.')] }) +
          chunk({ thinking_blocks: [block('Hm.', 'sig')] }) +
          chunk({ content: 'Hi' }) +
          stopped,
        { reasoning: 'Hm.', turn: ['"thinking":"Hm."', '"sig"'] },
      ],
      [
        'an opaque signature beside text',
        chunk({ reasoning_text: 'Hm.' }) + chunk({ content: 'Hi', reasoning_opaque: 'b64' }) + stopped,
        { reasoning: 'Hm.', text: 'Hi', turn: ['b64'] },
      ],
      [
        'after the finish',
        chunk({ reasoning_content: 'Hm.' }) + chunk({}, 'stop') + chunk({ content: 'Hi' }) + done,
        { reasoning: 'Hm.', text: 'Hi', finish: 'stop' },
      ],
    ],
  ],
  [
    'parts are in the order in which they came',
    [
      [
        'a link of an image, then text',
        chunk({ content: [{ type: 'image_url', image_url: { url: 'https://a.example/i.png' } }] }) +
          chunk({ content: 'It.' }) +
          stopped,
        { parts: 'other text', text: 'It.' },
      ],
      [
        'text, an unknown part, text',
        chunk({ content: [{ type: 'text', text: 'a' }] }) +
          chunk({ content: [{ type: 'chart', rows: 1 }] }) +
          chunk({ content: [{ type: 'text', text: 'b' }] }) +
          stopped,
        { parts: 'text other text', text: 'ab', turn: ['"chart"'] },
      ],
      [
        'an image, then a call',
        chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } }] }) +
          pieces(weather(oslo, { index: 0, id: 'a' })) +
          called,
        { parts: 'file tool-call' },
      ],
      [
        'an unknown part before reasoning',
        chunk({ content: [{ type: 'map' }] }) + chunk({ reasoning_content: 'Hm.' }) + chunk({ content: 'Hi' }) + stopped,
        { parts: 'other reasoning text' },
      ],
    ],
  ],
  [
    'usage in another place is read, and does not fall',
    [
      ['in a choice with a delta', chunk({ content: 'Hi' }) + chunk({}, 'stop', {}, { usage }) + done, { tokens: 19 }],
      [
        'in the choice of a chunk of its own',
        chunk({ content: 'Hi' }, 'stop') + chunk({}, null, {}, { usage }) + done,
        { tokens: 19 },
      ],
      ['in x_groq', chunk({ content: 'Hi' }) + chunk({}, 'stop', { x_groq: { usage } }) + done, { tokens: 19 }],
      [
        'in every chunk, then null, then zeros',
        chunk({ content: 'Hi' }, null, { usage }) +
          chunk({}, 'stop', { usage: null }) +
          chunk({}, null, { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }) +
          done,
        { tokens: 19 },
      ],
      [
        'beside the pieces of a call',
        pieces(weather('{"city":', { index: 0, id: 'a' })) +
          chunk({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }, null, { usage }) +
          called,
        { tokens: 19, calls: [`weather(${oslo})`] },
      ],
    ],
  ],
  [
    'text that is told in two places is told once',
    [
      [
        'beside the delta',
        chunk({ content: 'He' }, null, {}, { text: 'He' }) + chunk({ content: 'y' }, 'stop', {}, { text: 'y' }) + done,
        { text: 'Hey' },
      ],
      [
        'beside a piece of reasoning',
        chunk({ reasoning: 'Hm' }, null, {}, { text: 'Hm' }) + chunk({ content: 'Hey' }, 'stop', {}, { text: 'Hey' }) + done,
        { text: 'Hey', reasoning: 'Hm' },
      ],
      [
        'in a message at the end',
        chunk({ content: 'He' }) +
          chunk({ content: 'y' }) +
          event({
            id: 'chat-1',
            choices: [{ index: 0, message: { role: 'assistant', content: 'Hey' }, finish_reason: 'stop' }],
          }) +
          done,
        { text: 'Hey', finish: 'stop' },
      ],
      [
        'all of it again in the last delta',
        chunk({ content: 'This is a sentence ' }) +
          chunk({ content: 'of some length.' }) +
          chunk({ content: 'This is a sentence of some length.' }, 'stop') +
          done,
        { text: 'This is a sentence of some length.' },
      ],
      [
        'only beside the delta',
        chunk({}, null, {}, { text: 'He' }) + chunk({}, 'stop', {}, { text: 'y' }) + done,
        { text: 'Hey' },
      ],
    ],
  ],
  [
    'a source that is repeated is cited once',
    [
      [
        'in a later chunk',
        chunk({ content: 'Hi', annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }] }) +
          chunk({ annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.example' } }] }, 'stop') +
          done,
        { text: 'Hi', parts: 'text' },
      ],
    ],
  ],
  [
    'what a filter says of a good answer is no error',
    [
      [
        'an empty error',
        chunk({ content: 'Hi' }, null, {}, { content_filter_results: { error: { code: '', message: '' } } }) + stopped,
        { text: 'Hi' },
      ],
      [
        'that nothing was filtered',
        chunk(
          { content: 'Hi' },
          null,
          {},
          { content_filter_result: { error: { code: 'content_filter_error', message: 'not filtered' } } },
        ) + stopped,
        { text: 'Hi' },
      ],
      [
        'before the first choice',
        json({ id: '', object: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] }) +
          chunk({ content: 'Hi' }) +
          stopped,
        { text: 'Hi' },
      ],
    ],
  ],
  [
    'empty text does not go back',
    [
      [
        'beside a call',
        chunk({ content: '' }) + pieces(weather(oslo, { index: 0, id: 'a' })) + called,
        { calls: [`weather(${oslo})`], turn: ['"content":null'] },
      ],
      [
        'in a list',
        chunk({ content: [{ type: 'text', text: '' }] }) + chunk({ content: [{ type: 'text', text: 'Hi' }] }) + stopped,
        { text: 'Hi', notInTurn: ['"text":""'] },
      ],
      [
        'after reasoning',
        chunk({ reasoning_content: 'Hm.', content: '' }) + chunk({ content: 'Hi' }) + stopped,
        { parts: 'reasoning text', text: 'Hi' },
      ],
    ],
  ],
];

describe.each(kinds)('chat: %s', (_, streams) => {
  it.each(streams)('%s', (...stream) => expectStream('chat', stream));
});
