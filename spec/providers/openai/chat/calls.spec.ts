import { describe, expect, it } from '@jest/globals';
import type { JsonObject, JsonValue } from '../../../../src/events.js';
import { cut } from '../../../support/chunks.js';
import { chunk, type Data, decodeData, done } from './decode.js';

const oslo = '{"city":"Oslo"}';
const rome = '{"city":"Rome"}';

function piece(fields: JsonObject, name?: JsonValue, argumentsText?: JsonValue): JsonObject {
  return {
    ...fields,
    function: { ...(name !== undefined && { name }), ...(argumentsText !== undefined && { arguments: argumentsText }) },
  };
}

function calls(...pieces: readonly JsonValue[]): JsonObject {
  return chunk({ tool_calls: pieces });
}

/** The calls of a stream, as `name arguments`; each must have ended, and must be the same in the next turn. */
function read(...data: readonly Data[]): readonly string[] {
  const { message, error } = decodeData([...data, chunk({}, 'tool_calls'), done]);
  expect(error).toBeUndefined();
  expect(message.toolCalls.every(({ ended }) => ended)).toBe(true);
  expect(new Set(message.toolCalls.map(({ callId }) => callId)).size).toBe(message.toolCalls.length);
  const natives = message.parts.flatMap(({ type, native }) => (type === 'tool-call' ? [JSON.stringify(native)] : []));
  message.toolCalls.forEach(({ argumentsText }, index) => expect(natives[index]).toContain(JSON.stringify(argumentsText)));
  return message.toolCalls.map(({ name, argumentsText }) => `${name} ${argumentsText}`);
}

const at0 = { index: 0 };

describe('calls of a chat completion', () => {
  describe('that share one index', () => {
    it.each<readonly [string, readonly JsonObject[]]>([
      ['whole, without ids', [calls(piece(at0, 'weather', oslo)), calls(piece(at0, 'weather', rome))]],
      [
        'whole, with empty ids',
        [calls(piece({ index: 0, id: '' }, 'weather', oslo)), calls(piece({ index: 0, id: '' }, 'weather', rome))],
      ],
      ['in one list', [calls(piece(at0, 'weather', oslo), piece(at0, 'weather', rome))]],
      [
        'with one id',
        [calls(piece({ index: 0, id: 'a' }, 'weather', oslo)), calls(piece({ index: 0, id: 'a' }, 'weather', rome))],
      ],
      ['without a name', [calls(piece({ index: 0, id: 'a' }, 'weather', oslo)), calls(piece(at0, undefined, rome))]],
      [
        'in pieces',
        [oslo, rome].flatMap((whole) => [
          calls(piece(at0, 'weather', '')),
          calls(piece(at0, undefined, whole.slice(0, 8))),
          calls(piece(at0, undefined, whole.slice(8))),
        ]),
      ],
    ])('are several: %s', (_, data) => {
      expect(read(...data)).toEqual([`weather ${oslo}`, `weather ${rome}`]);
    });

    it('are several if their names differ', () => {
      const data = [calls(piece(at0, 'clock', '')), calls(piece(at0, 'weather', '')), calls(piece(at0, undefined, oslo))];
      expect(read(...data)).toEqual(['clock ', `weather ${oslo}`]);
    });

    it('are one if each piece has another id', () => {
      const data = [
        calls(piece({ index: 0, id: 'a' }, 'weather', '{"city":')),
        calls(piece({ index: 0, id: 'b' }, '', '"Oslo"}')),
      ];
      expect(read(...data)).toEqual([`weather ${oslo}`]);
    });
  });

  describe('whose arguments are repeated', () => {
    const start = [calls(piece({ index: 0, id: 'a' }, 'weather', '{"city":')), calls(piece(at0, undefined, '"Oslo"}'))];
    it.each<readonly [string, JsonObject]>([
      ['with the id and the name', piece({ index: 0, id: 'a' }, 'weather', oslo)],
      ['without both', piece({ index: 0, id: null }, null, oslo)],
      ['as an object', piece({ index: 0, id: 'a' }, 'weather', { city: 'Oslo' })],
    ])('whole are one: %s', (_, whole) => {
      expect(read(...start, calls(whole))).toEqual([`weather ${oslo}`]);
    });

    it('whole before they were are one', () => {
      expect(read(calls(piece({ index: 0, id: 'a' }, 'weather', '{"city":"Oslo"')), calls(piece(at0, undefined, oslo)))).toEqual([
        `weather ${oslo}`,
      ]);
    });

    it('so far in every piece are one', () => {
      const pieces = ['{"ci', '{"city":"Os', oslo].map((text) => calls(piece({ index: 0, id: 'a' }, 'weather', text)));
      expect(read(...pieces)).toEqual([`weather ${oslo}`]);
    });

    it('in part stay as they are', () => {
      const nested = '{"a":{"a":{"a":1}}}';
      expect(read(...cut(nested, [5]).map((text) => calls(piece({ index: 0, id: 'a' }, 'f', text))))).toEqual([`f ${nested}`]);
    });
  });

  it('take the place of an empty object that came first', () => {
    expect(read(calls(piece({ index: 0, id: 'a' }, 'weather', '{}')), calls(piece(at0, undefined, oslo)))).toEqual([
      `weather ${oslo}`,
    ]);
    expect(
      read(
        calls(piece({ index: 0, id: 'a' }, 'weather', {})),
        calls(piece(at0, undefined, '{"city"')),
        calls(piece(at0, undefined, ':"Oslo"}')),
      ),
    ).toEqual([`weather ${oslo}`]);
  });

  it('may have objects and lists within their arguments', () => {
    const pieces = ['{"a":[{"x":1}', ',', '{"x":2}', ']', '}'];
    expect(
      read(calls(piece({ index: 0, id: 'a' }, 'f', '')), ...pieces.map((text) => calls(piece(at0, undefined, text)))),
    ).toEqual(['f {"a":[{"x":1},{"x":2}]}']);
  });

  describe('without an index', () => {
    it('are found by their places in the list', () => {
      const opened = calls(piece({ id: 'a' }, 'weather', ''), piece({ id: 'b' }, 'clock', ''));
      const rest = ['{"city":', '"Oslo"}'].map((text, n) =>
        calls(piece({}, undefined, text), piece({}, undefined, ['{"z":', '1}'][n])),
      );
      expect(read(opened, ...rest)).toEqual([`weather ${oslo}`, 'clock {"z":1}']);
    });

    it('are found by the id of a call that has an index', () => {
      const data = [calls(piece({ index: 0, id: 'a' }, 'weather', ''), piece({ index: 1, id: 'b' }, 'clock', ''))];
      expect(read(...data, calls(piece({ id: 'b' }, undefined, '{}')), calls(piece({ id: 'a' }, undefined, oslo)))).toEqual([
        `weather ${oslo}`,
        'clock {}',
      ]);
    });

    it('are several also if they are equal', () => {
      expect(read(calls(piece({}, 'roll', '{}')), calls(piece({}, 'roll', '{}')))).toEqual(['roll {}', 'roll {}']);
    });
  });

  describe('in other shapes', () => {
    it.each<readonly [string, JsonValue]>([
      ['with the id in the function', { index: 0, function: { id: 'a', name: 'weather', arguments: oslo } }],
      ['with a number as id', { index: 0, id: 7, function: { name: 'weather', arguments: oslo } }],
      ['without a function', { index: 0, id: 'a', name: 'weather', arguments: oslo }],
      ['with parameters', { index: 0, id: 'a', function: { name: 'weather', parameters: { city: 'Oslo' } } }],
    ])('are read: %s', (_, native) => {
      expect(read(calls(native))).toEqual([`weather ${oslo}`]);
    });

    it('are read from an object instead of a list, and beside null', () => {
      expect(read(chunk({ tool_calls: { index: 0, function: { name: 'weather', arguments: oslo } } }))).toEqual([
        `weather ${oslo}`,
      ]);
      expect(read(calls(null, piece({ index: 0, id: 'a' }, 'weather', oslo)))).toEqual([`weather ${oslo}`]);
    });

    it('are one in the old and the new form', () => {
      const called = { name: 'weather', arguments: oslo };
      expect(read(chunk({ tool_calls: [{ index: 0, id: 'a', function: called }], function_call: called }))).toEqual([
        `weather ${oslo}`,
      ]);
    });

    it('are read from the message at the end of streamed text', () => {
      const message = { content: 'Look.', tool_calls: [piece({ id: 'a' }, 'weather', oslo)] };
      expect(read(chunk({ content: 'Look.' }), { id: 'chatcmpl-1', choices: [{ index: 0, message }] })).toEqual([
        `weather ${oslo}`,
      ]);
    });
  });

  it.each(['stop', 'tool_calls'])('go on after %s beside their pieces', (reason) => {
    const pieces = ['', '{"city":', '"Oslo"}'].map((text, n) =>
      chunk({ tool_calls: [piece({ index: 0, id: 'a' }, n === 0 ? 'weather' : undefined, text)] }, reason),
    );
    expect(read(...pieces)).toEqual([`weather ${oslo}`]);
  });

  it('do not end if the provider stopped them for another reason', () => {
    const opened = calls(piece({ index: 0, id: 'a' }, 'weather', '{"ci'));
    for (const reason of ['length', 'content_filter', 'repetition']) {
      const { message } = decodeData([opened, chunk({}, reason), done]);
      expect(message.toolCalls).toMatchObject([{ ended: false, argumentsText: '{"ci' }]);
    }
  });
});
