import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createWholeEvents } from '../../../../src/providers/openai/resume/wholeEvents.js';
import { anyChunking, cut } from '../../../support/chunks.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const event = (sequence: number, rest: object = {}): string =>
  `event: e\ndata: ${JSON.stringify({ type: 'response.output_text.delta', sequence_number: sequence, ...rest })}\n\n`;
const created = event(0, { type: 'response.created', response: { id: 'resp_1' } });

function read(text: string, sizes: readonly number[] = []) {
  const events = createWholeEvents(1_000);
  const passed = cut(encode(text), sizes).map((chunk) => decode(events.push(chunk)));
  return { events, passed: passed.filter((piece) => piece !== '') };
}

describe('createWholeEvents', () => {
  it('passes whole events, and holds back the beginning of the next one, however the bytes are cut', () => {
    const pieces = fc.constantFrom(event(1, { delta: 'Hé 漢 😀' }), event(2), ': ping\n\n', 'data: [DONE]\n\n', '\n');
    fc.assert(
      fc.property(
        fc.array(pieces),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.constantFrom('', 'data: {"a', 'ev'),
        anyChunking,
        (all, ending, rest, sizes) => {
          const whole = (created + all.join('')).replaceAll('\n', ending);
          const { events, passed } = read(whole + rest, sizes);
          expect(passed.join('') + decode(events.release())).toBe(whole + rest);
          // A line feed that belongs to the carriage return before it, or one more blank line, may come later.
          expect(whole.slice(passed.join('').length).trim()).toBe('');
          for (const piece of passed) expect(piece).toMatch(/(?:\n|\r)\r?\n?$/);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('knows the id, the last number, and the end of the response', () => {
    const { events } = read(`${created}${event(7)}: ping\n\ndata: {"ty`);
    expect([events.id, events.sequence(), events.hasEnded()]).toEqual(['resp_1', 7, false]);
    events.restart();
    events.push(encode(': ping\n\n'));
    expect(events.sequence()).toBe(7);
    events.push(encode(event(8, { type: 'response.completed' })));
    expect([events.sequence(), events.hasEnded()]).toEqual([8, true]);
  });

  it('drops what has passed before a restart, and passes the rest', () => {
    const { events } = read(`${created}${event(1)}${event(2)}data: {`);
    events.restart();
    expect(decode(events.push(encode(created + event(1))))).toBe('');
    expect(decode(events.push(encode(`${event(2)}: ping\n\n${event(3)}`)))).toBe(`: ping\n\n${event(3)}`);
    expect(decode(events.push(encode(event(1))))).toBe(event(1));
  });

  it('passes a last event at the end if only its blank line is missing', () => {
    expect(decode(read(created + event(1).trim()).events.end())).toBe(event(1));
    expect(decode(read(created + event(1).slice(0, -4)).events.end())).toBe('');
  });

  it('knows the id of a first event that is cut after it, and none before', () => {
    expect(read(created.slice(0, -4)).events).toMatchObject({ id: 'resp_1', nothingPassed: true });
    expect(read(created.slice(0, -5)).events.id).toBeUndefined();
  });

  it('has no number where the last events have none', () => {
    expect(read(`${created}data: {"type":"x"}\n\n`).events.sequence()).toBe(0);
    const { events } = read(created);
    events.push(encode('data: {"type":"x"}\n\n'));
    expect(events.sequence()).toBeUndefined();
  });

  it('does not hold back more than maxEventBytes', () => {
    const events = createWholeEvents(10);
    expect(decode(events.push(encode('data: 12')))).toBe('');
    expect(decode(events.push(encode('3456')))).toBe('data: 123456');
  });
});
