import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readScript } from '../../site/playground/script/readScript.js';
import { writeScript } from '../../site/playground/script/writeScript.js';
import { finish, reasoning, start, text, toolCallDelta, toolCallEnd, toolCallStart, usage } from '../../src/testing/index.js';

const only = (script: string) => readScript(script).attempts[0];

describe('readScript', () => {
  it('reads one statement a line, with pauses in milliseconds', () => {
    expect(only('every 3\nstart\ntext "Hel"\nwait 20\ntext lo there\n# a comment\n\nfinish length')).toEqual({
      values: [start(), text('Hel'), text('lo there'), finish('length')],
      pausesMs: [0, 3, 23, 3, 0],
      end: 'complete',
      marble: undefined,
    });
  });

  it('reads reasoning, calls with their arguments, and usage, and numbers blocks and calls', () => {
    expect(only('reasoning "hm"\ntext "a"\ncall get_time {"zone":1}\ncall get_time\nusage 10 5')?.values).toEqual([
      reasoning('hm'),
      text('a', { block: 1 }),
      toolCallStart('call-1', 'get_time', { block: 2 }),
      toolCallDelta('call-1', '{"zone":1}', { block: 2 }),
      toolCallEnd('call-1', 'get_time', '{"zone":1}', { block: 2 }),
      toolCallStart('call-2', 'get_time', { block: 3 }),
      toolCallEnd('call-2', 'get_time', '', { block: 3 }),
      usage({ inputTokens: 10, outputTokens: 5, totalTokens: 15 }),
    ]);
  });

  it.each([
    ['start\nwait 5\nstall', 'open'],
    ['start\ncut', 'complete'],
    ['start\nerror rate-limit {"retryAfterMs":2000}', { kind: 'rate-limit', retryAfterMs: 2_000 }],
    ['stream s-a-#', { kind: 'connection' }],
    ['answer Hel-lo|', 'complete'],
  ])('ends %j', (script, end) => {
    expect(only(script)?.end).toEqual(end);
  });

  it('goes on where a marble without an end stops', () => {
    const attempt = only('answer Hel--\nerror truncated');
    expect(attempt).toMatchObject({ values: [start(), text('Hel')], pausesMs: [0, 0, 5], end: { kind: 'truncated' } });
  });

  it('reads several attempts, each with its own calls and blocks', () => {
    const { attempts } = readScript('attempt\ncall a\nerror server\nattempt\ncall b\nattempt\nanswer Hi|');
    expect(attempts.map(({ values }) => values.length)).toEqual([2, 2, 4]);
    expect(attempts[1]?.values[0]).toEqual(toolCallStart('call-1', 'b'));
  });

  it('repeats a statement', () => {
    expect(only('start\nevery 1\nrepeat 5000 text "word "\nfinish')?.values).toHaveLength(5_002);
  });

  it.each([
    ['', 'line 1: the script is empty'],
    ['start\ntxt "a"', 'line 2: there is no statement "txt": attempt, answer'],
    ['start\n\nwait soon', 'line 3: a pause in milliseconds is expected, got "soon"'],
    ['start\ntext "a', 'line 2: this is not JSON'],
    ['error conection', 'line 1: the kind of an error must be one of aborted'],
    ['error server {"retry":1}', 'line 1: an error has a message, retryAfterMs and status, no retry'],
    ['stall\ntext a', 'line 2: the attempt has ended'],
    ['answer Hel-[lo|', 'line 1: answer: "Hel-[lo|" has a "[" that is not closed'],
    ['stream s-x|', 'line 1: stream: "x" of "s-x|" stands for no event'],
    ['repeat 99999 text a', 'line 1: a script emits at most 20000 events'],
    ['repeat text a', 'line 1: repeat needs a number and a statement'],
    ['call {"a":1}', 'line 1: a call needs the name of a tool'],
    ['frames x|', 'line 1: frames is a marble of x'],
  ])('names the line and the problem of %j', (script, message) => {
    expect(() => readScript(script)).toThrow(message);
  });

  it('reads what writeScript writes', () => {
    const value = fc.oneof(
      fc.string().map((characters) => text(characters)),
      fc.constantFrom(start(), finish(), finish('length'), usage({ inputTokens: 1, outputTokens: 2, totalTokens: 3 })),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const attempt = fc.array(fc.tuple(fc.nat(40), value), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 3 }), fc.nat(9), (drafts, lastMs) => {
        const attempts = drafts.map((each) => ({
          values: each.map(([, emitted]) => emitted),
          pausesMs: [...each.map(([ms]) => ms), lastMs],
          end: 'complete' as const,
          marble: undefined,
        }));
        const read = readScript(writeScript({ frames: undefined, attempts }));
        const written = JSON.parse(JSON.stringify(attempts)) as unknown;
        expect(JSON.parse(JSON.stringify(read.attempts))).toEqual(written);
      }),
    );
  });
});
