import { describe, expect, it } from '@jest/globals';
import { checkRuns } from '../../scripts/docs/checkRuns.js';
import { drawRun } from '../../scripts/docs/pictures.js';
import { readPublicApi } from '../../scripts/docs/publicFunctions.js';
import { type Run, runs } from '../../scripts/docs/runs.js';

const { functions } = readPublicApi();
const checked = checkRuns(runs, functions);

describe('the run of a function', () => {
  it.each([...checked])('%s has no type errors', (_id, errors) => {
    expect(errors).toEqual([]);
  });

  it('has a type error for what does not exist', () => {
    const wrong: Readonly<Record<string, Run>> = {
      bufferToText: { source: `stream('s-a-f|')`, operators: ['bufferToText({ pings: false })'] },
      smooth: { source: `stream('s-a-f|')`, operators: ['smoother()'] },
      toMessage: { source: `stream('s-a-f|', { a: text('a', { block: 1 }) })` },
      textDeltas: { source: `stream('s-a-f|')`, operators: ['textDeltas('] },
    };
    const errors = checkRuns(wrong, functions);
    expect(errors.get('bufferToText')?.join()).toContain("'pings' does not exist in type 'BufferToTextOptions'");
    expect(errors.get('smooth')?.join()).toContain("Cannot find name 'smoother'");
    expect(errors.get('toMessage')?.join()).toContain(`'Parser<"text", string>' is not assignable to type 'DeltaEvent'`);
    expect(errors.get('textDeltas')?.join()).toContain("')' expected");
  });
});

describe('npm run docs', () => {
  const draw = (run: Run): Promise<unknown> => drawRun('bufferToText', run, 'rxllm', 'bufferToText');

  it.each<readonly [what: string, run: Run, complaint: string]>([
    [
      'of a letter that is not an event',
      { source: `stream('s-a-f|', { a: text() })` },
      'source: the letter a of stream is not an event; events are made by testing.text, testing.start, …',
    ],
    ['of a source that throws', { source: 'nothing()' }, 'source: nothing is not defined'],
    ['of a source that is none', { source: '1' }, 'source: it must be an Observable'],
    [
      'of an operator that throws',
      { source: `stream('s-a-f|')`, operators: ['bufferToText({ pings: false })'] },
      'operators[0]: bufferToText: unknown option "pings"',
    ],
    ['of a given value that throws', { given: { other: 'nothing()' }, source: 'other' }, 'given.other: nothing is not defined'],
    ['of an operator that is none', { source: `stream('s-a-f|')`, operators: ['1'] }, 'operators[0]: it must be a function'],
  ])('names the run and the part %s', async (_what, run, complaint) => {
    await expect(draw(run)).rejects.toThrow(`scripts/docs/runs.ts, bufferToText, ${complaint}`);
  });

  it('names the run when its streams cannot be subscribed', async () => {
    const run: Run = { source: `stream('s-a-f|')`, operators: ['() => undefined'] };
    await expect(draw(run)).rejects.toThrow('scripts/docs/runs.ts, bufferToText: Cannot read properties of undefined');
  });

  it('draws events of testing where the page has a function of the same name', async () => {
    const run: Run = { source: `stream('s-a-f|', { a: testing.text('Hi', { block: 1 }) })`, operators: ['bufferToText()'] };
    await expect(draw(run)).resolves.toMatchObject({ text: expect.stringContaining('text-delta "Hi"') });
  });
});
