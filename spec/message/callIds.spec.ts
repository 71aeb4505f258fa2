import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createCallIds, longestCallId, uniqueCallId } from '../../src/message/callIds.js';

function uniqueIds(ids: readonly (string | undefined)[], responseId?: string): readonly string[] {
  const callIds = createCallIds();
  return ids.map((id) => uniqueCallId(callIds, id, responseId));
}

describe('uniqueCallId', () => {
  it('keeps ids that are unique', () => {
    expect(uniqueIds(['a', 'b', 'x'.repeat(longestCallId)])).toEqual(['a', 'b', 'x'.repeat(longestCallId)]);
  });

  it('numbers repeated ids', () => {
    expect(uniqueIds(['a', 'a', 'a', 'b', 'b'])).toEqual(['a', 'a-2', 'a-3', 'b', 'b-2']);
  });

  it('skips numbers that an id has of its own', () => {
    expect(uniqueIds(['a', 'a-2', 'a', 'a-2', 'a'])).toEqual(['a', 'a-2', 'a-3', 'a-2-2', 'a-4']);
  });

  it('replaces missing and empty ids', () => {
    expect(uniqueIds([undefined, '', 'call'])).toEqual(['call', 'call-2', 'call-3']);
  });

  it("replaces a missing id by one that ends as the response's id does", () => {
    expect(uniqueIds([undefined, undefined], `chatcmpl-${'x'.repeat(60)}`)).toEqual(['call_xxxxxxxxxxxx', 'call_xxxxxxxxxxxx-2']);
  });

  it('cuts long ids', () => {
    const long = 'x'.repeat(64);
    expect(uniqueIds([long, long])).toEqual(['x'.repeat(40), `${'x'.repeat(38)}-2`]);
  });

  it('cuts at a whole character', () => {
    expect(uniqueIds([`${'x'.repeat(39)}😀`])).toEqual(['x'.repeat(39)]);
  });

  it('returns unique ids of at most 40 characters, and keeps the first of each that is short enough', () => {
    const anyId = fc.oneof(
      fc.constantFrom(undefined, '', 'a', 'a-2', 'call', 'x'.repeat(39), 'x'.repeat(40), 'x'.repeat(41), '😀'.repeat(20)),
      fc.string({ unit: 'grapheme', maxLength: 50 }),
    );
    fc.assert(
      fc.property(fc.array(anyId, { maxLength: 40 }), fc.option(fc.string(), { nil: undefined }), (ids, responseId) => {
        const unique = uniqueIds(ids, responseId);
        expect(new Set(unique).size).toBe(ids.length);
        for (const callId of unique) {
          expect(callId.length).toBeGreaterThan(0);
          expect(callId.length).toBeLessThanOrEqual(longestCallId);
        }
        ids.forEach((id, index) => {
          const isTaken = unique.slice(0, index).includes(id ?? '');
          if (id && id.length <= longestCallId && !isTaken) expect(unique[index]).toBe(id);
        });
      }),
    );
  });

  it('takes time in proportion to the number of calls, also where all have one id', () => {
    const callIds = createCallIds();
    for (let call = 0; call < 20_000; call++) uniqueCallId(callIds, 'a');
    expect(uniqueCallId(callIds, 'a')).toBe('a-20001');
  });
});
