import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastValueFrom, of, throwError, toArray } from 'rxjs';
import { writeJson } from '../../../src/codecs/json/writeJson.js';
import { TruncatedError } from '../../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { fallbackTo } from '../../../src/operators/fallbackTo.js';
import { traceStream } from '../../../src/otel/traceStream.js';
import { finish, start, toolCallDelta, toolCallEnd, toolCallStart } from '../../../src/testing/index.js';
import { record } from '../../support/operatorContract.js';

const levels = 100_000;

describe('what a model nests without end', () => {
  it('is written as JSON', () => {
    let deep: JsonValue = ['x', { a: null, b: [] }, {}];
    for (let level = 0; level < levels; level++) deep = level % 2 ? { n: deep, m: 1 } : [deep];
    const written = writeJson(deep);
    expect(written).toContain('["x",{"a":null,"b":[]},{}]');
    expect(written.length).toBeGreaterThan(5 * levels);
    expect(typeof JSON.parse(written)).toBe('object');
  });

  it('is written as JSON.stringify writes it', () => {
    const nested = (value: JsonValue): JsonValue => {
      let deep = value;
      for (let level = 0; level < levels; level++) deep = [deep];
      return deep;
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = writeJson(nested(value as JsonValue));
        expect(written.slice(levels, -levels)).toBe(JSON.stringify(value));
      }),
      { numRuns: 10 },
    );
  });

  it('ends no stream that is traced', async () => {
    const text = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const events = [
      start(),
      toolCallStart('c', 'f'),
      toolCallDelta('c', text),
      toolCallEnd('c', 'f', text),
      finish('tool-calls'),
    ];
    const set: Record<string, unknown> = {};
    const span = {
      updateName: () => span,
      addEvent: () => span,
      setStatus: () => span,
      setAttribute: (name: string, value: unknown) => {
        set[name] = value;
        return span;
      },
      setAttributes: () => span,
      end: () => undefined,
    };
    const tracer = { startActiveSpan: (_name: string, _options: object, run: (span: unknown) => void) => run(span) } as never;
    const traced = await lastValueFrom(
      of<DeltaEvent[]>(...events).pipe(traceStream({ tracer, captureContent: true }), toArray()),
    );
    expect(traced).toHaveLength(events.length);
    expect(String(Object.values(set)[0])).toContain('[[[[');
  });
});

describe('500 providers that fail at once', () => {
  it('are asked one after another, and end with all their errors', () => {
    const failing = throwError(() => new TruncatedError());
    const { values, end } = record(failing, fallbackTo(...Array.from({ length: 500 }, () => failing)));
    expect(values).toHaveLength(500);
    expect(end).toMatchObject({ kind: 'retry-exhausted', errors: { length: 501 } });
  });
});
