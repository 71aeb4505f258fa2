import { describe, expect, it } from '@jest/globals';
import { EMPTY, filter, type Observable, of, Subject } from 'rxjs';
import type { DeltaEvent, Turn } from '../../src/events.js';
import { readUiMessages } from '../../src/http/index.js';
import { messageTurns } from '../../src/message/turns.js';
import { toMessage } from '../../src/operators/toMessage.js';
import { messagesParams } from '../../src/providers/anthropic/messagesParams.js';
import { chatMessages } from '../../src/providers/openai/chatMessages.js';
import { fakeProvider, fakeTools, marbles } from '../../src/testing/index.js';
import { resumeTools } from '../../src/tools/resumeTools.js';
import { type RunToolsOptions, runTools } from '../../src/tools/runTools.js';
import { expectGrammar } from '../support/grammar.js';
import { record } from '../support/operatorContract.js';
import { answering, calling, outlined, outlineOf, outlineTurns, type ScriptedCall } from '../support/toolRun.js';

function fail(error: unknown): never {
  throw error;
}

const question: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
const two: readonly ScriptedCall[] = [
  ['c1', 'remove'],
  ['c2', 'list'],
];

type Options = Partial<RunToolsOptions<Readonly<Record<string, unknown>>>>;

/** The tools and the events of a run in which `remove` needs an approval. */
function run(script: readonly (readonly DeltaEvent[])[], options: Options = {}) {
  const provider = fakeProvider(script);
  const asked: (readonly Turn[])[] = [];
  const { tools, calls } = fakeTools({ remove: ['removed', 'removed'], list: [['a', 'b']] });
  const ask = (turns: readonly Turn[]): Observable<DeltaEvent> => {
    asked.push(turns);
    return provider;
  };
  return { events$: runTools(ask, { turns: question, tools, ...options }), asked, calls };
}

function outlineOfRun(events$: Observable<DeltaEvent>): readonly string[] {
  const { values, end } = record(events$, (same$) => same$);
  expect(end).toBe('complete');
  expectGrammar(values as DeltaEvent[], true);
  const shown = (values as DeltaEvent[]).filter(({ type }) => type !== 'tool-call-start' && type !== 'usage');
  return shown.map(outlineOf);
}

/** The turns of a paused run, as another process reads them. */
function storedTurns(events$: Observable<DeltaEvent>): readonly Turn[] {
  let turns: readonly Turn[] = question;
  events$.pipe(toMessage()).subscribe({
    next(message) {
      turns = [...question, ...messageTurns(message)];
    },
    error: fail,
  });
  return JSON.parse(JSON.stringify(turns)) as readonly Turn[];
}

const undecided = { approve: ({ name }: { name: string }) => (name === 'remove' ? undefined : true) };

describe('approve', () => {
  it('runs what it approves, and answers the rest', () => {
    const { events$, calls } = run([calling(two), answering('Done')], { approve: ({ name }) => name === 'list' });
    expect(outlineOfRun(events$)).toEqual([
      'start',
      'call c1',
      'call c2',
      'approval c1 false',
      'error c1 "The call of remove was not approved"',
      'approval c2 true',
      'result c2 ["a","b"]',
      'step 1',
      'Done',
      'finish stop',
    ]);
    expect(calls.map(({ name }) => name)).toEqual(['list']);
  });

  it('that does not decide on a call pauses the run, once the other calls are answered', () => {
    const { events$, asked, calls } = run([calling(two)], undecided);
    expect(outlineOfRun(events$).slice(3)).toEqual([
      'approval c1 undefined',
      'approval c2 true',
      'result c2 ["a","b"]',
      'finish paused',
    ]);
    expect([asked.length, calls.length]).toEqual([1, 1]);
  });

  it('receives the validated input, and is not asked about invalid arguments', () => {
    const contexts: unknown[] = [];
    const approve = (context: unknown): boolean => {
      contexts.push(context);
      return true;
    };
    const calls: readonly ScriptedCall[] = [
      ['c1', 'remove', '{"id":1}'],
      ['c2', 'list', '{'],
    ];
    outlineOfRun(run([calling(calls), answering('Done')], { approve }).events$);
    expect(contexts).toEqual([{ callId: 'c1', name: 'remove', input: { id: 1 }, turns: question, step: 0 }]);
  });

  it(
    'as an Observable shows that the call waits, which holds back no other result',
    marbles(({ cold, expectObservable }) => {
      const decision$ = cold<boolean>('-----(y|)', { y: true });
      const { events$ } = run([calling(two), answering('Done')], {
        approve: ({ name }) => (name === 'remove' ? decision$ : true),
      });
      const shown = events$.pipe(filter(({ type }) => type === 'tool-approval' || type === 'tool-result' || type === 'finish'));
      expectObservable(shown.pipe(outlined())).toBe('(war)(yRf|)', {
        w: 'approval c1 undefined',
        a: 'approval c2 true',
        r: 'result c2 ["a","b"]',
        y: 'approval c1 true',
        R: 'result c1 "removed"',
        f: 'finish stop',
      });
    }),
  );

  it('that completes empty, or gives undefined later, does not decide', () => {
    for (const decision of [EMPTY, of(undefined)]) {
      const { events$ } = run([calling(two)], { approve: () => decision });
      expect(outlineOfRun(events$).slice(3)).toEqual(['approval c1 undefined', 'approval c2 undefined', 'finish paused']);
    }
  });
});

describe('resumeTools', () => {
  const paused = (): readonly Turn[] => storedTurns(run([calling(two)], undecided).events$);

  it('lets a paused run go on in another process: an approved call runs, and nothing runs twice', () => {
    const turns = resumeTools(paused(), { c1: true });
    const { events$, asked, calls } = run([answering('Removed')], { ...undecided, turns });
    expect(outlineOfRun(events$)).toEqual([
      'start',
      'approval c1 true',
      'result c1 "removed"',
      'step 1',
      'Removed',
      'finish stop',
    ]);
    expect(calls.map(({ name }) => name)).toEqual(['remove']);
    expect(outlineTurns(asked[0] ?? [])).toEqual([
      'user: Hi',
      'assistant: call c1, call c2, approval c2 true, approval c1 true',
      'tool: result c2 ["a","b"]',
      'tool: approval c1 true, result c1 "removed"',
    ]);
  });

  it('gives turns that every API takes', () => {
    const { events$, asked } = run([answering('Removed')], { turns: resumeTools(paused(), { c1: false }) });
    const messages: Turn[] = [];
    events$.pipe(toMessage()).subscribe({ next: (message) => messages.push(...messageTurns(message)), error: fail });
    const turns = asked[0] ?? [];
    expect(chatMessages([...turns, ...messages.slice(1)]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
    ]);
    expect(messagesParams(turns).messages.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 1],
      ['assistant', 2],
      ['user', 2],
    ]);
    expect(outlineTurns(messages)).toEqual([
      'tool: approval c1 false, error c1 "The call of remove was not approved"',
      'assistant: Removed',
    ]);
  });

  it('without a decision on a call pauses again, without a request', () => {
    const { events$, asked } = run([answering('Not asked')], { turns: resumeTools(paused(), {}), approve: undefined as never });
    expect(outlineOfRun(events$)).toEqual(['start', 'approval c1 undefined', 'finish paused']);
    expect(asked).toHaveLength(0);
  });

  it('may be given more decisions later', () => {
    const approve = (): undefined => undefined;
    const both = storedTurns(run([calling(two)], { approve }).events$);
    const first = run([answering('Not asked')], { approve, turns: resumeTools(both, { c2: true }) });
    let turns: readonly Turn[] = [];
    first.events$.pipe(toMessage()).subscribe({
      next(message) {
        turns = [...resumeTools(both, { c2: true }), ...messageTurns(message)];
      },
      error: fail,
    });
    const second = run([answering('Done')], { approve, turns: resumeTools(turns, { c1: true }) });
    outlineOfRun(second.events$);
    expect(outlineTurns(second.asked[0] ?? []).at(-1)).toBe('tool: approval c1 true, result c1 "removed"');
  });

  it('leaves the turns that it is given as they are', () => {
    const turns = paused();
    const before = JSON.stringify(turns);
    resumeTools(turns, { c1: true });
    expect(JSON.stringify(turns)).toBe(before);
    expect(resumeTools(question, {})).toEqual(question);
  });

  it('throws for a decision on a call that does not wait, or that is none', () => {
    const turns = paused();
    expect(() => resumeTools(turns, { c2: true })).toThrow(new RangeError('resumeTools: no call "c2" waits for a decision'));
    expect(() => resumeTools(turns, JSON.parse('{"__proto__":true}'))).toThrow(RangeError);
    expect(() => resumeTools(turns, { c1: 'yes' as never })).toThrow(TypeError);
    expect(() => resumeTools(undefined as never, {})).toThrow(TypeError);
    expect(() => resumeTools([...turns, ...question], { c1: true })).toThrow(RangeError);
  });
});

describe('runTools', () => {
  it('answers the calls that a conversation ends with', () => {
    const turns: readonly Turn[] = [
      ...question,
      {
        role: 'assistant',
        parts: [
          {
            type: 'tool-call',
            callId: 'c1',
            name: 'list',
            argumentsText: '{}',
            input: {},
            executor: 'client',
            format: 'json',
            ended: true,
          },
        ],
      },
    ];
    const { events$, asked } = run([calling([['c1', 'remove']]), answering('Done')], { turns });
    expect(outlineOfRun(events$)).toEqual([
      'start',
      'result c1 ["a","b"]',
      'step 1',
      'call c1-2',
      'result c1-2 "removed"',
      'step 2',
      'Done',
      'finish stop',
    ]);
    expect(asked).toHaveLength(2);
  });

  it('goes on with a decision that comes in the body of a chat of the AI SDK', () => {
    const answer = {
      id: '2',
      role: 'assistant',
      parts: [
        { type: 'tool-list', toolCallId: 'c2', state: 'output-available', input: {}, output: 'a' },
        { type: 'tool-remove', toolCallId: 'c1', state: 'approval-responded', input: {}, approval: { id: 'c1', approved: true } },
      ],
    };
    const turns = readUiMessages({ messages: [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }, answer] });
    const { events$, calls } = run([answering('Done')], { ...undecided, turns });
    expect(outlineOfRun(events$)).toEqual(['start', 'approval c1 true', 'result c1 "removed"', 'step 1', 'Done', 'finish stop']);
    expect(calls.map(({ name }) => name)).toEqual(['remove']);
  });

  it('cancels an approval that it waits for', () => {
    const decision$ = new Subject<boolean>();
    const { events$ } = run([calling(two)], { approve: () => decision$ });
    const subscription = events$.subscribe({ error: fail });
    expect(decision$.observed).toBe(true);
    subscription.unsubscribe();
    expect(decision$.observed).toBe(false);
  });
});
