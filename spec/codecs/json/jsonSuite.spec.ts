import { describe, expect, it } from '@jest/globals';
import { createJsonParser } from '../../../src/codecs/json/parser.js';
import { JsonSyntaxError } from '../../../src/codecs/json/syntaxError.js';
import { LimitError } from '../../../src/errors.js';
import { cut } from '../../support/chunks.js';
import { type JsonSuiteCase, jsonSuite } from '../../support/jsonSuite.js';

const suite = jsonSuite();
const chunkSizes = [1, 3, Number.POSITIVE_INFINITY];

/** Text cannot contain these bytes: the text decoder in front of the parser replaces them. */
const notUtf8 = [
  'i_string_UTF-16LE_with_BOM.json',
  'i_string_UTF-8_invalid_sequence.json',
  'i_string_UTF8_surrogate_U+D800.json',
  'i_string_lone_utf8_continuation_byte.json',
  'i_string_not_in_unicode_range.json',
  'i_string_overlong_sequence_2_bytes.json',
  'i_string_overlong_sequence_6_bytes.json',
  'i_string_overlong_sequence_6_bytes_null.json',
  'i_string_truncated-utf-8.json',
  'i_string_utf16BE_no_BOM.json',
  'i_string_utf16LE_no_BOM.json',
  'n_array_a_invalid_utf8.json',
  'n_array_invalid_utf8.json',
  'n_number_invalid-utf-8-in-bigger-int.json',
  'n_number_invalid-utf-8-in-exponent.json',
  'n_number_invalid-utf-8-in-int.json',
  'n_object_lone_continuation_byte_in_key_and_trailing_comma.json',
];

/** The value as text, which shows -0 and large numbers; `undefined` if the text is incomplete. */
function read(text: string, size: number): string | undefined {
  const parser = createJsonParser();
  for (const piece of cut(text, [size])) parser.write(piece);
  return parser.end() ? JSON.stringify(parser.value()) : undefined;
}

function casesOf(kind: string): readonly { readonly name: string; readonly text: string }[] {
  return suite.flatMap(({ name, text }: JsonSuiteCase) => (name.startsWith(kind) && text !== undefined ? [{ name, text }] : []));
}

function isRejection(error: unknown): boolean {
  return error instanceof JsonSyntaxError || error instanceof LimitError;
}

describe('createJsonParser on the JSON test suite', () => {
  if (suite.length === 0) {
    it.skip('is skipped because the suite is absent', () => undefined);
    return;
  }

  it('has no text for the files that are not UTF-8', () => {
    expect(suite.filter(({ text }) => text === undefined).map(({ name }) => name)).toEqual(notUtf8);
  });

  it.each(casesOf('y_'))('accepts $name', ({ text }) => {
    for (const size of chunkSizes) expect(read(text, size)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it.each(casesOf('n_'))('rejects $name', ({ text }) => {
    for (const size of chunkSizes) {
      let result: unknown;
      try {
        result = read(text, size);
      } catch (error) {
        if (!isRejection(error)) throw error;
      }
      expect(result).toBeUndefined();
    }
  });

  it.each(casesOf('i_'))('treats $name as JSON.parse does, but skips a byte order mark', ({ text }) => {
    let expected: string | undefined;
    try {
      expected = JSON.stringify(JSON.parse(text.replace(/^\ufeff/, '')));
    } catch {
      expected = undefined;
    }
    for (const size of chunkSizes) expect(read(text, size)).toBe(expected);
  });
});
