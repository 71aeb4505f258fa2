import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { from, type Observable, of } from 'rxjs';
import type { DeltaEvent, FinishReason } from '../../src/events.js';
import { type ParsedText, type Parser, parseOnComplete } from '../../src/operators/parseOnComplete.js';
import { json } from '../../src/structured/parsers/json.js';
import { text as plainText } from '../../src/structured/parsers/text.js';
import { finish, marbles, start, text } from '../../src/testing/index.js';
import { allValues } from '../support/allValues.js';
import { laterSchemaOf, schemaOf } from '../support/json.js';
import { operatorContract, record } from '../support/operatorContract.js';

const upper: Parser<'upper', string> = {
  format: 'upper',
  async parse(whole) {
    if (whole === whole.toUpperCase()) return { accepted: true, value: whole };
    return { accepted: false, message: 'Not upper case', line: 1 };
  },
};
const numbers = schemaOf((value): number => {
  if (typeof value !== 'number') throw new Error('No number');
  return value;
});

function only(source: Observable<DeltaEvent | string>, ...parsers: [Parser, ...Parser[]]): unknown {
  const { values, end } = record(source, parseOnComplete(...parsers));
  return end === 'complete' && values.length === 1 ? values[0] : end;
}

describe('parseOnComplete', () => {
  operatorContract(() => parseOnComplete(json(), plainText()), { kind: 'fold' });

  it(
    'emits the result of the first parser once, when the stream completes',
    marbles(({ stream, expectObservable, expectSubscriptions }) => {
      const source = stream('s-a-b-R-c-d-f|', { c: text('{"a"'), d: text(':1}') });
      const subscription = ' ^------------!';
      const result = '       -------------(x|)';
      const x = { format: 'json', value: { a: 1 }, text: '{"a":1}', errors: [], truncated: false };
      expectObservable(source.pipe(parseOnComplete(json(), plainText()))).toBe(result, { x });
      expectSubscriptions(source.subscriptions).toBe(subscription);
    }),
  );

  it('tries the next parser when one rejects the text, and emits why', () => {
    expect(only(of('Hello ', '[1]'), json(), plainText())).toMatchObject({
      format: 'text',
      value: 'Hello [1]',
      errors: [{ format: 'json', message: 'Expected a value (offset 0)', offset: 0 }],
    });
    expect(only(of('"a"'), json({ schema: numbers }), plainText())).toMatchObject({
      format: 'text',
      value: '"a"',
      errors: [{ format: 'json', value: 'a', issues: [{ message: 'No number', path: ['id'] }] }],
    });
    expect(only(of('['.repeat(300)), json(), plainText())).toMatchObject({ format: 'text', errors: [{ format: 'json' }] });
  });

  it('errors when every parser rejects the text', () => {
    const error = only(of('[1,]'), json(), json({ fences: false }));
    expect(error).toMatchObject({
      kind: 'parse',
      message: 'The answer is none of: json, json',
      offset: 3,
      value: [1],
      text: '[1,]',
    });
  });

  it('emits whether the answer is truncated, and rejects a number at its end then', () => {
    const cut = (whole: string): unknown => only(from([start(), text(whole), finish('length')]), json(), plainText());
    expect(cut('[1]')).toMatchObject({ format: 'json', truncated: true });
    expect(cut('12')).toMatchObject({ format: 'text', truncated: true });
    expect(only(from([start(), text('12')]), json(), plainText())).toMatchObject({ format: 'text', truncated: true });
    expect(only(of('12'), json(), plainText())).toMatchObject({ format: 'json', truncated: false });
  });

  it.each<FinishReason>(['refusal', 'content-filter', 'tool-calls'])('errors when the stream ended with %s instead', (reason) => {
    expect(only(from([start(), text('No'), finish(reason)]), plainText())).toMatchObject({ kind: 'parse', finishReason: reason });
  });

  it('awaits an asynchronous parser', async () => {
    const operator = parseOnComplete(upper, json({ schema: laterSchemaOf((value) => value) }), plainText());
    await expect(allValues(of('ABC').pipe(operator))).resolves.toMatchObject([{ format: 'upper' }]);
    await expect(allValues(of('{"a":1}').pipe(operator))).resolves.toMatchObject([{ format: 'json', errors: [{ line: 1 }] }]);
    await expect(allValues(of('abc').pipe(operator))).resolves.toMatchObject([{ format: 'text' }]);
    await expect(allValues(of('abc').pipe(parseOnComplete(upper)))).rejects.toMatchObject({ kind: 'parse', line: 1 });
  });

  it('errors with what a parser throws, the very object', () => {
    const error = new Error('Broken parser');
    const broken: Parser = {
      format: 'broken',
      parse() {
        throw error;
      },
    };
    expect(only(of(''), broken)).toBe(error);
  });

  it('throws on an argument that is not a parser', () => {
    // @ts-expect-error
    expect(() => parseOnComplete()).toThrow(TypeError);
    // @ts-expect-error
    expect(() => parseOnComplete(json)).toThrow('json() makes one');
    // @ts-expect-error
    expect(() => json({ skema: numbers })).toThrow('did you mean "schema"');
  });

  it('types what it emits', () => {
    expectTypeOf(of('').pipe(parseOnComplete(json({ schema: numbers }), plainText()))).toEqualTypeOf<
      Observable<ParsedText<'json', number> | ParsedText<'text', string>>
    >();
  });
});
