import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { map, NEVER, Observable, of, Subject, tap, throwError } from 'rxjs';
import { ConnectionError, fromErrorInfo, HttpError } from '../../src/errors.js';
import type { DeltaEvent, MessagePart, Turn, TurnPart, Usage } from '../../src/events.js';
import { createMessageFold } from '../../src/message/messageFold.js';
import { sumUsage } from '../../src/metering/usageArithmetic.js';
import {
  type ConversationCommand,
  type ConversationOptions,
  type ConversationState,
  conversation,
} from '../../src/operators/conversation.js';
import {
  blockEnd,
  citation,
  fakeProvider,
  finish,
  marbles,
  start,
  step,
  streamOf,
  text,
  toolApproval,
  toolCallDelta,
  toolCallEnd,
  toolCallStart,
  toolResult,
  usage,
} from '../../src/testing/index.js';
import { type AnyStream, anyStream } from '../support/anyStream.js';
import { deepFreeze } from '../support/deepFreeze.js';
import { operatorContract, recordLive } from '../support/operatorContract.js';

const send = (words: string): ConversationCommand => ({ type: 'send', text: words });
const stop: ConversationCommand = { type: 'stop' };
const retry: ConversationCommand = { type: 'retry' };
const clear: ConversationCommand = { type: 'clear' };

/** A state as a marble shows it: the status, the turns as `u:Hi a:Hello`, and the answer that runs as `~Hel`. */
function shown({ status, turns, live, queued }: ConversationState): string {
  const words = [
    ...turns.map(({ role, parts }) => `${role[0]}:${textOf(parts)}`),
    ...(live ? [`~${live.text}`] : []),
    ...queued.map(({ parts }) => `(${textOf(parts)})`),
  ];
  return [status, ...words].join(' ');
}

function textOf(parts: readonly TurnPart[]): string {
  return parts.map((part) => ('text' in part ? part.text : `<${part.type}>`)).join('');
}

/** A conversation with commands that a spec sends, and requests that it answers. */
function talk(options: ConversationOptions = {}) {
  const commands = new Subject<ConversationCommand>();
  const requests: { readonly turns: readonly Turn[]; readonly events: Subject<DeltaEvent>; open: boolean }[] = [];
  const ask = (turns: readonly Turn[]): Observable<DeltaEvent> =>
    new Observable((subscriber) => {
      const request = { turns, events: new Subject<DeltaEvent>(), open: true };
      requests.push(request);
      subscriber.add(() => {
        request.open = false;
      });
      return request.events.subscribe(subscriber);
    });
  const recorded = recordLive(commands, conversation(ask, options));
  const states = recorded.values as readonly ConversationState[];
  return {
    commands,
    requests,
    states,
    get state() {
      return deepFreeze(states.at(-1)) as ConversationState;
    },
    command: (command: ConversationCommand) => commands.next(command),
    /** Emits events to the last request. */
    say: (...events: readonly DeltaEvent[]) => {
      for (const event of events) requests.at(-1)?.events.next(event);
    },
    end: () => requests.at(-1)?.events.complete(),
  };
}

const approvable = [toolCallStart('c', 'add'), toolCallDelta('c', '{}'), toolCallEnd('c', 'add', '{}'), toolApproval('c')];

describe('conversation', () => {
  operatorContract(() => (events$) => of(send('Hi')).pipe(conversation(() => events$)), {
    kind: 'fold',
    errors: 'own',
    empty: 'own',
    first: 2,
  });

  /** What the states in the marbles show. */
  const values = {
    i: 'idle',
    p: 'streaming u:Hi ~',
    a: 'streaming u:Hi ~a',
    b: 'streaming u:Hi ~ab',
    d: 'idle u:Hi a:ab',
    k: 'idle u:Hi a:a',
    x: 'error u:Hi a:a',
    y: 'streaming u:Hi a:a u:Go ~',
    z: 'streaming u:Hi a:a u:Go ~ab',
    q: 'streaming u:Hi ~a (Go)',
    Y: 'streaming u:Hi a:ab u:Go ~',
  };
  const commands = {
    h: send('Hi'),
    g: send('Go'),
    s: stop,
    r: retry,
    c: clear,
    e: { type: 'edit', index: 0, text: 'Hi' } as const,
  };

  it(
    'shows the turn of the user at once, then the answer as it grows, and at last as a turn',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h----------------|', commands);
      const result = '                 i-p---p-a-b-(bd)---|';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, values);
      expectSubscriptions(answer.subscriptions).toBe('--^---------!');
      expectSubscriptions(source.subscriptions).toBe('^------------------!');
    }),
  );

  it(
    'completes when the commands have, and the answer that runs',
    marbles(({ cold, stream, expectObservable }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h-|', commands);
      const result = '                 i-p---p-a-b-(bd|)';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, values);
    }),
  );

  it(
    'aborts the answer that runs when it is unsubscribed',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream('         ----s-a-b-(f|)');
      const source = cold('          --h----------------|', commands);
      const unsubscribed = '           ^--------!';
      const result = '                 i-p---p-a';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
        unsubscribed,
      ).toBe(result, values);
      expectSubscriptions(answer.subscriptions).toBe('--^------!');
    }),
  );

  it(
    'keeps at a stop what has arrived',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream(' ----s-a-b-(f|)');
      const source = cold('  --h------s---|', commands);
      const result = '         i-p---p-ak---|';
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, values);
      expectSubscriptions(answer.subscriptions).toBe('--^------!');
    }),
  );

  it(
    "ends the answer that runs at a send with 'switch', and keeps what has arrived",
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream(' ----s-a-b-(f|)');
      const source = cold('  --h------g---|', commands);
      const result = '         i-p---p-ay---y-A-z-(zD|)';
      const more = { A: 'streaming u:Hi a:a u:Go ~a', D: 'idle u:Hi a:a u:Go a:ab' };
      expectObservable(
        source.pipe(
          conversation(() => answer),
          map(shown),
        ),
      ).toBe(result, { ...values, ...more });
      expectSubscriptions(answer.subscriptions).toBe(['--^------!', '---------^---------!']);
    }),
  );

  it(
    "sends after the answer that runs with 'queue'",
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answer = stream(' ----s-a-b-(f|)');
      const source = cold('  --h------g---|', commands);
      const result = '         i-p---p-aqQ-(QY)Y-A-B-(BD|)';
      const more = {
        Q: 'streaming u:Hi ~ab (Go)',
        A: 'streaming u:Hi a:ab u:Go ~a',
        B: 'streaming u:Hi a:ab u:Go ~ab',
        D: 'idle u:Hi a:ab u:Go a:ab',
      };
      const queue = conversation(() => answer, { concurrency: 'queue' });
      expectObservable(source.pipe(queue, map(shown))).toBe(result, { ...values, ...more });
      expectSubscriptions(answer.subscriptions).toBe(['--^---------!', '------------^---------!']);
    }),
  );

  it(
    "ignores a send with 'reject' while an answer runs",
    marbles(({ cold, stream, expectObservable }) => {
      const answer = stream(' ----s-a-b-(f|)');
      const source = cold('  --h------g-|', commands);
      const result = '         i-p---p-a-b-(bd|)';
      const reject = conversation(() => answer, { concurrency: 'reject' });
      expectObservable(source.pipe(reject, map(shown))).toBe(result, values);
    }),
  );

  it(
    'shows an error with what has arrived, and asks again at a retry',
    marbles(({ cold, stream, expectObservable, expectSubscriptions }) => {
      const answers = [stream('----s-a-#', {}, new ConnectionError()), stream('----s-a-b-(f|)')];
      const source = cold('    --h------------r---|', commands);
      const result = '           i-p---p-a-(ax)-p---p-a-b-(bd|)';
      let asked = 0;
      const ask = (): Observable<DeltaEvent> => answers[asked++] ?? NEVER;
      expectObservable(source.pipe(conversation(ask), map(shown))).toBe(result, values);
      expectSubscriptions(answers[1]?.subscriptions ?? []).toBe('---------------^---------!');
    }),
  );

  it('never errors: not for an ask that throws, nor for commands that error or are none', () => {
    const failing = () => {
      throw new HttpError('no', { kind: 'authentication', status: 401 });
    };
    const thrown = recordLive(of(send('Hi')), conversation(failing));
    expect(thrown).toMatchObject({ end: 'complete' });
    expect(thrown.values.at(-1)).toMatchObject({ status: 'error', error: { kind: 'authentication' }, turns: [{ role: 'user' }] });
    expect(
      recordLive(
        of(send('Hi')),
        conversation(() => 1 as never),
      ).values.at(-1),
    ).toMatchObject({ status: 'error' });
    const broken$ = throwError(() => new ConnectionError());
    expect(
      recordLive(
        broken$,
        conversation(() => NEVER),
      ),
    ).toMatchObject({ values: [{}, { error: { kind: 'connection' } }], end: 'complete' });
    const wrong = [
      { type: 'sned' },
      { type: 'edit', index: 'a', text: '' },
      { type: 'send' },
      { type: 'approve', callId: 'c' },
      null,
      'stop',
    ];
    for (const command of wrong) {
      const { values: states } = recordLive(
        of(command as unknown as ConversationCommand),
        conversation(() => NEVER),
      );
      expect(states.at(-1)).toMatchObject({ status: 'error', error: { kind: 'protocol' }, turns: [] });
    }
    const { values: states } = recordLive(
      of({ type: 'sned' } as unknown as ConversationCommand),
      conversation(() => NEVER),
    );
    expect((states.at(-1) as ConversationState).error?.message).toBe(
      'conversation: unknown command "sned", did you mean "send"?',
    );
  });

  it('sends what its turns are', () => {
    const { command, say, end, requests, states } = talk();
    command(send('Hi'));
    say(start(), text('Hello'), finish());
    end();
    command({ type: 'send', text: 'This?', parts: [{ type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' }] });
    const sent = states.find(({ turns }) => turns.length === 3)?.turns;
    expect(requests[1]?.turns).toBe(sent);
    expect(sent).toMatchObject([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] },
      { role: 'user', parts: [{ type: 'text', text: 'This?' }, { type: 'file' }] },
    ]);
  });

  it('changes only the answer that runs while it grows', () => {
    const { command, say, states } = talk();
    command(send('Hi'));
    say(start(), text('a'), text('b'));
    const [before, after] = states.slice(-2);
    const { live: _, ...rest } = before as ConversationState;
    for (const [key, value] of Object.entries(rest)) expect(after?.[key as keyof ConversationState]).toBe(value);
    expect(after?.live).not.toBe(before?.live);
  });

  it('notes how each answer ended, what it cites, and what it used', () => {
    const held = talk();
    const { command, say, end } = held;
    command(send('Hi'));
    say(start(), citation('https://example.com'), text('a'), usage({ inputTokens: 3, outputTokens: 1 }), finish());
    end();
    command(send('Go'));
    say(start({ model: 'model-2' }), text('b'));
    command(stop);
    const [first, second] = held.state.turns.flatMap(({ answer }) => answer ?? []);
    expect(first).toMatchObject({
      status: 'done',
      finishReason: 'stop',
      model: 'model-1',
      citations: [{ url: 'https://example.com' }],
      usage: { inputTokens: 3 },
    });
    expect(second).toMatchObject({ status: 'aborted', finishReason: 'aborted', model: 'model-2' });
    expect(held.state.turns.map(({ answer }) => answer !== undefined)).toEqual([false, true, false, true]);
  });

  it('adds no turn for an answer that says nothing', () => {
    const held = talk();
    const { command } = held;
    command(send('Hi'));
    command(stop);
    command(send('Go'));
    expect(shown(held.state)).toBe('streaming u:Hi u:Go ~');
    expect(held.requests[1]?.turns).toHaveLength(2);
  });

  it('has the rounds of a tool loop as turns', () => {
    const held = talk();
    const { command, say, end } = held;
    command(send('Add'));
    say(start(), ...approvable.slice(0, 3), toolResult('c', 'add', 2), step(1), text('It is 2.', { block: 1 }), finish());
    end();
    expect(held.state.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(held.state.turns.map(({ answer }) => answer?.status)).toEqual([undefined, undefined, undefined, 'done']);
  });

  it('sends a result for each call that was stopped before it had one', () => {
    const held = talk();
    const { command, say } = held;
    command(send('Add'));
    say(start(), ...approvable.slice(0, 3));
    command(stop);
    expect(held.state.turns).toHaveLength(2);
    command(send('Go'));
    expect(held.requests[1]?.turns).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool-call', callId: 'c' }] },
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'c', isError: true }] },
      { role: 'user' },
    ]);
    expect(held.state.turns).toBe(held.requests[1]?.turns);
  });

  describe('retry', () => {
    it('discards the last answer, also while it runs, and keeps what it used', () => {
      const held = talk();
      const { command, say, end } = held;
      command(send('Hi'));
      say(start(), text('a'), usage({ inputTokens: 3 }), finish());
      end();
      command(retry);
      say(start(), text('b'), usage({ inputTokens: 4 }));
      expect(held.state.usage).toMatchObject({ inputTokens: 7 });
      command(retry);
      say(start(), text('c'), usage({ inputTokens: 5 }), finish());
      end();
      expect(shown(held.state)).toBe('idle u:Hi a:c');
      expect(held.state.discarded.map(({ parts }) => textOf(parts))).toEqual(['a', 'b']);
      expect(held.state.discarded.map(({ answer }) => answer?.status)).toEqual(['done', 'aborted']);
      expect(held.state.usage).toMatchObject({ inputTokens: 12 });
      expect(held.requests.map(({ open }) => open)).toEqual([false, false, false]);
    });

    it('does nothing without a turn of the user', () => {
      const { command, states } = talk();
      command(retry);
      expect(states).toHaveLength(1);
    });
  });

  describe('edit', () => {
    it('discards from the turn on, and asks with the other text and the same files', () => {
      const held = talk();
      const { command, say, end } = held;
      command({ type: 'send', text: 'Hi', parts: [{ type: 'file', mediaType: 'image/png', url: 'https://example.com/a.png' }] });
      say(start(), text('a'), finish());
      end();
      command(send('Go'));
      say(start(), text('b'));
      command({ type: 'edit', index: 0, text: 'Hey' });
      expect(shown(held.state)).toBe('streaming u:Hey<file> ~');
      expect(held.requests.at(-1)?.turns).toBe(held.state.turns);
      expect(held.state.discarded.map(({ parts }) => textOf(parts))).toEqual(['Hi<file>', 'a', 'Go', 'b']);
    });

    it('does nothing for a turn that is not of the user', () => {
      const { command, say, end, states } = talk();
      command(send('Hi'));
      say(start(), text('a'), finish());
      end();
      const before = states.length;
      for (const index of [1, 2, -1, 0.5]) command({ type: 'edit', index, text: 'b' });
      // 0.5 is no index at all.
      expect(states.slice(before)).toMatchObject([{ error: { kind: 'protocol' } }]);
    });
  });

  describe('approve', () => {
    const waiting = (held: ReturnType<typeof talk>): void => {
      held.command(send('Add'));
      held.say(start(), ...approvable, finish('paused'));
      held.end();
    };

    it('decides in the last turn, and asks with it', () => {
      const held = talk();
      waiting(held);
      expect(held.state.status).toBe('waiting');
      held.command({ type: 'approve', callId: 'unknown-to-us', approved: true });
      expect(held.state.status).toBe('waiting');
      held.command({ type: 'approve', callId: 'c', approved: true });
      expect(held.state).toMatchObject({ status: 'streaming', decisions: [] });
      expect(held.requests[1]?.turns.at(-1)?.parts).toContainEqual(
        expect.objectContaining({ type: 'approval', callId: 'c', approved: true }),
      );
      held.say(start(), toolResult('c', 'add', 2), step(1), text('It is 2.'), finish());
      held.end();
      expect(held.state.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    });

    it('asks when all calls are decided on', () => {
      const held = talk();
      held.command(send('Add'));
      const second = [toolCallStart('d', 'add', { block: 1 }), toolCallEnd('d', 'add', '', { block: 1 }), toolApproval('d')];
      held.say(start(), ...approvable, ...second, finish('paused'));
      held.end();
      held.command({ type: 'approve', callId: 'd', approved: false });
      expect(held.state.status).toBe('waiting');
      held.command({ type: 'approve', callId: 'c', approved: true });
      const approvals = held.requests[1]?.turns.at(-1)?.parts.filter(({ type }) => type === 'approval');
      expect(approvals).toMatchObject([
        { callId: 'c', approved: true },
        { callId: 'd', approved: false },
      ]);
    });

    it('is remembered while the answer still runs', () => {
      const held = talk();
      held.command(send('Add'));
      held.say(start(), ...approvable);
      held.command({ type: 'approve', callId: 'other', approved: true });
      held.command({ type: 'approve', callId: 'c', approved: false });
      held.command({ type: 'approve', callId: 'c', approved: true });
      expect(held.state.decisions).toEqual([{ callId: 'c', approved: true }]);
      held.say(finish('paused'));
      held.end();
      expect(held.requests).toHaveLength(2);
      expect(held.requests[1]?.turns.at(-1)?.parts).toContainEqual(expect.objectContaining({ type: 'approval', approved: true }));
    });

    it('goes to the provider that asked in a form of its own', () => {
      const held = talk();
      held.command(send('Add'));
      held.say(
        start(),
        blockEnd({ type: 'mcp_approval_request', id: 'mcpr_1' }, { kind: 'mcp_approval_request' }),
        finish('paused'),
      );
      held.end();
      held.command({ type: 'approve', callId: 'mcpr_1', approved: true });
      expect(held.requests[1]?.turns.at(-1)).toMatchObject({
        role: 'assistant',
        parts: [{ type: 'other' }, { type: 'approval', callId: 'mcpr_1', approved: true }],
      });
    });

    it('does nothing where nothing waits', () => {
      const { command, states } = talk();
      command({ type: 'approve', callId: 'c', approved: true });
      expect(states).toHaveLength(1);
    });
  });

  describe('clear', () => {
    it('begins again with the system turns, and keeps what was used', () => {
      const system: Turn = { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] };
      const held = talk({ initial: [system], concurrency: 'queue' });
      const { command, say } = held;
      command(send('Hi'));
      say(start(), text('a'), usage({ inputTokens: 3 }));
      command(send('Go'));
      command(clear);
      expect(shown(held.state)).toBe('idle s:Be brief.');
      expect(held.state).toMatchObject({ queued: [], usage: { inputTokens: 3 }, live: undefined });
      expect(held.state.discarded.map(({ parts }) => textOf(parts))).toEqual(['Hi', 'a']);
      expect(held.requests[0]?.open).toBe(false);
    });
  });

  describe('the queue', () => {
    it('goes on after a stop, and is held after an error until the next answer', () => {
      const held = talk({ concurrency: 'queue' });
      const { command, say, end } = held;
      for (const words of ['1', '2', '3', '4']) command(send(words));
      say(start(), text('a'));
      command(stop);
      expect(shown(held.state)).toBe('streaming u:1 a:a u:2 ~ (3) (4)');
      held.requests[1]?.events.error(new ConnectionError());
      expect(shown(held.state)).toBe('error u:1 a:a u:2 (3) (4)');
      command(retry);
      say(start(), text('b'), finish());
      end();
      expect(shown(held.state)).toBe('streaming u:1 a:a u:2 a:b u:3 ~ (4)');
      held.requests[3]?.events.error(new ConnectionError());
      command(send('5'));
      expect(shown(held.state)).toBe('streaming u:1 a:a u:2 a:b u:3 u:4 ~ (5)');
    });

    it('needs no stack for answers that are there at once', () => {
      const sends = Array.from({ length: 2_000 }, (_, index) => send(String(index)));
      const initial = { ...talk().state, queued: sends.map(() => ({ role: 'user', parts: [] }) as const) };
      const states = recordLive(
        of(send('Hi')),
        conversation(() => streamOf('a'), { concurrency: 'queue', initial }),
      );
      expect(states.end).toBe('complete');
      expect((states.values.at(-1) as ConversationState).turns).toHaveLength(4_002);
    });
  });

  describe('a command within the call of a subscriber', () => {
    /** A subscriber who stops the answer of such a state. */
    const stopAt = (isDue: (state: ConversationState) => boolean, answer: Observable<DeltaEvent>): readonly string[] => {
      const commands$ = new Subject<ConversationCommand>();
      const states$ = commands$.pipe(
        conversation(() => answer),
        tap((state) => {
          if (isDue(state)) commands$.next(stop);
        }),
      );
      const { values: states } = recordLive(states$, map(shown));
      commands$.next(send('Hi'));
      return states as readonly string[];
    };

    it('runs after it: a stop of what was just sent asks nothing', () => {
      const provider = fakeProvider(['Hello']);
      expect(stopAt(({ status }) => status === 'streaming', provider)).toEqual(['idle', 'streaming u:Hi ~', 'idle u:Hi']);
      expect(provider.requests).toHaveLength(0);
    });

    it('ends an answer that is emitted at once', () => {
      let produced = 0;
      const endless = new Observable<DeltaEvent>((subscriber) => {
        subscriber.next(start());
        for (; produced < 1_000 && !subscriber.closed; produced++) subscriber.next(text('a'));
      });
      expect(stopAt(({ live }) => live?.text === 'aa', endless).at(-1)).toBe('idle u:Hi a:aa');
      expect(produced).toBe(2);
    });
  });

  describe('initial', () => {
    it('goes on with a state that was stored, and takes an answer that ran for a stopped one', () => {
      const held = talk({ concurrency: 'queue' });
      const { command, say } = held;
      command(send('Hi'));
      say(start(), text('a'), usage({ inputTokens: 3 }));
      command(send('Go'));
      const stored = JSON.parse(JSON.stringify(held.state)) as ConversationState;
      const next = talk({ initial: stored, concurrency: 'queue' });
      expect(shown(next.state)).toBe('idle u:Hi a:a (Go)');
      expect(next.state.turns[1]?.answer).toMatchObject({ status: 'aborted' });
      expect(next.requests).toHaveLength(0);
      next.command(send('On'));
      next.say(start(), text('b'), usage({ inputTokens: 4 }));
      expect(shown(next.state)).toBe('streaming u:Hi a:a u:Go ~b (On)');
      expect(next.state.usage).toMatchObject({ inputTokens: 7 });
    });

    it('waits for decisions that its turns need', () => {
      const held = talk();
      held.command(send('Add'));
      held.say(start(), ...approvable, finish('paused'));
      held.end();
      const { turns } = JSON.parse(JSON.stringify(held.state)) as ConversationState;
      const next = talk({ initial: turns });
      expect(next.state.status).toBe('waiting');
      next.command({ type: 'approve', callId: 'c', approved: true });
      expect(next.requests).toHaveLength(1);
    });
  });

  describe('as a law', () => {
    it('shows no text twice, loses no answer that was paid, sends what its turns say, and is the same after JSON', () => {
      fc.assert(
        fc.property(fc.array(anyStream({ maxMoves: 12 }), { minLength: 1, maxLength: 4 }), anyMoves, anyConcurrency, runLaw),
        {
          numRuns: 500,
        },
      );
    });
  });

  it('rejects what it cannot use, at call time', () => {
    // @ts-expect-error: no function
    expect(() => conversation()).toThrow(new TypeError('ask must be a function'));
    // @ts-expect-error: not called
    expect(() => conversation(of(1))).toThrow(/must be called in a pipe/);
    const ask = () => NEVER;
    // @ts-expect-error: a wrong name
    expect(() => conversation(ask, { concurency: 'queue' })).toThrow(/did you mean "concurrency"/);
    // @ts-expect-error: a wrong word
    expect(() => conversation(ask, { concurrency: 'merge' })).toThrow(TypeError);
    // @ts-expect-error: no turns
    expect(() => conversation(ask, { initial: 'Hi' })).toThrow(TypeError);
  });
});

const anyConcurrency = fc.constantFrom('switch' as const, 'queue' as const, 'reject' as const);

/** The next event of the answer that runs, a command, or another page that goes on with the state. */
type Move = 'event' | 'reload' | 'approve' | ConversationCommand;
const anyMoves = fc.array(
  fc.oneof(
    { weight: 14, arbitrary: fc.constant<Move>('event') },
    { weight: 4, arbitrary: fc.constant<Move>(send('user')) },
    { weight: 1, arbitrary: fc.constantFrom<Move>(stop, retry, retry, clear, 'reload', 'approve', 'approve') },
    { weight: 1, arbitrary: fc.nat({ max: 6 }).map<Move>((index) => ({ type: 'edit', index, text: 'edited' })) },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
);

/** Texts that occur nowhere else, so that they can be counted. */
function marked(events: readonly DeltaEvent[], request: number): readonly DeltaEvent[] {
  return events.map((event, index) => (event.type === 'text-delta' ? { ...event, text: `<${request}.${index}>` } : event));
}

const marksOf = (texts: readonly string[]): readonly string[] => texts.flatMap((each) => each.match(/<\d+\.\d+>/g) ?? []).sort();
const textsOf = (parts: readonly (TurnPart | MessagePart)[]): readonly string[] =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));

function runLaw(streams: readonly AnyStream[], moves: readonly Move[], concurrency: 'switch' | 'queue' | 'reject'): void {
  /** What each request has emitted, as the one who pays for it sees it. */
  const paid: { readonly fold: ReturnType<typeof createMessageFold>; readonly turns: readonly Turn[] }[] = [];
  let open = 0;
  let next: (() => void) | undefined;

  const ask = (turns: readonly Turn[]): Observable<DeltaEvent> =>
    new Observable((subscriber) => {
      const stream = streams[paid.length % streams.length] as AnyStream;
      const events = marked(stream.events, paid.length);
      const fold = createMessageFold();
      paid.push({ fold, turns });
      open++;
      noteFaults(() => expect(open).toBe(1));
      let at = 0;
      next = () => {
        const event = events[at++];
        if (event) {
          fold.push(event);
          subscriber.next(event);
        } else if (stream.error) subscriber.error(fromErrorInfo(stream.error));
        else subscriber.complete();
      };
      subscriber.add(() => {
        open--;
        next = undefined;
      });
    });

  let state: ConversationState | undefined;
  let commands = new Subject<ConversationCommand>();
  let faults: readonly unknown[] = [];
  const begin = (initial?: ConversationState): { unsubscribe(): void } => {
    commands = new Subject();
    return commands.pipe(conversation(ask, { concurrency, ...(initial && { initial }) })).subscribe({
      next: (each) => noteFaults(() => check(deepFreeze(each))),
      error: (error: unknown) => noteFaults(() => expect(error).toBeUndefined()),
    });
  };

  /** What an observer throws, RxJS reports too late for the test. */
  function noteFaults(run: () => unknown): void {
    try {
      run();
    } catch (fault) {
      faults = [...faults, fault];
    }
  }

  function check(now: ConversationState): void {
    const { turns, live, discarded, usage: total } = now;
    const texts = [...turns, ...discarded].flatMap(({ parts }) => textsOf(parts));
    const messages = paid.map(({ fold }) => fold.partial());
    expect(marksOf([...texts, ...textsOf(live?.parts ?? [])])).toEqual(marksOf(messages.flatMap(({ parts }) => textsOf(parts))));
    expect(live === undefined).toBe(now.status !== 'streaming');
    const used = sumUsage(messages.flatMap(({ usage: each }): { usage: Usage }[] => (each ? [{ usage: each }] : [])));
    expect([total?.inputTokens, total?.outputTokens]).toEqual([used?.inputTokens, used?.outputTokens]);
    if (paid.length > 0 && live && open > 0) expect(now.turns).toBe(paid.at(-1)?.turns);
    if (now.turns !== state?.turns) expect(JSON.parse(JSON.stringify(now))).toEqual(now);
    state = now;
  }

  let subscription = begin();
  for (const move of moves) {
    if (move === 'event') next?.();
    else if (move === 'approve') {
      const parts = [...(state?.turns ?? []).flatMap((turn) => turn.parts), ...(state?.live?.parts ?? [])];
      const waiting = parts.findLast((part) => part.type === 'approval' && part.approved === undefined);
      if (waiting?.type === 'approval') commands.next({ type: 'approve', callId: waiting.callId, approved: true });
    } else if (move === 'reload') {
      const stored = JSON.parse(JSON.stringify(state)) as ConversationState;
      subscription.unsubscribe();
      subscription = begin(stored);
    } else commands.next(move);
    for (const fault of faults) throw fault;
  }
  subscription.unsubscribe();
  expect(open).toBe(0);
}
