import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

type Bytes = string | Uint8Array;

/** One step of the server. After its last step the connection stays open. */
export type Step =
  | { readonly do: 'send'; readonly bytes: Bytes }
  /** The response is complete by its framing: the connection is free for another request. */
  | { readonly do: 'end' }
  | { readonly do: 'pause'; readonly ms: number }
  /** Sends the pieces one after another, each in its own packet. */
  | { readonly do: 'drip'; readonly pieces: readonly Bytes[]; readonly everyMs: number }
  /** Sends the bytes repeatedly until the client closes the connection. */
  | { readonly do: 'repeat'; readonly bytes: Bytes; readonly everyMs: number }
  | { readonly do: 'fin' }
  | { readonly do: 'reset' };

/** The steps for one request. */
export type Script = readonly Step[];

export const send = (bytes: Bytes): Step => ({ do: 'send', bytes });
export const pause = (ms: number): Step => ({ do: 'pause', ms });
export const drip = (pieces: readonly Bytes[], everyMs: number = 0): Step => ({ do: 'drip', pieces, everyMs });
export const repeat = (bytes: Bytes, everyMs: number): Step => ({ do: 'repeat', bytes, everyMs });
export const fin: Step = { do: 'fin' };
/** Pauses first, because a reset discards bytes that are not sent yet. */
export const reset: Script = [pause(20), { do: 'reset' }];

type Headers = Readonly<Record<string, string>>;

/** The head of a response. */
export function head(status: number, headers: Headers = {}): Step {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return send(`HTTP/1.1 ${status} Status\r\n${fields.join('')}\r\n`);
}

const eventStream = { 'content-type': 'text/event-stream' };

/** The head of an event stream in chunked encoding. */
export const streamHead: Step = head(200, { ...eventStream, 'transfer-encoding': 'chunked' });

/** Encodes bytes as one chunk of chunked encoding. */
export const asChunk = (bytes: Bytes): Uint8Array =>
  Buffer.concat([Buffer.from(`${Buffer.byteLength(bytes).toString(16)}\r\n`), Buffer.from(bytes), Buffer.from('\r\n')]);

export const chunk = (bytes: Bytes): Step => send(asChunk(bytes));

/** The regular end of chunked encoding. */
export const lastChunk: Script = [send('0\r\n\r\n'), { do: 'end' }];

/** An event stream that stays open after these pieces. */
export const openStream = (...pieces: readonly Bytes[]): Script => [streamHead, ...pieces.map(chunk)];

/** A whole event stream. */
export const stream = (...pieces: readonly Bytes[]): Script => [...openStream(...pieces), ...lastChunk];

/** A whole response with its length. An object is sent as JSON. */
export function respond(status: number, body: Bytes | object = '', headers: Headers = {}): Script {
  const plain = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = plain ? body : JSON.stringify(body);
  const type = plain ? {} : { 'content-type': 'application/json' };
  const length = { 'content-length': String(Buffer.byteLength(bytes)) };
  return [head(status, { ...type, ...length, ...headers }), send(bytes), { do: 'end' }];
}

/** A request as the server received it. Times are those of `performance.now()`. */
export interface Exchange {
  readonly path: string;
  readonly body: string;
  /** When the request was received completely. */
  readonly at: number;
  /** The same time as a `Date`, in milliseconds. */
  readonly date: number;
  /** When the server sent its last bytes. */
  readonly sentAt: number;
  /** Bytes that the operating system has accepted for sending. */
  readonly sentBytes: number;
  /** Resolves when the response is complete or the socket closes, with the time. */
  readonly over: Promise<number>;
  /** Resolves when the socket closes, with the time. */
  readonly closed: Promise<number>;
}

export interface FaultServer {
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  readonly connections: number;
  /** Resolves with the n-th request, counted from 0, as soon as it is received. */
  received(index?: number): Promise<Exchange>;
  close(): Promise<void>;
}

/** Starts a server on loopback that sends exactly these bytes. The n-th request gets the n-th script, later requests the last one. */
export async function startFaultServer(...scripts: readonly Script[]): Promise<FaultServer> {
  const exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Map<number, (exchange: Exchange) => void>();
  let connections = 0;

  function answer(socket: Socket, closed: Promise<number>, request: Request): void {
    let ended: (at: number) => void = () => undefined;
    const whole = new Promise<number>((resolve) => {
      ended = resolve;
    });
    const at = performance.now();
    const exchange = { ...request, at, date: Date.now(), sentAt: at, sentBytes: 0, over: Promise.race([whole, closed]), closed };
    const script = scripts[Math.min(exchanges.length, scripts.length - 1)] ?? [];
    const index = exchanges.push(exchange) - 1;
    waiting.get(index)?.(exchange);
    const noteSent = (bytes: number): void => {
      exchange.sentAt = performance.now();
      exchange.sentBytes += bytes;
    };
    play(socket, script, noteSent, () => ended(performance.now())).catch(() => undefined);
  }

  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    const closed = new Promise<number>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket);
        resolve(performance.now());
      });
    });
    socket.on('error', () => undefined);
    readRequests(socket, (request) => answer(socket, closed, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    get connections() {
      return connections;
    },
    received(index = 0) {
      const exchange = exchanges[index];
      return exchange ? Promise.resolve(exchange) : new Promise((resolve) => waiting.set(index, resolve));
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function play(socket: Socket, script: Script, sent: (bytes: number) => void, ended: () => void): Promise<void> {
  const write = async (bytes: Bytes): Promise<void> => {
    if (socket.destroyed || bytes.length === 0) return;
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    sent(Buffer.byteLength(bytes));
    // Yields to the client, so that separate writes arrive as separate chunks.
    await new Promise((resolve) => setImmediate(resolve));
  };
  for (const step of script) {
    if (socket.destroyed) return;
    if (step.do === 'send') await write(step.bytes);
    else if (step.do === 'end') ended();
    else if (step.do === 'pause') await sleep(step.ms);
    else if (step.do === 'fin') socket.end();
    else if (step.do === 'reset') socket.resetAndDestroy();
    else if (step.do === 'drip') {
      for (const piece of step.pieces) {
        await write(piece);
        if (step.everyMs > 0) await sleep(step.everyMs);
      }
    } else {
      while (!socket.destroyed) {
        await write(step.bytes);
        await sleep(step.everyMs);
      }
    }
  }
}

type Request = Pick<Exchange, 'path' | 'body'>;

/** Reads requests with a content-length, one after another, as HTTP clients send them over one connection. */
function readRequests(socket: Socket, received: (request: Request) => void): void {
  let bytes = '';
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    bytes += data;
    for (;;) {
      const headEnd = bytes.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(bytes.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (bytes.length < end) return;
      const body = Buffer.from(bytes.slice(headEnd + 4, end), 'latin1').toString();
      received({ path: bytes.split(' ', 2)[1] ?? '', body });
      bytes = bytes.slice(end);
    }
  });
}
