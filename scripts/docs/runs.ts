/** What the page of a function shows: it is run as it stands here, and spec/docs/runs.spec.ts checks its types. */
export interface Run {
  /** Names that the rest uses, in order. An Observable called `other` gets a row of the picture, a Subject too. */
  readonly given?: Readonly<Record<string, string>>;
  /**
   * A source, in what rxjs and the entry points of rxllm export, the helpers of `marbles`, and `sse` of scripts/docs/sse.ts, which is
   * `eventStream` on a page of `rxllm/http`. `text` is the parser,
   * as on the page: an event in the letters of `stream` is `testing.text('a', { block: 1 })`.
   */
  readonly source: string;
  /** What it is piped through. */
  readonly operators?: readonly string[];
}

const failingOnce = `fakeProvider([streamOf('Hel', { everyMs: 3, error: new ConnectionError() }), streamOf('Hello', { everyMs: 3 })])`;
const cityAndDays = `streamOf('{"city": "Paris", "days": 3}', { everyMs: 3 })`;
const toonTable = `streamOf('items[2]{sku,n}:\\n  A1,3\\n  B2,5', { everyMs: 3 })`;
const chatBody = `sse({
  0: { id: 'c1', model: 'gpt-4o-mini', choices: [{ index: 0, delta: { role: 'assistant' } }] },
  3: { choices: [{ index: 0, delta: { content: 'Hel' } }] },
  6: { choices: [{ index: 0, delta: { content: 'lo' } }] },
  9: { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  10: '[DONE]',
})`;

const wireBody = `eventStream({
  0: { type: 'start', provider: 'test' },
  3: { type: 'text-delta', text: 'Hel', block: 0, choice: 0, phase: 'answer' },
  6: { type: 'text-delta', text: 'lo', block: 0, choice: 0, phase: 'answer' },
  9: { type: 'finish', reason: 'stop', choices: [], metadata: {} },
})`;

/** A run for every public function, by the name of its page. `npm run new:operator` adds one. */
export const runs: Readonly<Record<string, Run>> = {
  accumulateText: { source: `answer('Hel-lo,-wor-ld|')`, operators: ['accumulateText()'] },
  agUi: {
    given: { encoder: `createEncoder(agUi({ input: { threadId: 't', runId: 'r', messages: [] } }))` },
    source: `stream('s--a--f|')`,
    operators: [
      'concatMap((event) => new Observable((frames) => { encoder.encode(event, (data) => frames.next(data)); frames.complete(); }))',
    ],
  },
  aggregateUsage: { source: `stream('s-u-a-u-(f|)')`, operators: ['aggregateUsage()'] },
  applyOptions: {
    source: failingOnce,
    operators: ['applyOptions({ retryStream: { initialDelayMs: 5, jitter: 0 }, timeoutBetweenChunks: 5_000 })'],
  },
  'assistantTurn-anthropic': {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map((message) => assistantTurn(message))'],
  },
  'assistantTurn-openai': {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map((message) => assistantTurn(message))'],
  },
  batchFrames: { source: `(animate('------x----x---'), stream('s-abc-d--e--f|'))`, operators: ['batchFrames()'] },
  bufferToText: { source: `answer('Hel-lo,-wor-ld|')`, operators: ['bufferToText()'] },
  chatMessages: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map(({ text }) => chatMessages([{ role: "assistant", parts: [{ type: "text", text }] }]))'],
  },
  chatTools: {
    given: { tools: '{ clock: { description: "The time", run: () => "12:00" } }' },
    source: 'of(chatTools(tools))',
  },
  circuitBreaker: {
    source: `fakeProvider([streamOf('Hel', { everyMs: 3, error: new ConnectionError() }), 'never asked'])`,
    operators: ['circuitBreaker(createBreaker({ failures: 1 }))', 'retry(1)'],
  },
  conversation: {
    given: {
      ask: `() => answer('--Hel-lo|')`,
      chat: '(commands$) => commands$.pipe(conversation(ask))',
    },
    source: `cold('--h--------------g---|', { h: { type: 'send', text: 'Hi' }, g: { type: 'send', text: 'Go' } })`,
    operators: ['chat', 'map(({ status, turns, live }) => ({ status, turns: turns.length, live: live?.text }))'],
  },
  createBreaker: {
    given: { breaker: 'createBreaker({ failures: 1, successes: 1, openMs: 10 })', state: 'new Subject()' },
    source: `(breaker.state$.subscribe(state), ${failingOnce})`,
    operators: ['circuitBreaker(breaker)', 'retryStream({ initialDelayMs: 1, jitter: 0 })'],
  },
  createConcurrencyLimiter: {
    given: {
      limiter: 'createConcurrencyLimiter({ maxConcurrent: 2 })',
      limited: '(same$) => same$.pipe(limitConcurrency(limiter))',
    },
    source: `stream('s-a-f|')`,
    operators: ['(same$) => merge(limited(same$), limited(same$), limited(same$))'],
  },
  cancelResponse: {
    given: {
      store: 'memoryStore()',
      stop$: `timer(5).pipe(mergeMap(() => cancelResponse(store, 'run-1')), ignoreElements())`,
    },
    source: `stream('s--a--b--f|')`,
    operators: [`persistTo(store, 'run-1')`, '(stored$) => merge(stored$, stop$)'],
  },
  createDemand: {
    given: {
      demand: 'createDemand()',
      events$: `fromChatCompletions(${chatBody}, { model: 'gpt-4o-mini', messages: [] }, { demand })`,
      pause$: 'timer(2).pipe(tap(demand.pause), delay(10), tap(demand.resume), ignoreElements())',
    },
    source: 'merge(events$, pause$)',
  },
  createEncoder: {
    given: { encoder: 'createEncoder(sse())' },
    source: `stream('s--a--f|')`,
    operators: [
      'concatMap((event) => new Observable((frames) => { encoder.encode(event, (data) => frames.next(data)); frames.complete(); }))',
    ],
  },
  createRateLimiter: {
    given: {
      limiter: 'createRateLimiter({ requestsPerMinute: 2 })',
      limited: '(same$) => same$.pipe(rateLimit(limiter))',
    },
    source: `stream('s-a-f|')`,
    operators: ['(same$) => merge(limited(same$), limited(same$), limited(same$))'],
  },
  debugOptions: {
    given: { logged: 'new Subject()' },
    source: `answer('Hel-lo|')`,
    operators: ['applyOptions(debugOptions({ debug: (step) => logged.next(step) }))'],
  },
  fallbackTo: {
    given: { other: `stream('-s-b-f|')` },
    source: `stream('s-a-#', {}, new ConnectionError())`,
    operators: ['fallbackTo(other)'],
  },
  fromChatCompletions: { source: `fromChatCompletions(${chatBody}, { model: 'gpt-4o-mini', messages: [] })` },
  durable: {
    given: {
      store: 'memoryStore()',
      first: `(same$) => durable(store, 'run-1', same$).pipe(take(2))`,
      late: `(same$) => timer(12).pipe(mergeMap(() => durable(store, 'run-1', same$)))`,
    },
    source: `stream('s--a-----b-----f|')`,
    operators: ['(same$) => merge(first(same$), late(same$))'],
  },
  fromErrorInfo: {
    source: `stream('s-a-#', {}, new ConnectionError())`,
    operators: ['catchError((error) => throwError(() => fromErrorInfo(toErrorInfo(error))))'],
  },
  fromHttpEvents: {
    given: {
      first: '`data: {"type":"start","provider":"test"}\\n\\n`',
      both: 'first + `data: {"type":"text-delta","text":"Hi","block":0,"choice":0,"phase":"answer"}\\n\\n`',
      events: '{ h: { type: 2, status: 200 }, p: { type: 3, partialText: first }, q: { type: 3, partialText: both } }',
    },
    source: `cold('h--p--q--|', events)`,
    operators: ['fromHttpEvents(sse())'],
  },
  fromMessages: {
    source: `fromMessages(sse({
  0: { type: 'message_start', message: { id: 'm1', model: 'claude-haiku-4-5', usage: { input_tokens: 9, output_tokens: 1 } } },
  1: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  3: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
  6: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
  8: { type: 'content_block_stop', index: 0 },
  9: { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
  10: { type: 'message_stop' },
}), { model: 'claude-haiku-4-5', max_tokens: 100, messages: [] })`,
  },
  fromWire: { source: `fromWire(${wireBody}, { wire: sse() })` },
  fromAiSdk: {
    given: {
      parts: `async function* () {
  yield { type: 'start-step' };
  for (const text of ['Hel', 'lo']) {
    await lastValueFrom(timer(3));
    yield { type: 'text-delta', id: '0', text };
  }
  yield { type: 'finish', finishReason: 'stop' };
}`,
    },
    source: 'fromAiSdk(() => parts())',
    operators: ['textDeltas()'],
  },
  modelMessages: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map((message) => modelMessages(messageTurns(message)))'],
  },
  providerError: {
    source: `stream('s-a|')`,
    operators: [`map(() => providerError({ code: 'Throttling', message: 'Slow down' }))`, 'map(({ message }) => message)'],
  },
  fromServerSentEvents: {
    source: `fromServerSentEvents(eventStream({ 0: { word: 'Hel' }, 3: { word: 'lo' }, 6: { over: true } }), {
  provider: 'own',
  decode({ word, over }, write) {
    if (typeof word === 'string') write.text(word);
    if (over === true) write.finish('stop');
  },
})`,
  },
  fromResponses: {
    given: {
      // Cut after "Hel": the body ends without the end of the response.
      cut: `sse({
  0: { type: 'response.created', sequence_number: 0, response: { id: 'r1', model: 'gpt-5-mini', status: 'in_progress' } },
  1: { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: { type: 'message', id: 'i1', content: [] } },
  3: { type: 'response.output_text.delta', sequence_number: 2, output_index: 0, item_id: 'i1', content_index: 0, delta: 'Hel' },
})`,
      rest: `sse({
  1: { type: 'response.output_text.delta', sequence_number: 3, output_index: 0, item_id: 'i1', content_index: 0, delta: 'lo' },
  4: { type: 'response.completed', sequence_number: 4, response: {
    id: 'r1', model: 'gpt-5-mini', status: 'completed',
    output: [{ type: 'message', id: 'i1', role: 'assistant', content: [{ type: 'output_text', text: 'Hello', annotations: [] }] }],
    usage: { input_tokens: 9, output_tokens: 2, total_tokens: 11 },
  } },
})`,
      client: 'Object.assign(cut, { retrieve: rest })',
    },
    source: `fromResponses(client, { model: 'gpt-5-mini', input: 'Hello', background: true }, { resume: { delayMs: 5 } })`,
  },
  genaiPrices: {
    source: `stream('s-a-u-f|', { s: start({ model: 'gpt-4o-mini', provider: 'openai' }) })`,
    operators: ['withCost(genaiPrices())', `ofEvent('usage')`, 'map(({ usage }) => usage.cost)'],
  },
  hedge: {
    given: { other: `stream('s-c---d-f|')` },
    source: `stream('s-------a-b-f|')`,
    operators: ['hedge(other, { afterMs: 4 })'],
  },
  isDeltaEvent: {
    source: `cold('a--b--|', { a: '{"type":"ping"}', b: '{"type":"hello"}' })`,
    operators: ['map((data) => JSON.parse(data))', 'filter((value) => isDeltaEvent(value))'],
  },
  isStreamError: {
    source: `stream('s-a-#', {}, new ConnectionError())`,
    operators: [`catchError((error) => (isStreamError(error, 'connection') ? of('offline') : throwError(() => error)))`],
  },
  json: { source: cityAndDays, operators: ['parseOnComplete(json(), text())'] },
  jsonElements: {
    source: `streamOf('{"items": [{"n": 1}, {"n": 2}, {"n": 3}]}', { everyMs: 3 })`,
    operators: [`jsonElements({ path: ['items'] })`],
  },
  limitConcurrency: {
    given: {
      limiter: 'createConcurrencyLimiter({ maxConcurrent: 1 })',
      limited: '(same$) => same$.pipe(limitConcurrency(limiter))',
    },
    source: `stream('s-a-f|')`,
    operators: ['(same$) => merge(limited(same$), limited(same$))'],
  },
  markdownBlocks: { source: `streamOf('# Hi\\nsome **bold words**', { everyMs: 3 })`, operators: ['markdownBlocks()'] },
  memoryStore: {
    given: { store: 'memoryStore()' },
    source: `answer('Hel-lo|')`,
    operators: [`persistTo(store, 'run-1')`],
  },
  mcpTools: {
    given: {
      client: `{
  listTools: async () => ({ tools: [{ name: 'clock', inputSchema: { type: 'object' } }] }),
  callTool: async () => ({ content: [{ type: 'text', text: '12:00' }] }),
}`,
      calling: `[
  testing.start(),
  testing.toolCallStart('call-1', 'clock'),
  testing.toolCallEnd('call-1', 'clock', '{}'),
  testing.finish('tool-calls'),
]`,
      provider: `fakeProvider([calling, streamOf('Noon', { everyMs: 3 })])`,
    },
    source: 'from(mcpTools(client))',
    operators: ['mergeMap((tools) => runTools(() => provider, { turns: [], tools }))'],
  },
  measureStream: {
    source: `stream('s--a-b---f|')`,
    operators: [
      'measureStream()',
      `ofEvent('finish')`,
      'map(({ timing }) => ({ firstDeltaMs: timing?.firstDeltaMs, totalMs: timing?.totalMs }))',
    ],
  },
  messagesParams: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map(({ text }) => messagesParams([{ role: "assistant", parts: [{ type: "text", text }] }]))'],
  },
  messagesTools: {
    given: { tools: '{ clock: { description: "The time", run: () => "12:00" } }' },
    source: 'of(messagesTools(tools))',
  },
  messageTurns: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map((message) => messageTurns(message))'],
  },
  ofEvent: { source: `answer('~Hel-lo-<get_time:{}>|')`, operators: [`ofEvent('text-delta', 'tool-call-end')`] },
  parseJsonOnComplete: { source: cityAndDays, operators: ['parseJsonOnComplete()'] },
  parseOnComplete: { source: `streamOf('No JSON in here', { everyMs: 3 })`, operators: ['parseOnComplete(json(), text())'] },
  parseToonOnComplete: {
    source: toonTable,
    operators: ['parseToonOnComplete()', 'map(({ format, value }) => ({ format, value }))'],
  },
  partialJson: { source: cityAndDays, operators: ['partialJson()'] },
  partialToolInput: { source: `answer('<get_weather:{"city":"Pa-ris",-"days":3}>|')`, operators: ['partialToolInput()'] },
  persistTo: {
    given: { store: 'memoryStore()' },
    source: `stream('s--a--b--f|')`,
    operators: [`persistTo(store, 'run-1')`],
  },
  pipeToNode: {
    given: {
      events$: `fromWire(${wireBody}, { wire: sse() })`,
      respond: `(texts) => ({
  destroyed: false, headersSent: false, writableLength: 0, on() {}, writeHead() {}, destroy() {},
  write(text) { texts.next(text); return true; },
  end() { texts.complete(); },
})`,
    },
    source: 'new Observable((texts) => pipeToNode(events$, respond(texts), { wire: sse() }))',
  },
  rateLimit: {
    given: {
      limiter: 'createRateLimiter({ requestsPerMinute: 1 })',
      limited: '(same$) => same$.pipe(rateLimit(limiter))',
    },
    source: `stream('s-a-f|')`,
    operators: ['(same$) => merge(limited(same$), limited(same$))'],
  },
  readRunId: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', `map(() => readRunId({ url: '/api/chat/run-1/stream', headers: new Headers() }))`],
  },
  readRunInput: {
    source: `answer('Hel-lo|')`,
    operators: [
      'toMessage()',
      'map(({ text: content }) => readRunInput({ threadId: "t", runId: "r", messages: [{ id: "a", role: "assistant", content }] }))',
    ],
  },
  readUiMessages: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map(({ text }) => readUiMessages([{ role: "assistant", parts: [{ type: "text", text }] }]))'],
  },
  resumeFrom: {
    given: {
      store: 'memoryStore()',
      stored: `(same$) => same$.pipe(persistTo(store, 'run-1'), ignoreElements())`,
      late$: `timer(10).pipe(
  mergeMap(() => resumeFrom(store, 'run-1')),
  map(({ id, event }) => [id, event.type]),
)`,
    },
    source: `stream('s--a--b--f|')`,
    operators: ['(same$) => merge(stored(same$), late$)'],
  },
  resumeResponse: {
    given: {
      store: 'memoryStore()',
      request: `new Request('http://localhost/api/answer')`,
      events$: `streamOf('Hi there', { everyMs: 4 })`,
      respond: `() => resumeResponse(store, 'run-1', request, { wire: sse(), source$: events$ })`,
    },
    source: 'fromWire(respond, { wire: sse() })',
  },
  // Without Redis nothing can be read: what the store offers.
  redisStore: {
    given: {
      client: `{
  isOpen: true,
  sendCommand: async () => undefined,
  duplicate: () => { throw new Error('Nothing is read'); },
  connect: async () => undefined, destroy: () => undefined, on: () => undefined,
}`,
    },
    source: 'from(Object.keys(redisStore(client)))',
  },
  responsesInput: {
    source: `answer('Hel-lo|')`,
    operators: ['toMessage()', 'map(({ text }) => responsesInput([{ role: "assistant", parts: [{ type: "text", text }] }]))'],
  },
  responsesTools: {
    given: { tools: '{ clock: { description: "The time", run: () => "12:00" } }' },
    source: 'of(responsesTools(tools))',
  },
  resumeTools: {
    given: {
      provider: `fakeProvider([answer('<clock:{}>|'), answer('No-on|')])`,
      tools: '{ clock: { run: () => "12:00" } }',
      resume: `(turns) => runTools(() => provider, { tools, turns: resumeTools(turns, { 'call-1': true }) })`,
    },
    source: 'runTools(() => provider, { turns: [], tools, approve: () => undefined })',
    operators: ['toMessage()', 'concatMap((message) => resume(messageTurns(message)))'],
  },
  retryStream: { source: failingOnce, operators: ['retryStream({ initialDelayMs: 5, jitter: 0 })'] },
  runTools: {
    given: {
      provider: `fakeProvider([answer('<clock:{}>|'), answer('No-on|')])`,
      tools: `{ clock: { run: () => cold('--p--(r|)', { p: 'asking', r: '12:00' }) } }`,
    },
    source: 'runTools(() => provider, { turns: [], tools })',
  },
  sentences: { source: `answer('Dr._Lee_paid_3.-50._Then-_she_left.|')`, operators: [`sentences({ locale: 'en' })`] },
  shareStream: {
    given: { twice: '(shared$) => merge(shared$, timer(5).pipe(switchMap(() => shared$)))' },
    source: `stream('s-a-b-c-d-f|')`,
    operators: ['shareStream()', 'twice'],
  },
  smooth: { source: `answer('one_two_three_-----|')`, operators: [`smooth({ by: 'word', delayMs: 3 })`] },
  sse: {
    given: { encoder: 'createEncoder(sse())' },
    source: `stream('s--a--b--f|')`,
    operators: [
      'concatMap((event) => new Observable((frames) => { encoder.encode(event, (data) => frames.next(data)); frames.complete(); }))',
    ],
  },
  splitLines: { source: `streamOf('one two\\nthree four', { everyMs: 3 })`, operators: ['splitLines()'] },
  stopOn: {
    given: { other: `cold('---------x')` },
    source: `answer('Hel-lo,-wor-ld|')`,
    operators: ['stopOn(other)'],
  },
  takeWithinBudget: { source: `stream('s-a-b-c-d-f|')`, operators: ['takeWithinBudget({ maxChars: 3 })'] },
  tapStream: {
    given: { called: 'new Subject()' },
    source: `answer('Hel-lo|')`,
    operators: ['tapStream({ start: ({ model }) => called.next(model), complete: (message) => called.next(message.text) })'],
  },
  text: { source: `streamOf('Paris, of course', { everyMs: 3 })`, operators: ['parseOnComplete(json(), text())'] },
  textDeltas: { source: `answer('[hm]-Hel-lo|')`, operators: ['textDeltas()'] },
  tiktokenCounter: {
    given: { countTokens: `tiktokenCounter('gpt-4o')` },
    source: `streamOf('How many tokens is this?', { everyMs: 3 })`,
    operators: ['aggregateUsage({ countTokens, every: 2 })', `ofEvent('usage')`],
  },
  timeoutBetweenChunks: {
    source: `stream('s--a--b-----------c-f|')`,
    operators: ['timeoutBetweenChunks({ firstMs: 10, betweenMs: 5 })'],
  },
  toErrorInfo: {
    source: `stream('s-a-#', {}, new ConnectionError())`,
    operators: ['catchError((error) => of(toErrorInfo(error).name))'],
  },
  toResponse: {
    given: { events$: `fromWire(${wireBody}, { wire: sse() })` },
    source: 'fromWire(() => toResponse(events$, { wire: sse() }), { wire: sse() })',
  },
  toSseMessages: {
    source: `stream('s--a--#', {}, new ConnectionError())`,
    operators: ['toSseMessages(sse())', 'map(({ data }) => data)'],
  },
  toMessage: {
    source: `answer('[hm]-Hel-lo|')`,
    operators: ['toMessage()', 'map(({ text, reasoning }) => ({ text, reasoning }))'],
  },
  toMessageState: {
    source: `stream('s-a-R---s-b-#', { R: testing.reset({ delayMs: 4 }) }, new ConnectionError())`,
    operators: ['toMessageState()', 'map(({ status, text, retry }) => ({ status, text, delayMs: retry?.delayMs }))'],
  },
  toon: { source: toonTable, operators: ['parseOnComplete(toon(), text())', 'map(({ format, value }) => ({ format, value }))'] },
  toonPrompt: {
    source: `cold('a--|', { a: [{ id: 1, name: 'Lamp' }, { id: 2, name: 'Desk' }] })`,
    operators: ['map((rows) => toonPrompt(rows).text)'],
  },
  toonRows: { source: toonTable, operators: ['toonRows()', 'map(({ row }) => row)'] },
  traceStream: { source: `answer('Hel-lo|')`, operators: [`traceStream({ tracer: trace.getTracer('docs') })`] },
  uiMessages: {
    given: { encoder: 'createEncoder(uiMessages())' },
    source: `stream('s--a--b--f|')`,
    operators: [
      'concatMap((event) => new Observable((frames) => { encoder.encode(event, (data) => frames.next(data)); frames.complete(); }))',
    ],
  },
  validate: {
    given: { numbers: `z.number()` },
    source: `streamOf('{"n": [1, 2, "x"]}', { everyMs: 3 })`,
    operators: [`jsonElements({ path: ['n'] })`, 'map(({ value }) => value)', 'validate(numbers)'],
  },
  withCost: {
    given: {
      price: `({ outputTokens }) => ({ total: outputTokens * 0.01, currency: 'USD', input: undefined, output: undefined, cacheSavings: undefined })`,
    },
    source: `stream('s-a-u-f|')`,
    operators: ['withCost(price)'],
  },
};
