import { connect, createServer, type Socket } from 'node:net';

/** What is between a page and a server, and can break every connection off. */
export interface CuttableProxy {
  readonly url: string;
  cut(): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a server on the loopback address. */
export async function startCuttableProxy(target: string): Promise<CuttableProxy> {
  const open = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(Number(new URL(target).port), '127.0.0.1');
    inbound.pipe(outbound).pipe(inbound);
    for (const [socket, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    cut,
    stop() {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
