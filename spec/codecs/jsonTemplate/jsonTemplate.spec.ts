import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTemplateValue } from '../../../src/codecs/jsonTemplate/template.js';
import {
  createJsonTemplates,
  findTemplate,
  type JsonTemplates,
  learnTemplate,
  releaseTemplate,
} from '../../../src/codecs/jsonTemplate/templates.js';
import type { VariablePaths } from '../../../src/codecs/jsonTemplate/variables.js';
import type { JsonValue } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { chatFormat } from '../../../src/providers/openai/chat/format.js';
import { responsesFormat } from '../../../src/providers/openai/responses/format.js';
import { recordings } from '../../support/recordings.js';

// template.ts, variables.ts and variableText.ts are tested through the templates.

const cases = { numRuns: 3_000 };
const paths: VariablePaths = {
  text: [['delta', 'text'], ['choices', 0, 'delta', 'content'], ['text']],
  padding: [['pad'], ['sequence_number']],
};

/** The value that the templates give for a text inside a longer one; `undefined` if they reject it, so that JSON.parse must read it. */
function read(templates: JsonTemplates, text: string, before = '', after = ''): JsonValue | undefined {
  const whole = before + text + after;
  const template = findTemplate(templates, whole, before.length);
  return template?.end === before.length + text.length ? readTemplateValue(template, whole) : undefined;
}

/** The parsed value, or `undefined` if the text is not JSON. */
function parse(text: string): { readonly value: JsonValue } | undefined {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return undefined;
  }
}

function learned(...texts: readonly string[]): JsonTemplates {
  const templates = createJsonTemplates(paths);
  for (const text of texts) learnTemplate(templates, text);
  return templates;
}

/** Expects a value that was read to equal that of JSON.parse, including the order of keys and the sign of zero. Returns whether it was read. */
function expectExact(templates: JsonTemplates, text: string, before?: string, after?: string): boolean {
  const value = read(templates, text, before, after);
  if (value === undefined) return false;
  const parsed = parse(text);
  expect(parsed).toEqual({ value });
  expect(JSON.stringify(value)).toBe(JSON.stringify(parsed?.value));
  return true;
}

const base = '{"id":"a","delta":{"type":"t","text":"Hi"},"logprobs":[],"pad":"xyz","sequence_number":7}';

describe('createJsonTemplates', () => {
  it.each([
    ['another text', base.replace('Hi', 'Hello')],
    ['an empty text', base.replace('Hi', '')],
    ['a long text', base.replace('Hi', 'x'.repeat(10_000))],
    ['escapes', base.replace('Hi', '\\"\\\\\\n\\u00e9\\ud83d')],
    ['characters of every width, a lone surrogate too', base.replace('Hi', 'é漢😀\ud83d\u2028\u007f')],
    ['other padding and another number', base.replace('xyz', '').replace('7', '123456789012345')],
    ['blanks before the last brace', base.replace(/}$/, '    }')],
  ])('reads %s', (_, text) => {
    const templates = learned(base);
    expect(expectExact(templates, text)).toBe(true);
    expect(expectExact(templates, text, 'data: ', '\n\n')).toBe(true);
  });

  it.each([
    ['another constant', base.replace('"a"', '"b"')],
    ['another type of variable', base.replace('"Hi"', 'null')],
    ['a text in place of a number', base.replace(':7}', ':"7"}')],
    ['an exponent', base.replace(':7}', ':1e5}')],
    ['a fraction', base.replace(':7}', ':1.5}')],
    ['a number that begins with 0', base.replace(':7}', ':01}')],
    ['a negative zero', base.replace(':7}', ':-0}')],
    ['more digits than a double holds', base.replace(':7}', ':12345678901234567890}')],
    ['no number', base.replace(':7}', ':}')],
    ['a control character in a text', base.replace('Hi', 'a\tb')],
    ['an invalid escape', base.replace('Hi', 'a\\xb')],
    ['a text that does not end', base.slice(0, base.indexOf('Hi') + 1)],
    ['an escape at the end', `${base.slice(0, base.indexOf('Hi'))}\\`],
    ['one brace too many', `${base}}`],
    ['nothing', ''],
  ])('does not match %s', (_, text) => {
    const templates = learned(base);
    expect(read(templates, text)).toBeUndefined();
    // Nor does it match when more text follows.
    expect(read(templates, text, '', base)).toBeUndefined();
  });

  it.each([
    ['no variable', '{"id":"a"}'],
    ['a duplicate key', '{"delta":{"text":"a","text":"b"}}'],
    ['a duplicate object', '{"delta":{"text":"a"},"delta":{"text":"b"}}'],
    ['an object that a later duplicate replaces', '{"delta":{"text":"a"},"delta":{"other":"b"}}'],
    ['an escaped key', '{"delta":{"text":"a"},"d\\u0065lta":{"text":"b"}}'],
    ['no object', '["a"]'],
  ])('learns nothing from a text with %s', (_, text) => {
    expect(read(learned(text), text)).toBeUndefined();
  });

  it('reads `__proto__` as an ordinary key', () => {
    const text = '{"__proto__":{"x":1},"delta":{"__proto__":"y","text":"a"}}';
    expect(expectExact(learned(text), text.replace('"a"', '"b"'))).toBe(true);
  });

  it('matches a text together with its prefix', () => {
    const templates = learned(base);
    for (const prefix of ['data: ', 'event: x\ndata: ', 'data: ', '']) {
      const text = `}${prefix}${base.replace('Hi', `after ${prefix.length}`)}\n\n`;
      const template = findTemplate(templates, text, 1, prefix);
      expect(template?.end).toBe(text.length - 2);
      expect(template?.text).toBe(`after ${prefix.length}`);
      expect(template && readTemplateValue(template, text)).toEqual(JSON.parse(text.slice(1 + prefix.length)));
      expect(findTemplate(templates, text, 1, `${prefix}x`)).toBeUndefined();
      expect(findTemplate(templates, text, 0, prefix)).toBeUndefined();
    }
  });

  it('returns the text of the text slot, if there is exactly one', () => {
    const templates = learned(base);
    expect(findTemplate(templates, base, 0)?.text).toBe('Hi');
    const two = '{"text":"a","delta":{"text":"b"}}';
    expect(findTemplate(learned(two), two, 0)?.text).toBeUndefined();
  });

  it('never changes a value whose template was released', () => {
    const templates = learned(base);
    const kept = read(templates, base);
    releaseTemplate(templates);
    learnTemplate(templates, base);
    read(templates, base.replace('Hi', 'later'));
    expect(kept).toEqual(JSON.parse(base));
  });

  it('equals JSON.parse for any object and any variables', () => {
    const anyObject = fc.record({
      id: fc.jsonValue(),
      delta: fc.record({ text: fc.string({ unit: 'binary' }), other: fc.jsonValue() }),
      pad: fc.string(),
      sequence_number: fc.oneof(fc.nat(), fc.double({ noNaN: true })),
      choices: fc.array(fc.record({ delta: fc.record({ content: fc.string() }) }), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(anyObject, fc.string({ unit: 'binary' }), fc.string(), fc.nat(), (object, text, pad, number) => {
        const json = JSON.stringify(object);
        const other = { ...object, delta: { ...object.delta, text }, pad, sequence_number: number };
        const templates = learned(json);
        expectExact(templates, json);
        expectExact(templates, JSON.stringify(other));
        expectExact(templates, JSON.stringify(other, null, 1));
      }),
      cases,
    );
  });

  it('equals JSON.parse for any mutation of a text', () => {
    const place = fc.nat({ max: base.length });
    const inserted = fc.oneof(
      fc.constantFrom('"', '\\', '}', '{', ',', ' ', '\t', '0', '-', 'e', '.', '\\u00e', '"text":"x",', '\ud800', '\0'),
      fc.string({ maxLength: 3 }),
    );
    const anyMutation = fc.array(fc.tuple(place, fc.nat({ max: 3 }), inserted), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(anyMutation, fc.array(anyMutation, { minLength: 1, maxLength: 3 }), (first, later) => {
        const mutated = mutate(base, first);
        const templates = learned(base, ...(parse(mutated) ? [mutated] : []));
        for (const each of later) {
          expectExact(templates, mutate(base, each));
          expectExact(templates, mutate(mutated, each), 'data: ', '\n\n');
        }
      }),
      { numRuns: 10_000 },
    );
  });

  describe.each([
    ['chat', chatFormat().variables],
    ['responses', responsesFormat.variables],
    ['anthropic', messagesFormat.variables],
  ] as const)('on recorded %s streams', (wire, paths) => {
    const recorded = recordings(wire);
    const test = recorded.length === 0 ? it.skip : it;

    test('equals JSON.parse on every line, original and mutated, and matches more than half of them', () => {
      let lines = 0;
      let matched = 0;
      for (const { bytes } of recorded) {
        const templates = createJsonTemplates(paths);
        const decoded = new TextDecoder().decode(bytes).split(/\r?\n/);
        for (const text of decoded.flatMap((line) => (line.startsWith('data: {') ? line.slice(6) : []))) {
          lines++;
          if (expectExact(templates, text)) matched++;
          else learnTemplate(templates, text);
          for (let at = lines % 7; at < text.length; at += 37) {
            expectExact(templates, `${text.slice(0, at)}${text.slice(at + 1)}`);
            expectExact(templates, `${text.slice(0, at)}${'"\\}1e'[at % 5]}${text.slice(at)}`);
          }
        }
      }
      expect(matched / lines).toBeGreaterThan(0.5);
    });
  });
});

/** Inserts each text in place of a number of characters. */
function mutate(text: string, mutations: readonly (readonly [number, number, string])[]): string {
  return mutations.reduce((all, [at, removed, inserted]) => all.slice(0, at) + inserted + all.slice(at + removed), text);
}
