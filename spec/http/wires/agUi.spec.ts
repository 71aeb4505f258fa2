import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EmptyStreamError, isStreamError, toErrorInfo } from '../../../src/errors.js';
import type { DeltaEvent, JsonValue } from '../../../src/events.js';
import { agUi, type RunInput } from '../../../src/http/index.js';
import { createMessageFold } from '../../../src/message/messageFold.js';
import { finish, raw, start, text, toolResult } from '../../../src/testing/index.js';
import { withoutLosses } from '../../support/agUiLosses.js';
import { anyStream, anyStreamError } from '../../support/anyStream.js';
import { formats, recordedStreams } from '../../support/corpus.js';
import { decodeBytes } from '../../support/decodeBytes.js';
import { anyChunksOf, bytesOf, framesOf, type Reading, readingOf } from '../../support/wires.js';

const input: RunInput = {
  threadId: 'thread-1',
  runId: 'run-1',
  protocolVersion: '1.0',
  messages: [{ id: 'u1', role: 'user', content: 'Hi' }],
};
const wire = agUi({ input });
const older = agUi({ input: { ...input, protocolVersion: undefined } });
const tanStack = agUi({
  input: { ...input, protocolVersion: undefined, messages: [{ ...input.messages[0], metadata: { tanstack: {} } } as never] },
});
const wires = [
  ['version 1.0', wire],
  ['an older version', older],
  ['the client of TanStack', tanStack],
] as const;

const read = (...frames: readonly string[]): Reading => readingOf(wire, [bytesOf(frames)]);
const frame = (payload: unknown): string => JSON.stringify(payload);

function partialOf(events: readonly DeltaEvent[]) {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.partial();
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 0;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('agUi', () => {
  it.each(wires)('loses of any stream only what its page lists, in any chunks: %s', (_, to) => {
    const property = fc.property(
      anyStream().chain((stream) => anyChunksOf(bytesOf(framesOf(to, stream))).map((chunks) => ({ stream, chunks }))),
      ({ stream: { events, error }, chunks }) => {
        const reading = readingOf(to, chunks);
        const [sent, arrived] = [withoutLosses(events), withoutLosses(reading.events)];
        expect(arrived.events).toStrictEqual(sent.events);
        expect(arrived.argumentTexts).toEqual(sent.argumentTexts);
        const isWhole = error !== undefined || events.at(-1)?.type === 'finish';
        if (isWhole) expect(arrived.usage).toStrictEqual(sent.usage);
        if (error)
          expect(toErrorInfo(reading.error)).toMatchObject({ name: error.name, kind: error.kind, details: error.details });
        else if (events.at(-1)?.type === 'finish') expect(reading.error).toBeUndefined();
        else expect(reading.error?.kind).toBe(chunks.some(({ length }) => length > 0) ? 'truncated' : 'empty');
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it.each(recordedStreams.map((stream) => [`${stream.wire}/${stream.name}`, stream] as const))(
    'loses only that of the recording %s',
    (_, { wire: kind, bytes }) => {
      const { events, error } = decodeBytes(formats[kind], [bytes]);
      const sent = bytesOf(framesOf(wire, { events, error: error === undefined ? undefined : toErrorInfo(error) }));
      const reading = readingOf(wire, [sent]);
      expect(withoutLosses(reading.events)).toStrictEqual(withoutLosses(events));
      expect(reading.error === undefined).toBe(error === undefined);
    },
  );

  it('takes what it reads for the end only with RUN_FINISHED: each beginning of a stream is a TruncatedError', () => {
    const property = fc.property(anyStream({ ends: ['finish'], maxMoves: 8 }), (stream) => {
      const bytes = bytesOf(framesOf(wire, stream));
      for (let length = 1; length < bytes.length; length++) {
        const { events, error } = readingOf(wire, [bytes.subarray(0, length)]);
        if (events.at(-1)?.type === 'finish') expect(error).toBeUndefined();
        else expect(error?.kind).toBe('truncated');
      }
    });
    fc.assert(property, { numRuns: 10 });
  });
  void [EmptyStreamError, isStreamError, partialOf, nested, read, frame, finish, raw, start, text, toolResult, anyStreamError];
});
