import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { filter, firstValueFrom, lastValueFrom, type Observable, ReplaySubject, Subject, take, tap, toArray } from 'rxjs';
import {
  accumulateText,
  type ConversationCommand,
  type ConversationState,
  conversation,
  type DeltaEvent,
  retryStream,
  shareStream,
  type Turn,
  textDeltas,
  toMessage,
  toMessageState,
} from 'rxllm';
import { fromMessages, messagesParams } from 'rxllm/anthropic';
import { chatMessages, fromChatCompletions, fromResponses, responsesInput } from 'rxllm/openai';
import { answerStream, answerWith, startServer, type TestServer } from '../support/server.js';
import { wires } from './wires.js';

const model = 'model-1';
const asks: Readonly<Record<keyof typeof wires, (baseURL: string, turns: readonly Turn[]) => Observable<DeltaEvent>>> = {
  chat: (baseURL, turns) =>
    fromChatCompletions(new OpenAI({ baseURL, apiKey: 'none' }), { model, messages: chatMessages(turns) }),
  responses: (baseURL, turns) => fromResponses(new OpenAI({ baseURL, apiKey: 'none' }), { model, input: responsesInput(turns) }),
  messages: (baseURL, turns) =>
    fromMessages(new Anthropic({ baseURL, apiKey: 'none' }), { model, max_tokens: 9, ...messagesParams(turns) }),
};
const question: readonly Turn[] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];

describe.each(['chat', 'responses', 'messages'] as const)('a view of %s', (name) => {
  const wire = wires[name];
  const whole = answerStream([wire.opening, wire.hello, wire.ending, wire.terminal]);
  const cut = answerStream([wire.opening, wire.hello], 'reset');
  const hanging = answerStream([wire.opening, wire.hello], 'open');
  let server: TestServer;

  afterEach(() => server.close());

  it('shows an answer with its retries, as states', async () => {
    server = await startServer(answerWith(529), cut, whole);
    const events$ = asks[name](server.url, question).pipe(retryStream({ initialDelayMs: 1, jitter: 0 }));
    const states = await lastValueFrom(events$.pipe(toMessageState(), toArray()));
    const statuses = states.map(({ status }) => status);
    expect(statuses.filter((status, index) => status !== statuses[index - 1])).toEqual([
      'pending',
      'retrying',
      'streaming',
      'retrying',
      'streaming',
      'done',
    ]);
    expect(states.find(({ retry }) => retry)?.retry).toMatchObject({ attempt: 2, error: { status: 529 } });
    expect(states.at(-1)).toMatchObject({ text: 'Hello', finishReason: 'stop', usage: expect.anything() });
  });

  it('shares one request between readers, of which some come late', async () => {
    server = await startServer(whole);
    const shared$ = asks[name](server.url, question).pipe(shareStream());
    const message = lastValueFrom(shared$.pipe(toMessage()));
    const late: Promise<unknown>[] = [];
    const joining$ = shared$.pipe(
      tap(() => late.push(lastValueFrom(shared$.pipe(toMessage())))),
      accumulateText(),
    );
    expect(await lastValueFrom(joining$)).toBe('Hello');
    expect(await Promise.all(late)).toEqual(late.map(() => expect.objectContaining({ text: 'Hello', finishReason: 'stop' })));
    expect(await lastValueFrom(shared$.pipe(textDeltas(), toArray()))).toEqual(['Hello']);
    expect((await Promise.all(late))[0]).toEqual(await message);
    expect(server.requests).toHaveLength(1);
  });

  it('aborts the shared request when the last reader has unsubscribed', async () => {
    server = await startServer(hanging);
    const shared$ = asks[name](server.url, question).pipe(shareStream());
    const texts = [1, 2].map(() =>
      firstValueFrom(
        shared$.pipe(
          accumulateText(),
          filter((text) => text === 'Hello'),
        ),
      ),
    );
    expect(await Promise.all(texts)).toEqual(['Hello', 'Hello']);
    expect(await (await server.received()).closed).toMatchObject({ byClient: true });
    expect(server.requests).toHaveLength(1);
  });

  it('holds a conversation: a stop aborts the request, and the next one sends what had arrived', async () => {
    server = await startServer(hanging, answerWith(401), whole);
    const commands$ = new Subject<ConversationCommand>();
    const states$ = new ReplaySubject<ConversationState>(1);
    const subscription = commands$.pipe(conversation((turns) => asks[name](server.url, turns))).subscribe(states$);
    const next = (isDue: (state: ConversationState) => boolean): Promise<ConversationState> =>
      firstValueFrom(states$.pipe(filter(isDue), take(1)));

    commands$.next({ type: 'send', text: 'Hi' });
    await next(({ live }) => live?.text === 'Hello');
    commands$.next({ type: 'stop' });
    expect(await (await server.received()).closed).toMatchObject({ byClient: true });
    commands$.next({ type: 'send', text: 'Go on' });
    const failed = await next(({ status }) => status === 'error');
    expect(failed).toMatchObject({ error: { kind: 'authentication', status: 401 }, live: undefined });
    expect(JSON.parse(JSON.stringify(failed))).toEqual(failed);
    commands$.next({ type: 'retry' });
    const { turns } = await next(({ status }) => status === 'idle');
    expect(turns.map(({ role, answer }) => [role, answer?.status])).toEqual([
      ['user', undefined],
      ['assistant', 'aborted'],
      ['user', undefined],
      ['assistant', 'done'],
    ]);
    for (const request of server.requests.slice(1)) expect(request.body).toMatch(/Hi.*Hello.*Go on/);
    subscription.unsubscribe();
  });
});
