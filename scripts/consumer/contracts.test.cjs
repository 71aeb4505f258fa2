const { catchError, EMPTY, filter, ignoreElements, merge, mergeMap, Observable } = require('rxjs');
const { toMessage } = require('rxllm');
const { fromServerSentEvents } = require('rxllm/http');
const { operatorContract, sourceContract } = require('rxllm/testing');

// What a third party writes with the package alone: a format of its own and an operator, and what the contracts find in bad ones.

const format = {
  provider: 'own',
  decode({ id, say, call, used, over }, write) {
    if (id) write.start({ id });
    if (say) write.text(say);
    if (call) write.call({ name: call, input: {} });
    if (used) write.usage({ inputTokens: 9, outputTokens: used });
    if (over) write.finish('stop');
  },
};
const payloads = [{ id: 'a' }, { say: 'Hel' }, { say: 'lo' }, { call: 'clock' }, { used: 3 }, { over: true }];
const bodyOf = (list) => list.map((payload) => `data: ${JSON.stringify(payload)}\n\n`).join('');
const answer = {
  whole: bodyOf(payloads),
  cut: bodyOf(payloads.slice(0, 3)),
  text: 'Hello',
  calls: ['clock({})'],
  usage: { totalTokens: 12 },
};
const sourceOf = (own) => (fetch, options) =>
  fromServerSentEvents(({ signal }) => fetch('https://a.example', { signal }), own, options);

/** The names of the tests that a contract defines and that fail. */
async function failuresOf(contract) {
  const tests = [];
  contract((name, run) => tests.push([name, run]));
  const failed = [];
  for (const [name, run] of tests) {
    try {
      await run();
    } catch (error) {
      if (!['ContractError', 'MarbleMismatchError'].includes(error.name)) throw error;
      failed.push(name);
    }
  }
  return failed;
}

describe('the format', () => sourceContract(it, { ...answer, source: sourceOf(format) }));

let shared = 0;
const formats = {
  'ends without evidence': { ...format, end: (write) => write.finish() },
  'keeps state between subscriptions': {
    ...format,
    decode: (payload, write, context) =>
      format.decode(payload.say && shared++ > 1 ? { say: `${payload.say}${shared}` } : payload, write, context),
  },
  'loses the last text': { ...format, decode: (payload, write) => payload.say !== 'lo' && format.decode(payload, write) },
  'promises variables that it does not keep': {
    ...format,
    variables: { text: [['say']], padding: [] },
    createState: () => ({ count: 0 }),
    decode: (payload, write, { state }) =>
      format.decode(payload.say ? { say: state.count++ > 0 ? payload.say : 'Hel' } : payload, write),
  },
  'never says that it has finished': { ...format, decode: (payload, write) => format.decode({ ...payload, over: false }, write) },
  'forgets the call': { ...format, decode: (payload, write) => format.decode({ ...payload, call: undefined }, write) },
  'counts usage by itself': {
    ...format,
    decode: (payload, write) => format.decode({ ...payload, used: payload.used && 1 }, write),
  },
};

describe('sourceContract finds a format that', () => {
  // One of them is found only where successive payloads are alike.
  const alike = bodyOf([{ id: 'a' }, ...'Hello'.split('').map((say) => ({ say })), ...payloads.slice(3)]);
  it.each(Object.entries(formats))('%s', async (name, bad) => {
    const one = name.startsWith('promises') ? { ...answer, whole: alike, cut: bodyOf([{ id: 'a' }, { say: 'Hello' }]) } : answer;
    const failed = await failuresOf((test) => sourceContract(test, { ...one, source: sourceOf(bad) }));
    expect(failed).not.toEqual([]);
  });
});

const mirror = () => filter(() => true);
const pass = (source, subscriber) =>
  source.subscribe({
    next: (event) => subscriber.next(event),
    error: (error) => subscriber.error(error),
    complete: () => subscriber.complete(),
  });

describe('a fold', () => operatorContract(it, toMessage, { kind: 'fold' }));
describe('a mirror', () => operatorContract(it, mirror, { kind: 'mirror' }));

const seen = new Set();
const operators = {
  'lets a synchronous source run on': () => (source) => new Observable((subscriber) => pass(source, subscriber)),
  'leaves its source subscribed': () => (source) => new Observable((subscriber) => void pass(source, subscriber)).pipe(mirror()),
  'keeps state between subscriptions': () => filter((event) => seen.size < seen.add(event).size),
  'hides the error of its source': () => catchError(() => EMPTY),
  'drops a reset': () => filter(({ type }) => type !== 'reset'),
  'emits later': () => mergeMap(async (event) => event),
  'subscribes twice': () => (source) => merge(source.pipe(ignoreElements()), source),
};

describe('operatorContract', () => {
  it.each(Object.entries(operators))('finds an operator that %s', async (_, bad) => {
    expect(await failuresOf((test) => operatorContract(test, bad, { kind: 'mirror' }))).not.toEqual([]);
  });
});
