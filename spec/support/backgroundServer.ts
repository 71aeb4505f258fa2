import { type Answer, type Exchange, startServer, type TestServer } from './server.js';

/** How a body is cut: after these bytes, by a reset, by a close inside the chunked encoding, or by a regular end. */
export interface Cut {
  readonly bytes: number;
  readonly by: 'reset' | 'close' | 'end';
}

/** How a request for the rest is answered in place of the rest. */
export type Refusal = Answer;

export interface BackgroundServer extends TestServer {
  /** The numbers after which the events were requested again. */
  readonly rereads: readonly (number | undefined)[];
  readonly cancelled: readonly string[];
  /** How many responses were created, and so billed. */
  readonly created: number;
}

/**
 * A server that keeps a background response: `POST /responses` creates it and streams its events, `GET /responses/{id}` streams those after a
 * number, and `POST /responses/{id}/cancel` cancels it.
 *
 * @param cuts How the body of each exchange is cut, in order; a refusal answers it instead; `undefined` sends all. Later ones are whole.
 */
export async function startBackground(whole: string, cuts: readonly (Cut | Refusal | undefined)[]): Promise<BackgroundServer> {
  const events = whole.split('\n\n').filter((event) => event !== '');
  const rereads: (number | undefined)[] = [];
  const cancelled: string[] = [];
  let created = 0;
  let exchanges = 0;

  async function answer(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const { pathname, searchParams } = new URL(request.path, 'http://local');
    if (request.method === 'POST' && pathname.endsWith('/cancel')) {
      cancelled.push(pathname);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    if (request.method === 'POST') created++;
    const after = searchParams.get('starting_after');
    if (request.method === 'GET') rereads.push(after === null ? undefined : Number(after));
    const rest = events.filter((event) => after === null || Number(/"sequence_number": ?(\d+)/.exec(event)?.[1]) > Number(after));
    const cut = cuts[exchanges++];
    if (typeof cut === 'function') return cut(exchange);
    await sendCut(exchange, Buffer.from(rest.map((event) => `${event}\n\n`).join('')), cut);
  }

  const server = await startServer(answer);
  return {
    ...server,
    get connections() {
      return server.connections;
    },
    rereads,
    cancelled,
    get created() {
      return created;
    },
  };
}

async function sendCut({ response, socket }: Exchange, bytes: Buffer, cut: Cut | undefined): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (!cut) return void response.end(bytes);
  const sent = bytes.subarray(0, cut.bytes);
  if (sent.length > 0) await new Promise((resolve) => response.write(sent, resolve));
  if (cut.by === 'end') response.end();
  else if (cut.by === 'close') socket.end();
  else socket.resetAndDestroy();
}
