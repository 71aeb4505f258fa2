import { describe, expect, it } from '@jest/globals';
import { decodeChunks, outcome } from '../../support/toon.js';
import { type ToonCase, toonCases } from '../../support/toonSpec.js';

/** The cases in which the decoder deviates, and why. */
const deviations: Readonly<Record<string, string>> = {
  'objects: treats non-integer bracket content as literal key (non-strict)':
    'Specification 4.4 and its reference decoder reject a malformed header in both modes; the fixture is of version 4.0.',
};

const cases = toonCases();

function wanted({ name, expected, shouldError }: ToonCase): ReturnType<typeof outcome> {
  return shouldError || name in deviations ? 'an error' : { value: expected };
}

(cases.length > 0 ? describe : describe.skip)(
  'createToonDecoder on the fixtures of the specification (skipped if they are absent)',
  () => {
    it.each([1, 2, 3, 7, Infinity])('decodes every case in pieces of %d', (size) => {
      const results = cases.map((test) => [test.name, outcome(() => decodeChunks(test.input, [size], test.options))]);
      expect(results).toEqual(cases.map((test) => [test.name, wanted(test)]));
    });

    it.each([1, 2, 3, Infinity])('decodes every case with CRLF in pieces of %d', (size) => {
      const decode = ({ input, options }: ToonCase): unknown => decodeChunks(input.replace(/\r?\n/g, '\r\n'), [size], options);
      const results = cases.map((test) => [test.name, outcome(() => decode(test))]);
      expect(results).toEqual(cases.map((test) => [test.name, wanted(test)]));
    });

    it('has a case for every deviation', () => {
      for (const name of Object.keys(deviations)) expect(cases.map((test) => test.name)).toContain(name);
    });
  },
);
