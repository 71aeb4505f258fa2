import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from '@jest/globals';
import {
  BehaviorSubject,
  concatMap,
  delay,
  filter,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  takeUntil,
  tap,
  throwError,
  timer,
  toArray,
} from 'rxjs';
import { askAll, progressBar } from '../examples/recipes/batchOfPrompts.js';
import { createBudgets } from '../examples/recipes/budgetPerUser.js';
import { consensus } from '../examples/recipes/consensus.js';
import { evaluate } from '../examples/recipes/evaluation.js';
import { fromHouse, houseFormat } from '../examples/recipes/houseProvider.js';
import { createRooms, serveRooms } from '../examples/recipes/manyTabs.js';
import { raceOfModels } from '../examples/recipes/raceOfModels.js';
import { speakAnswer } from '../examples/recipes/speech.js';
import { latestAnswer } from '../examples/recipes/switchMapChat.js';
import { HttpError } from '../src/errors.js';
import type { Cost, DeltaEvent } from '../src/events.js';
import { fromServerSentEvents, fromWire, sse } from '../src/http/index.js';
import { bufferToText } from '../src/operators/bufferToText.js';
import { textDeltas } from '../src/operators/textDeltas.js';
import { toMessage } from '../src/operators/toMessage.js';
import { type FakeProvider, fakeProvider, sourceContract, start, streamOf, text, virtualTime } from '../src/testing/index.js';

/** When each request was sent, when it ended and how. */
const timesOf = ({ requests }: FakeProvider): readonly string[] =>
  requests.map(({ subscribedAtMs, endedAtMs, end }) => `${subscribedAtMs} to ${endedAtMs}: ${end}`);

const dollars = (total: number): Cost => ({
  total,
  currency: 'USD',
  input: undefined,
  output: undefined,
  cacheSavings: undefined,
});
const refused = new HttpError('No', { kind: 'invalid-request', status: 400 });
const answerAfter = (firstMs: number, text: string): Observable<DeltaEvent> => streamOf(text, { firstMs, everyMs: 0 });

describe('switchMapChat', () => {
  it(
    'aborts the answer to the question before, and shows that of the last one',
    virtualTime(async () => {
      const provider = fakeProvider([streamOf('Hello, world', { everyMs: 10 }), streamOf('Yes', { everyMs: 10 })]);
      const questions$ = of('first', 'second').pipe(concatMap((question, index) => of(question).pipe(delay(index * 15))));
      const states = await lastValueFrom(latestAnswer(questions$, () => provider).pipe(toArray()));
      expect(states.map(({ status, text }) => `${status} ${text}`).filter((each, index, all) => each !== all[index - 1])).toEqual(
        ['pending ', 'streaming ', 'streaming Hello, ', 'pending ', 'streaming ', 'streaming Yes', 'done Yes'],
      );
      expect(timesOf(provider)).toEqual(['0 to 15: unsubscribed', '15 to 35: complete']);
    }),
  );
});

describe('raceOfModels', () => {
  it(
    'emits the answer of the first with content, and aborts the other',
    virtualTime(async () => {
      const slow = fakeProvider([answerAfter(200, 'slow')]);
      const fast = fakeProvider([answerAfter(50, 'fast')]);
      expect(await lastValueFrom(raceOfModels(slow, fast).pipe(bufferToText()))).toBe('fast');
      expect(timesOf(slow)).toEqual(['0 to 50: unsubscribed']);
    }),
  );

  it(
    'goes on with the other if one fails',
    virtualTime(async () => {
      const text$ = raceOfModels(fakeProvider([refused]), answerAfter(50, 'the other')).pipe(bufferToText());
      expect(await lastValueFrom(text$)).toBe('the other');
    }),
  );
});

describe('consensus', () => {
  it(
    'emits the answer of the majority, and aborts the requests that cannot change it',
    virtualTime(async () => {
      const provider = fakeProvider([
        answerAfter(10, 'Paris.'),
        answerAfter(20, 'Lyon'),
        refused,
        answerAfter(30, ' paris'),
        answerAfter(40, 'Paris'),
        answerAfter(9_000, 'Lyon'),
      ]);
      expect(await lastValueFrom(consensus(provider, { n: 6 }))).toEqual({ text: 'paris', votes: 3, answers: 4 });
      expect(timesOf(provider).at(-1)).toMatch(/to 40: unsubscribed$/);
    }),
  );

  it(
    'sends no request that it does not need, where few run at the same time',
    virtualTime(async () => {
      const provider = fakeProvider(['Paris', 'Paris', 'Paris', 'never', 'never']);
      expect(await lastValueFrom(consensus(provider, { n: 5, concurrency: 1 }))).toEqual({ text: 'paris', votes: 3, answers: 3 });
      expect(provider.requests).toHaveLength(3);
    }),
  );

  it(
    'takes the most frequent answer if there is no majority, and errors if each request fails',
    virtualTime(async () => {
      const split = fakeProvider(['Paris', 'Lyon', 'Nice', 'Lyon']);
      expect(await lastValueFrom(consensus(split, { n: 4, concurrency: 1 }))).toMatchObject({ text: 'lyon', votes: 2 });
      await expect(lastValueFrom(consensus(fakeProvider([refused, refused]), { n: 2 }))).rejects.toBe(refused);
    }),
  );
});

describe('speech', () => {
  const events$ = streamOf('Paris is the capital of France. It has two million people. It is large.', { everyMs: 10 });

  it(
    'speaks each sentence after the one before, while the model still writes',
    virtualTime(async () => {
      const spoken: string[] = [];
      const speak = (sentence: string): Observable<unknown> => {
        spoken.push(sentence);
        return timer(500);
      };
      const heard = await lastValueFrom(speakAnswer(events$, { speak, interruption$: NEVER }).pipe(toArray()));
      expect(heard).toEqual(spoken);
      expect(heard.join('')).toBe('Paris is the capital of France. It has two million people. It is large.');
    }),
  );

  it(
    'stops the sound and the request at an interruption, and knows what was heard',
    virtualTime(async () => {
      const provider = fakeProvider([
        streamOf('Paris is the capital of France. It has two million people. It is large and loud and old', { everyMs: 100 }),
      ]);
      const stopped: string[] = [];
      const speak = (sentence: string): Observable<unknown> =>
        timer(900).pipe(tap({ unsubscribe: () => stopped.push(sentence) }));
      const heard = await lastValueFrom(speakAnswer(provider, { speak, interruption$: timer(1_900) }).pipe(toArray()));
      expect(heard).toEqual(['Paris is the capital of France. ']);
      expect(timesOf(provider)).toEqual(['0 to 1900: unsubscribed']);
      expect(stopped).toEqual(['It has two million people. ']);
    }),
  );
});

describe('batchOfPrompts', () => {
  it(
    'asks a few at the same time, and counts a prompt that fails without stopping',
    virtualTime(async () => {
      let open = 0;
      let most = 0;
      const ask = (prompt: string): Observable<DeltaEvent> => {
        const answer$ = prompt === 'bad' ? timer(10).pipe(concatMap(() => throwError(() => refused))) : answerAfter(10, prompt);
        return answer$.pipe(tap({ subscribe: () => (most = Math.max(most, ++open)), finalize: () => open-- }));
      };
      const progress = await lastValueFrom(askAll(['a', 'bad', 'c', 'd', 'e'], ask, { concurrency: 2 }).pipe(toArray()));
      expect(most).toBe(2);
      expect(progress.map(({ bar }) => bar)).toEqual([
        '[----------] 0/5',
        '[##--------] 1/5',
        '[####------] 2/5',
        '[######----] 3/5',
        '[########--] 4/5',
        '[##########] 5/5',
      ]);
      const { results, failed } = progress.at(-1) ?? {};
      expect(failed).toBe(1);
      expect(results).toContainEqual({ index: 1, error: expect.objectContaining({ kind: 'invalid-request' }) });
      expect(results).toContainEqual({ index: 4, text: 'e' });
    }),
  );

  it(
    'sends no further request after unsubscribe',
    virtualTime(async () => {
      const provider = fakeProvider([answerAfter(10, 'a'), answerAfter(10, 'b'), answerAfter(10, 'c'), answerAfter(10, 'd')]);
      await lastValueFrom(askAll(['a', 'b', 'c', 'd'], () => provider, { concurrency: 2 }).pipe(takeUntil(timer(5))));
      expect(timesOf(provider)).toEqual(['0 to 5: unsubscribed', '0 to 5: unsubscribed']);
    }),
  );

  it('draws a bar of nothing as full', () => {
    expect(progressBar(0, 0)).toBe('[##########] 0/0');
  });
});

describe('evaluation', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxllm-evaluation-'));
  const [cases, results] = [join(folder, 'cases.jsonl'), join(folder, 'results.jsonl')];
  const dataSet = [
    { id: 'fr', prompt: 'The capital of France?', expected: 'Paris' },
    { id: 'it', prompt: 'The capital of Italy?', expected: 'Rome' },
    { id: 'es', prompt: 'The capital of Spain?', expected: 'Madrid' },
  ];
  const lines = (): unknown[] =>
    readFileSync(results, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('writes a line for each case, and goes on after an interruption where it was', async () => {
    writeFileSync(cases, dataSet.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const ask = (provider: FakeProvider) => ({ cases, results, ask: () => provider, concurrency: 1 });

    const interrupted = fakeProvider([streamOf('It is Paris.', { usage: { totalTokens: 15 } }), 'Milan', 'never asked']);
    await lastValueFrom(evaluate(ask(interrupted)).pipe(take(2)));
    expect(lines()).toEqual([
      { id: 'fr', passed: true, text: 'It is Paris.', tokens: 15 },
      { id: 'it', passed: false, text: 'Milan' },
    ]);

    const resumed = fakeProvider([refused]);
    const added = await lastValueFrom(evaluate(ask(resumed)).pipe(toArray()));
    expect(added).toEqual([{ id: 'es', passed: false, error: expect.objectContaining({ kind: 'invalid-request' }) }]);
    expect(resumed.requests).toHaveLength(1);
    expect(lines()).toHaveLength(3);
  });

  it('asks a case again whose line was cut when the process was killed', async () => {
    writeFileSync(results, '{"id":"fr","passed":true}\n{"id":"it","pass');
    const provider = fakeProvider(['Rome', 'Madrid']);
    await lastValueFrom(evaluate({ cases, results, ask: () => provider, concurrency: 1 }));
    expect(lines()).toMatchObject([
      { id: 'fr', passed: true },
      { id: 'it', passed: true },
      { id: 'es', passed: true },
    ]);
  });
});

describe('budgetPerUser', () => {
  it(
    'ends a stream where the money of its user ends, and refuses the next one',
    virtualTime(async () => {
      const budgets = createBudgets({ perUser: 0.01, price: ({ outputTokens = 0 }) => dollars(outputTokens / 1_000) });
      const long$ = streamOf(Array.from({ length: 100 }, () => 'word').join(' '), { everyMs: 1 });
      const message = await lastValueFrom(budgets.spend('ann', long$).pipe(toMessage()));
      expect(message.finishReason).toBe('budget');
      expect(budgets.spent('ann')).toBeGreaterThanOrEqual(0.01);
      await expect(lastValueFrom(budgets.spend('ann', long$))).rejects.toMatchObject({ kind: 'limit', limit: 'perUser' });
      expect(budgets.spent('bob')).toBe(0);
      expect(await lastValueFrom(budgets.spend('bob', streamOf('Hello')).pipe(bufferToText()))).toBe('Hello');
    }),
  );

  it(
    'runs the streams of a user one after the other, and counts one that is unsubscribed',
    virtualTime(async () => {
      const budgets = createBudgets({ perUser: 1, price: ({ outputTokens = 0 }) => dollars(outputTokens / 1_000) });
      const provider = fakeProvider([streamOf('some words that cost', { everyMs: 10 }), answerAfter(10, 'more')]);
      const first$ = budgets.spend('ann', provider).pipe(takeUntil(timer(25)));
      const second$ = budgets.spend('ann', provider).pipe(bufferToText());
      const [, second] = await Promise.all([lastValueFrom(first$), lastValueFrom(second$)]);
      expect(second).toBe('more');
      expect(timesOf(provider)).toEqual(['0 to 25: unsubscribed', '25 to 35: complete']);
      expect(budgets.spent('ann')).toBeGreaterThan(0);
    }),
  );
});

describe('manyTabs', () => {
  it('sends one request for two tabs, and aborts it when both have closed', async () => {
    const provider = new Subject<DeltaEvent>();
    const counts = { requests: new BehaviorSubject(0), tabs: new BehaviorSubject(0), aborts: new BehaviorSubject(0) };
    const count = (name: keyof typeof counts) => (): void => counts[name].next(counts[name].value + 1);
    const reached = (name: keyof typeof counts, total: number): Promise<number> =>
      firstValueFrom(counts[name].pipe(filter((each) => each === total)));

    const source$ = provider.pipe(tap({ subscribe: count('requests'), unsubscribe: count('aborts') }));
    const room = createRooms(() => source$, { keepMs: 1_000 });
    const server = serveRooms((chat) => room(chat).pipe(tap({ subscribe: count('tabs') })));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/chat-1`;
    const tab = (): Promise<readonly string[]> =>
      lastValueFrom(fromWire(url, { wire: sse() }).pipe(textDeltas(), take(2), toArray()));
    try {
      const early = tab();
      await reached('tabs', 1);
      provider.next(start());
      provider.next(text('Paris '));
      const late = tab();
      await reached('tabs', 2);
      provider.next(text('is'));
      expect([await early, await late]).toEqual([
        ['Paris ', 'is'],
        ['Paris ', 'is'],
      ]);
      await reached('aborts', 1);
      expect(counts.requests.value).toBe(1);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it(
    'gives the whole answer to a tab that comes after its end, until `keepMs`',
    virtualTime(async () => {
      const provider = fakeProvider(['Paris', 'Rome']);
      const room = createRooms(() => provider, { keepMs: 1_000 });
      const read = (): Promise<string> => lastValueFrom(room('chat-1').pipe(bufferToText()));
      expect([await read(), await read()]).toEqual(['Paris', 'Paris']);
      await lastValueFrom(timer(1_001));
      expect(await read()).toBe('Rome');
    }),
  );
});

describe('houseProvider', () => {
  const payloads = [
    { job: 'j-1', model: 'house-7b' },
    { token: 'Paris' },
    { token: ' it is' },
    { tool: 'lookup', input: { city: 'Paris' } },
    { tokens_in: 9, tokens_out: 2 },
    { done: 'stop' },
  ];
  const bodyOf = (sent: readonly object[]): string => sent.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('');

  sourceContract(it, {
    source: (fetch, options) => fromServerSentEvents(({ signal }) => fetch('http://house', { signal }), houseFormat, options),
    whole: bodyOf(payloads),
    cut: bodyOf(payloads.slice(0, 3)),
    text: 'Paris it is',
    calls: ['lookup({"city":"Paris"})'],
    usage: { inputTokens: 9, outputTokens: 2 },
  });

  it('sends the prompt on subscribe, and reads the answer over HTTP', async () => {
    const prompts: string[] = [];
    const server = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      void textOf(request).then((prompt) => {
        prompts.push(prompt);
        response.end(bodyOf(payloads));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const message$ = fromHouse(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'The capital?').pipe(toMessage());
      expect(prompts).toEqual([]);
      expect(await lastValueFrom(message$)).toMatchObject({ text: 'Paris it is', model: 'house-7b', provider: 'house' });
      expect(prompts).toEqual(['{"prompt":"The capital?"}']);
    } finally {
      server.close();
    }
  });
});
