import { connect, merge, type Observable, take } from 'rxjs';
import { isStreamError, type StreamErrorKind } from '../../errors.js';
import type { DeltaEvent, Message, Usage } from '../../events.js';
import { createMessageFold } from '../../message/messageFold.js';
import type { Fetch } from '../fakes/responseBody.js';
import { check, checkSame, type DefineTest, listed } from './check.js';
import { type BodyEnd, collect, type FakeServer, fakeServer } from './fakeServer.js';
import { checkGrammar } from './grammar.js';

/** A source, and an answer as its provider sends it. */
export interface SourceContractOptions {
  /**
   * Creates the source with this `fetch`, which answers without a network, and with these options of a source.
   */
  readonly source: (
    fetch: Fetch,
    options: { readonly signal?: AbortSignal; readonly templates?: boolean },
  ) => Observable<DeltaEvent>;
  /** The body of a whole answer, with text. */
  readonly whole: string | Uint8Array;
  /** The same body, cut after its text and before its end. */
  readonly cut: string | Uint8Array;
  /** The text of both. */
  readonly text: string;
  /** Figures of the usage of the whole answer. @defaultValue not compared */
  readonly usage?: Partial<Usage> | undefined;
  /** The calls of the whole answer, as `name(arguments)`. @defaultValue none */
  readonly calls?: readonly string[] | undefined;
}

/** How many beginnings of the body are tried. */
const beginnings = 40;

/**
 * Defines the tests that every source must pass: grammar and content of the answer, the same events however the body is chunked, cut and broken
 * bodies, statuses, unsubscription, coldness and the caller's signal.
 *
 * @param test `it` or `test` of any runner: it is called with a name and a function for each test.
 * @throws ContractError, in the test that is not passed.
 * @example describe('mySource', () => sourceContract(it, { source: (fetch, options) => mySource({ fetch }, options), whole, cut, text: 'Hello' }))
 */
export function sourceContract(test: DefineTest, options: SourceContractOptions): void {
  const { source, text, usage, calls = [] } = options;
  const [whole, cut] = [bytesOf(options.whole), bytesOf(options.cut)];

  const read = (body: Uint8Array, end: BodyEnd = 'end', more: { chunk?: number; templates?: boolean } = {}) => {
    const server = fakeServer(() => ({ body, end, chunk: more.chunk }));
    const { templates } = more;
    return collect(source(server.fetch, templates === undefined ? {} : { templates }));
  };

  test('emits the whole answer in the grammar of a stream', async () => {
    const { events, end } = await read(whole);
    check(end === 'complete', `It ended with ${listed([end])}`);
    checkGrammar(events, true);
    const content = contentOf(events);
    checkSame(content.text, text, 'The text:');
    checkSame(content.calls, calls, 'The calls:');
    const message = messageOf(events);
    if (usage)
      for (const [name, value] of Object.entries(usage))
        checkSame(message.usage?.[name as keyof Usage], value, `${name} of the usage:`);
  });

  test('emits the same events however the body is chunked, and with templates and without', async () => {
    const first = await read(whole);
    for (const chunk of [1, 7, 64]) {
      for (const templates of [true, false]) {
        const other = await read(whole, 'end', { chunk, templates });
        checkSame(withoutPings(other.events), withoutPings(first.events), `In chunks of ${chunk}, templates: ${templates}:`);
      }
    }
  });

  test('completes at the definite end, without waiting for the body', async () => {
    const { end } = await read(whole, 'open');
    check(end === 'complete', `The body stayed open, and it ended with ${listed([end])}`);
  });

  test('never completes before the definite end', async () => {
    const full = contentOf((await read(whole)).events);
    for (let at = 0; at < beginnings; at++) {
      const { events, end } = await read(whole.subarray(0, Math.floor((whole.length * at) / beginnings)));
      // After the definite end only usage may follow.
      if (end === 'complete') checkSame(contentOf(events), full, 'It completed with a part of the answer:');
      else checkKind(end, ['truncated', 'empty', 'malformed-event']);
      checkGrammar(events, end === 'complete');
    }
  });

  test('errors with TruncatedError and the text so far for a cut answer', async () => {
    const { events, end } = await read(cut);
    checkKind(end, ['truncated'], true);
    checkSame(partialText(end), text, 'The text of its partial:');
    checkGrammar(events, false);
  });

  test('errors with ConnectionError and the text so far if the connection breaks', async () => {
    const { end } = await read(cut, 'break');
    checkKind(end, ['connection'], true);
    checkSame(partialText(end), text, 'The text of its partial:');
  });

  test('errors with HttpError for an error status, and sends one request', async () => {
    const server = fakeServer(() => ({ body: bytesOf('{"error":{"message":"Slow down"}}'), end: 'end', status: 429 }));
    const { end } = await collect(source(server.fetch, {}));
    checkKind(end, ['rate-limit'], true);
    check(server.requests.length === 1, `It sent ${server.requests.length} requests`);
  });

  test('aborts the request when it is unsubscribed, and emits nothing more', async () => {
    const server = fakeServer(() => ({ body: cut, end: 'open' }));
    const seen = await takeOne(source(server.fetch, {}), 'text-delta');
    check(seen === 1, `It emitted ${seen} pieces of text, and was unsubscribed at the first`);
    check(await wasAborted(server), 'The request goes on');
  });

  test('emits nothing more after unsubscribe in the middle of a chunk', async () => {
    const server = fakeServer(() => ({ body: cut, end: 'open' }));
    const { events } = await collect(source(server.fetch, {}).pipe(take(1)));
    check(events.length === 1 && ['start', 'ping'].includes(events[0]?.type ?? ''), `take(1) gave ${listed(events)}`);
    check(await wasAborted(server), 'The request goes on');
  });

  test('sends nothing before it is subscribed, and a request for each subscription', async () => {
    const server = fakeServer(() => ({ body: whole, end: 'end' }));
    const events$ = source(server.fetch, {});
    const early = server.requests.length;
    check(early === 0, 'It sent a request before it was subscribed');
    const [first, second] = await Promise.all([collect(events$), collect(events$)]);
    checkSame(second.events, first.events, 'The second subscription differs:');
    checkSame((await collect(events$)).events, first.events, 'A later subscription differs:');
    check(server.requests.length === 3, `Three subscriptions sent ${server.requests.length} requests`);
  });

  test('sends one request for two branches of one pipe', async () => {
    const server = fakeServer(() => ({ body: whole, end: 'end' }));
    const twice$ = source(server.fetch, {}).pipe(connect((events$) => merge(events$, events$)));
    const { events } = await collect(twice$);
    check(events.filter(({ type }) => type === 'finish').length === 2, 'A branch has no finish');
    check(server.requests.length === 1, `It sent ${server.requests.length} requests`);
  });

  test("errors with StreamAbortedError and the caller's reason when the signal aborts", async () => {
    const server = fakeServer(() => ({ body: cut, end: 'open' }));
    const controller = new AbortController();
    const result = collect(source(server.fetch, { signal: controller.signal }));
    await server.requested();
    controller.abort('enough');
    const { end } = await result;
    checkKind(end, ['aborted'], false);
    check((end as Error).cause === 'enough', "Its cause must be the caller's reason");
    check(await wasAborted(server), 'The request goes on');
  });
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body;
}

function messageOf(events: readonly DeltaEvent[]): Message {
  const fold = createMessageFold();
  for (const event of events) fold.push(event);
  return fold.message();
}

function contentOf(events: readonly DeltaEvent[]) {
  const { text, reasoning, toolCalls, finishReason } = messageOf(events);
  return { text, reasoning, finishReason, calls: toolCalls.map(({ name, argumentsText }) => `${name}(${argumentsText})`) };
}

function withoutPings(events: readonly DeltaEvent[]): readonly DeltaEvent[] {
  return events.filter(({ type }) => type !== 'ping');
}

function checkKind(end: unknown, kinds: readonly StreamErrorKind[], retryable?: boolean): void {
  check(isStreamError(end), `It must error with a StreamError (${kinds.join(' or ')}), and ended with ${listed([end])}`);
  check(kinds.includes(end.kind), `It must error with the kind ${kinds.join(' or ')}, and ended with ${listed([end])}`);
  if (retryable !== undefined) check(end.retryable === retryable, `retryable of ${listed([end])} must be ${retryable}`);
}

function partialText(end: unknown): string | undefined {
  return isStreamError(end) ? end.partial?.text : undefined;
}

/** Unsubscribes at the first event of a type, and resolves with how many of them were emitted, some time later. */
async function takeOne(events$: Observable<DeltaEvent>, wanted: DeltaEvent['type']): Promise<number> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    const subscription = events$.subscribe({
      next({ type }) {
        if (type !== wanted) return;
        seen++;
        subscription.unsubscribe();
        resolve();
      },
      error: () => resolve(),
      complete: () => resolve(),
    });
  });
  return seen;
}

/** Whether the latest request was aborted, or its body cancelled, within a moment. */
async function wasAborted({ requests }: FakeServer): Promise<boolean> {
  const request = requests.at(-1);
  return request !== undefined && (await request.closed());
}
