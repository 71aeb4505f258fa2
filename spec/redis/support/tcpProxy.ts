import { connect, createServer, type Socket } from 'node:net';

/** Passes connections on to a port. */
export interface TcpProxy {
  readonly url: string;
  /** While true, what the server replies is dropped; requests pass. */
  dropsReplies: boolean;
  /** How many bytes of replies were dropped. */
  readonly dropped: number;
  /** Closes all connections. */
  cut(): void;
  close(): Promise<void>;
}

export async function startProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let dropsReplies = false;
  let dropped = 0;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    sockets.add(client);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
    };
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (dropsReplies) dropped += data.length;
      else client.write(data);
    });
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port');
  function cut(): void {
    for (const socket of [...sockets]) socket.destroy();
  }
  return {
    url: `redis://127.0.0.1:${address.port}`,
    get dropsReplies() {
      return dropsReplies;
    },
    set dropsReplies(value) {
      dropsReplies = value;
    },
    get dropped() {
      return dropped;
    },
    cut,
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
