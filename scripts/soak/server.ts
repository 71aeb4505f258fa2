/**
 * The provider of the soak, in its own process, so that its memory and timers do not count. Its argument is the seed. It sends its port to the
 * parent, answers each message with a report, and exits with its parent.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { wireAnswer } from './answers.js';
import { answerOf, type FaultName, faultOf, kindOf, nameOf } from './faults.js';

/** The report of the server. */
export interface ServerReport {
  readonly requests: number;
  readonly connections: number;
  /** The requests that are still open. */
  readonly open: readonly string[];
  /** The time at which a client closed a connection, by model, on the clock of `process.hrtime`, in milliseconds. */
  readonly closedAt: Readonly<Record<string, number>>;
}

const seed = Number(process.argv[2]);
const open = new Set<string>();
const closedAt: Record<string, number> = {};
let requests = 0;
let connections = 0;

/** A request, with the parts of its answer. */
interface Exchange {
  readonly response: ServerResponse;
  readonly beginning: readonly string[];
  readonly deltas: readonly string[];
  readonly end: readonly string[];
  readonly overloaded: string;
}

type Answer = (exchange: Exchange) => void | Promise<void>;

function startAnswer({ response, beginning, deltas }: Exchange): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write([...beginning, ...deltas.slice(0, deltas.length >> 1)].join(''));
}

async function keepAlive({ response }: Exchange): Promise<void> {
  while (!response.closed) {
    response.write(': alive\n\n');
    await sleep(50);
  }
}

function failWith(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error: { message } }));
}

async function whole(exchange: Exchange): Promise<void> {
  startAnswer(exchange);
  await sleep(2);
  const { response, deltas, end } = exchange;
  response.write([...deltas.slice(deltas.length >> 1), ...end].join(''));
}

const answers: Readonly<Record<FaultName, Answer>> = {
  async none(exchange) {
    await whole(exchange);
    exchange.response.end();
  },
  async slow({ response, beginning, deltas, end }) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const bytes = Buffer.from([...beginning, ...deltas, ...end].join(''));
    for (let from = 0; from < bytes.length && !response.closed; from += 61) {
      response.write(bytes.subarray(from, from + 61));
      await sleep(1);
    }
    response.end();
  },
  async keepAlives({ response, beginning, deltas, end }) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of [...beginning, ...deltas, ...end]) {
      response.write(`: alive\n\n${piece}`);
      await sleep(0);
    }
    response.end();
  },
  openAfterTheEnd: whole,
  reset(exchange) {
    startAnswer(exchange);
    exchange.response.socket?.resetAndDestroy();
  },
  closed(exchange) {
    startAnswer(exchange);
    exchange.response.socket?.end();
  },
  endsEarly(exchange) {
    startAnswer(exchange);
    exchange.response.end();
  },
  endsInsideAnEvent(exchange) {
    startAnswer(exchange);
    exchange.response.end(exchange.end[0]?.slice(0, 20));
  },
  stallsBeforeHeaders: () => undefined,
  stalls: startAnswer,
  stallsWithKeepAlives(exchange) {
    startAnswer(exchange);
    return keepAlive(exchange);
  },
  tooManyRequests: ({ response }) => failWith(response, 429, 'Slow down', { 'retry-after-ms': '10' }),
  serverError: ({ response }) => failWith(response, 500, 'Try again'),
  serverErrorStalls({ response }) {
    response.writeHead(500, { 'content-type': 'application/json' }).write('{"error":');
  },
  badRequest: ({ response }) => failWith(response, 400, 'Bad request'),
  badJson(exchange) {
    startAnswer(exchange);
    exchange.response.end('data: {"nonsense\n\n');
  },
  errorInStream(exchange) {
    startAnswer(exchange);
    exchange.response.end(exchange.overloaded);
  },
  empty: ({ response }) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
  page: ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>'),
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly model: string };
  const name = nameOf(model);
  const fault = faultOf(seed, name);
  requests++;
  open.add(model);
  response.on('close', () => {
    open.delete(model);
    // For a broken connection, it was not the client that closed it.
    if (!response.writableFinished && kindOf(fault) !== 'connection') closedAt[model] = Number(process.hrtime.bigint()) / 1e6;
  });
  // The connection may have closed while the body was read.
  if (response.closed) open.delete(model);
  const { beginning, delta, end, overloaded } = wireAnswer(request.url ?? '');
  const deltas = answerOf(seed, name.stream).map(delta);
  await answers[fault]({ response, beginning, deltas, end, overloaded });
}

const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
server.keepAliveTimeout = 120_000;
server.on('connection', (socket) => {
  connections++;
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));

process.on('message', () => process.send?.({ requests, connections, open: [...open], closedAt } satisfies ServerReport));
process.on('disconnect', () => process.exit());
// Ctrl-C is sent to the whole process group; the parent handles it.
process.on('SIGINT', () => undefined);
