import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, delay, from, map, NEVER, Observable, of, range, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { z } from 'zod';
import { ConnectionError } from '../../src/errors.js';
import type { DeltaEvent, FinishReason, Turn } from '../../src/events.js';
import { retryStream } from '../../src/operators/retryStream.js';
import { finish, start, text, usage } from '../../src/testing/index.js';
import { runTools } from '../../src/tools/runTools.js';
import { expectGrammar } from '../support/grammar.js';
import { callEvents, outlineOf, outlineTurns } from '../support/toolRun.js';

/** What one call of the scripted model meets. */
interface Call {
  readonly fate: 'works' | 'throws' | 'unknown' | 'invalid' | 'broken' | 'denied' | 'undecided' | 'late';
  readonly delayMs: number;
  readonly progress: number;
}

/** One answer of the scripted model, after attempts that were cut. */
interface Round {
  readonly calls: readonly Call[];
  readonly reason: FinishReason;
  readonly cuts: number;
  readonly tokens: number;
}

interface Script {
  readonly rounds: readonly Round[];
  readonly maxSteps: number;
  readonly concurrency: number;
  readonly stopAt: number;
}

const anyCall: fc.Arbitrary<Call> = fc.record({
  fate: fc.constantFrom('works', 'works', 'works', 'throws', 'unknown', 'invalid', 'broken', 'denied', 'late', 'undecided'),
  delayMs: fc.integer({ min: 0, max: 8 }),
  progress: fc.integer({ min: 0, max: 3 }),
});

const anyRound: fc.Arbitrary<Round> = fc.record({
  calls: fc.array(anyCall, { maxLength: 4 }),
  reason: fc.constantFrom('tool-calls', 'tool-calls', 'tool-calls', 'tool-calls', 'stop', 'length', 'paused'),
  cuts: fc.constantFrom(0, 0, 0, 1, 2),
  tokens: fc.integer({ min: 1, max: 9 }),
});

const anyScript: fc.Arbitrary<Script> = fc.record({
  rounds: fc.array(anyRound, { minLength: 1, maxLength: 5 }),
  maxSteps: fc.integer({ min: 1, max: 6 }),
  concurrency: fc.constantFrom(1, 2, Infinity),
  stopAt: fc.constantFrom(1, 3, 99, 99),
});

const lastRound: Round = { calls: [], reason: 'stop', cuts: 0, tokens: 1 };

/** The end of what the script has, so that every run ends. */
function roundOf({ rounds }: Script, index: number): Round {
  return rounds[index] ?? lastRound;
}

// The model of the loop: what a run of a script must do, without time.

interface Expected {
  /** The final results, in order. */
  readonly results: readonly string[];
  /** The ids of the calls that run, each once. */
  readonly runs: readonly string[];
  /** The turns of the last request. */
  readonly turns: readonly string[];
  readonly requests: number;
  readonly tokens: number;
  readonly reason: FinishReason;
}

function expectedOf(script: Script): Expected {
  const results: string[] = [];
  const runs: string[] = [];
  const turns = ['user: Hi'];
  let asked: readonly string[] = [];
  let requests = 0;
  let tokens = 0;
  for (let index = 0; ; index++) {
    const round = roundOf(script, index);
    requests += round.cuts + 1;
    tokens += round.tokens * (round.cuts + 1);
    asked = [...turns];
    const end = (reason: FinishReason): Expected => ({ results, runs, turns: asked, requests, tokens, reason });
    const approvals: string[] = [];
    const replies: string[] = [];
    if (round.reason !== 'tool-calls' || round.calls.length === 0) {
      if (round.reason !== 'paused' || round.calls.length > 0) return end(round.reason);
    }
    for (const [place, call] of round.calls.entries()) {
      const id = `c${index}-${place}`;
      const checked = ['works', 'throws', 'denied', 'undecided', 'late'].includes(call.fate);
      if (checked) approvals.push(`approval ${id} ${decisionOn(call.fate)}`);
      if (['works', 'throws', 'late'].includes(call.fate)) runs.push(id);
      if (call.fate !== 'undecided') replies.push(replyTo(id, call.fate));
    }
    results.push(...replies);
    if (round.calls.some(({ fate }) => fate === 'undecided')) return end('paused');
    const said = ['text', ...round.calls.map((_, place) => `call c${index}-${place}`), ...approvals];
    turns.push(`assistant: ${said.join(', ')}`);
    if (replies.length > 0) turns.push(`tool: ${replies.join(', ')}`);
    if (round.reason === 'tool-calls' && index === script.stopAt) return end('stop');
    if (index + 1 >= script.maxSteps) return end('max-steps');
  }
}

function decisionOn(fate: Call['fate']): boolean | undefined {
  return fate === 'undecided' ? undefined : fate !== 'denied';
}

function replyTo(id: string, fate: Call['fate']): string {
  const reply = {
    works: `result ${id} "${id}"`,
    throws: `error ${id} "failed"`,
    unknown: `error ${id} "There is no tool with the name unknown"`,
    invalid: `error ${id} "The arguments of work are not valid: no fate (at fate)"`,
    broken: `error ${id} "The arguments of work are not valid JSON"`,
    denied: `error ${id} "The call of work was not approved"`,
    undecided: '',
    late: `error ${id} "The tool did not finish within 20 ms"`,
  };
  return reply[fate];
}

// The same script, played.

interface Played {
  readonly events: readonly { readonly at: number; readonly event: DeltaEvent }[];
  readonly asked: readonly (readonly Turn[])[];
  readonly requests: number;
  /** The ids of the calls that ran, and how many tools run at the end. */
  readonly runs: readonly string[];
  readonly open: number;
  readonly mostOpen: number;
}

const inputSchema = z.object({
  fate: z.string('no fate'),
  delayMs: z.number(),
  progress: z.number(),
});

function argumentsOf(call: Call): string {
  if (call.fate === 'broken') return '{"fate":';
  return JSON.stringify(call.fate === 'invalid' ? { ...call, fate: 1 } : call);
}

function attempts(round: Round, index: number): readonly Observable<DeltaEvent>[] {
  const calls = round.calls.map((call, place) => {
    const name = call.fate === 'unknown' ? 'unknown' : 'work';
    return [`c${index}-${place}`, name, argumentsOf(call)] as const;
  });
  const said = [
    start({ id: `r${index}` }),
    text('text'),
    ...callEvents(calls, 1),
    usage({ inputTokens: round.tokens, outputTokens: round.tokens }),
  ];
  const cut = concat(from(said), throwError(() => new ConnectionError()).pipe(delay(1)));
  const whole = concat(from(said), of(finish(round.reason)).pipe(delay(1)));
  return [...Array.from({ length: round.cuts }, () => cut), whole];
}

function play(script: Script, unsubscribeAt = Infinity): Played {
  const events: { at: number; event: DeltaEvent }[] = [];
  const asked: (readonly Turn[])[] = [];
  const runs: string[] = [];
  let requests = 0;
  let open = 0;
  let mostOpen = 0;

  const tool = {
    input: inputSchema,
    timeoutMs: 20,
    run({ fate, delayMs, progress }: z.infer<typeof inputSchema>, { callId }: { callId: string }): Observable<unknown> {
      runs.push(callId);
      const end$ = timer(delayMs).pipe(
        map(() => {
          if (fate === 'throws') throw new Error('failed');
          return callId;
        }),
      );
      return new Observable((subscriber) => {
        open++;
        mostOpen = Math.max(mostOpen, open);
        subscriber.add(() => open--);
        const values = concat(range(progress), fate === 'late' ? NEVER : end$);
        return values.subscribe(subscriber);
      });
    },
  };

  new TestScheduler(() => undefined).run(() => {
    const ask = (turns: readonly Turn[], { step }: { step: number }): Observable<DeltaEvent> => {
      asked.push(turns);
      let next = 0;
      const played = attempts(roundOf(script, step), step);
      const source = new Observable<DeltaEvent>((subscriber) => {
        requests++;
        return (played[next++] ?? NEVER).subscribe(subscriber);
      });
      return source.pipe(retryStream({ initialDelayMs: 1, jitter: 0 }));
    };
    const events$ = runTools(ask, {
      turns: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
      tools: { work: tool },
      maxSteps: script.maxSteps,
      concurrency: script.concurrency,
      stopWhen: ({ step }) => step === script.stopAt,
      approve: ({ input }) => decisionOn((input as Call).fate),
    });
    const clock = { now: 0 };
    const ticks = timer(0, 1).subscribe({ next: (at) => Object.assign(clock, { now: at }), error: fail });
    const subscription = events$.subscribe({
      next: (event) => events.push({ at: clock.now, event }),
      error: fail,
      complete: () => ticks.unsubscribe(),
    });
    if (unsubscribeAt !== Infinity) {
      timer(unsubscribeAt).subscribe({
        next() {
          subscription.unsubscribe();
          ticks.unsubscribe();
        },
        error: fail,
      });
    }
  });
  return { events, asked, requests, runs, open, mostOpen };
}

function fail(error: unknown): never {
  throw error;
}

describe('a model of the loop', () => {
  it('agrees with runTools for every script: each call is answered once, in order, and usage is the sum', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const expected = expectedOf(script);
        const played = play(script);
        const events = played.events.map(({ event }) => event);
        expectGrammar(events, true);
        const outline = events
          .filter((event) => event.type === 'tool-result' && !event.preliminary)

          .map(outlineOf);
        expect(outline).toEqual(expected.results);
        expect([...played.runs].sort()).toEqual([...expected.runs].sort());
        expect(outlineTurns(played.asked.at(-1) ?? [])).toEqual(expected.turns);
        expect(played.requests).toBe(expected.requests);
        expect(played.mostOpen).toBeLessThanOrEqual(script.concurrency);
        expect(events.findLast((event) => event.type === 'usage')).toMatchObject({
          usage: { inputTokens: expected.tokens, outputTokens: expected.tokens },
        });
        expect(events.at(-1)).toMatchObject({ type: 'finish', reason: expected.reason });
      }),
      { numRuns: 1_000 },
    );
  });

  it('emits nothing after unsubscribe, and no tool runs on', () => {
    fc.assert(
      fc.property(anyScript, fc.integer({ min: 0, max: 60 }), (script, unsubscribeAt) => {
        const whole = play(script).events;
        const { events, open } = play(script, unsubscribeAt);
        expect(events).toEqual(whole.slice(0, events.length));
        expect(events.every(({ at }) => at <= unsubscribeAt)).toBe(true);
        expect(open).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
