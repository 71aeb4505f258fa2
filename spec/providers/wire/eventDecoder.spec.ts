import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DeltaEvent, PartialMessage } from '../../../src/events.js';
import { messagesFormat } from '../../../src/providers/anthropic/format.js';
import { chatFormat } from '../../../src/providers/openai/chat/format.js';
import { responsesFormat } from '../../../src/providers/openai/responses/format.js';
import {
  createEventDecoder,
  decodeChunk,
  endDecoding,
  hasFinished,
  partialMessage,
} from '../../../src/providers/wire/eventDecoder.js';
import type { WireFormat, WireState } from '../../../src/providers/wire/wireFormat.js';
import { decodeStream, fixtureStreams, formats } from '../../support/corpus.js';
import { recordings } from '../../support/recordings.js';

// repeatedPayloads.ts is tested through the decoder: without templates it parses every payload, and must emit the same events.

interface Decoded {
  readonly events: readonly DeltaEvent[];
  /** The message after some of the chunks, and at the end. */
  readonly partials: readonly PartialMessage[];
  readonly error: string | undefined;
}

/** All events, read when the stream is over, so that an event that changed after it was emitted is found. */
function decode<State extends WireState>(
  format: WireFormat<State>,
  bytes: Uint8Array,
  templates: boolean,
  size: number,
): Decoded {
  const events: DeltaEvent[] = [];
  const partials: PartialMessage[] = [];
  const decoder = createEventDecoder(format, (event) => void events.push(event), { templates });
  try {
    for (let from = 0; from < bytes.length; from += size) {
      decodeChunk(decoder, bytes.subarray(from, from + size));
      if (from % 3_000 < size) partials.push(partialMessage(decoder));
    }
    endDecoding(decoder);
    return { events, partials: [...partials, partialMessage(decoder)], error: undefined };
  } catch (error) {
    return { events, partials: [...partials, partialMessage(decoder)], error: String(error) };
  }
}

/** Replacements that give payloads other choices, kinds and values. */
const replacements: readonly (readonly [string, string])[] = [
  ['"index":0', '"index":1'],
  ['content_block_delta', 'content_block_other'],
  ['output_text.delta', 'refusal.delta'],
  ['output_text.delta', 'unknown.delta'],
  ['"content":"', '"refusal":"'],
  ['"content":"', '"reasoning":"r","reasoning_content":"'],
  ['"content":"', '"extra_content":{"google":{"thought_signature":"s"}},"content":"'],
  ['"finish_reason":null', '"finish_reason":"stop"'],
  ['"usage":null', '"usage":{"prompt_tokens":1,"completion_tokens":2}'],
  ['"logprobs":null', '"logprobs":{"content":[{"token":"a"}]}'],
  ['"logprobs":[]', '"logprobs":[{"token":"a"}]'],
  ['text_delta","text"', 'thinking_delta","thinking"'],
  ['text_delta', 'unknown_delta'],
  ['"delta":"', '"delta":"\\n'],
  ['event: ', 'event: error'],
  ['event: ', 'id: 1\nevent: '],
  ['data: ', 'data:'],
  ['data: ', ': comment\ndata: '],
  ['"index":0,', '"index":0,\ndata: '],
  ['"output_index":0,', '"output_index":0,\ndata: '],
  ['"output_index":0,', '"output_index":0,\n'],
  ['\n', '\r\n'],
  ['{', '[{'],
  ['}\n', '\n'],
];

describe.each([
  ['chat', chatFormat()],
  ['responses', responsesFormat],
  ['anthropic', messagesFormat],
] as const)('an event decoder, on recorded %s streams', (wire, format) => {
  const recorded = recordings(wire);
  const test = recorded.length === 0 ? it.skip : it;
  const any: WireFormat<WireState> = format as never;

  test('emits the same events with templates and without', () => {
    for (const { name, bytes } of recorded) {
      for (const size of [64, 1_000, Infinity]) {
        expect({ name, ...decode(any, bytes, true, size) }).toEqual({ name, ...decode(any, bytes, false, size) });
      }
    }
  });

  test('emits the same events with templates and without when payloads are repeated, moved and changed', () => {
    const anyLine = fc.tuple(
      fc.nat(),
      fc.option(fc.tuple(fc.constantFrom(...replacements), fc.nat({ max: 3 })), { nil: undefined }),
    );
    const anyStream = fc.tuple(fc.nat(), fc.array(anyLine, { maxLength: 30 }), fc.integer({ min: 50, max: 2_000 }));
    fc.assert(
      fc.property(anyStream, ([which, lines, size]) => {
        const { bytes } = recorded[which % recorded.length] ?? { bytes: new Uint8Array() };
        const frames = new TextDecoder().decode(bytes).split('\n\n').slice(0, 60);
        for (const [at, change] of lines) {
          const index = at % frames.length;
          const frame = frames[index] ?? '';
          if (change?.[1]) frames[index] = frame.replace(...change[0]);
          // A copy of another frame is inserted.
          else frames.splice(index, 0, frames[(at * 7) % frames.length] ?? '');
        }
        const changed = new TextEncoder().encode(frames.join('\n\n'));
        expect(decode(any, changed, true, size)).toEqual(decode(any, changed, false, size));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an event decoder', () => {
  const streams = fixtureStreams.filter(({ wire, bytes }) => decodeStream(wire, [bytes]).completed);
  const anyTurns = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 400 })), { maxLength: 100 });

  /** Decodes streams in turns. An event of one may continue another one while the first is being decoded. */
  function decodeInTurns(chosen: typeof streams, turns: readonly (readonly [which: number, size: number])[]): DeltaEvent[][] {
    const events: DeltaEvent[][] = chosen.map(() => []);
    const places = chosen.map(() => 0);
    const busy = new Set<number>();
    const rest = [...turns];
    const decoders = chosen.map(({ wire }, which) =>
      createEventDecoder(
        formats[wire],
        (event) => {
          events[which]?.push(event);
          const [other, size] = rest.pop() ?? [];
          if (other !== undefined && size !== undefined) decodeNext(other, size);
        },
        {},
      ),
    );

    function decodeNext(which: number, size: number): void {
      const [decoder, stream, from] = [decoders[which], chosen[which], places[which] ?? 0];
      if (!decoder || !stream || busy.has(which) || hasFinished(decoder) || from >= stream.bytes.length) return;
      busy.add(which);
      places[which] = from + size;
      decodeChunk(decoder, stream.bytes.subarray(from, from + size));
      busy.delete(which);
    }

    for (let turn = rest.shift(); turn; turn = rest.shift()) decodeNext(...turn);
    chosen.forEach((_, which) => decodeNext(which, Infinity));
    for (const decoder of decoders) if (!hasFinished(decoder)) endDecoding(decoder);
    return events;
  }

  it('keeps streams apart that are decoded in turns, and inside of each other', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 4, maxLength: 4 }), anyTurns, (picks, turns) => {
        const chosen = picks.flatMap((pick) => streams[pick % streams.length] ?? []);
        const alone = chosen.map(({ wire, bytes }) => decodeStream(wire, [bytes]).events);
        expect(decodeInTurns(chosen, turns)).toEqual(alone);
      }),
      { numRuns: 1_000 },
    );
  });

  it('neither parses nor decodes payloads that equal the last one except for their text', () => {
    let decoded = 0;
    const counting: WireFormat<WireState> = {
      ...formats.anthropic,
      decode(...input) {
        decoded++;
        formats.anthropic.decode(...input);
      },
    };
    const delta = (text: string): string =>
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"${text}"}}\n\n`;
    const texts = Array.from({ length: 100 }, (_, index) => `${index} `);
    const { events, partials } = decode(counting, new TextEncoder().encode(texts.map(delta).join('')), true, 500);
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(texts);
    expect(partials.at(-1)?.text).toBe(texts.join(''));
    expect(decoded).toBeLessThan(5);
  });
});
