import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface Balancer {
  url: string;
  stop(): Promise<void>;
}

/**
 * One address for several APIs, as a load balancer in front of them: each connection goes to the next one that takes it.
 * A killed API resets its connections; whoever called then tries again.
 */
export async function startBalancer(ports: number[]): Promise<Balancer> {
  let next = 0;
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    keep(client);
    client.pause();
    const attempt = (left: number) => {
      const port = ports[next++ % ports.length];
      if (left === 0 || port === undefined || client.destroyed) return void client.destroy();
      const backend = connect(port, '127.0.0.1');
      backend.once('connect', () => {
        backend.removeAllListeners('error');
        keep(backend);
        backend.once('close', () => client.destroy());
        client.once('close', () => backend.destroy());
        client.pipe(backend);
        backend.pipe(client);
      });
      backend.once('error', () => {
        backend.destroy();
        attempt(left - 1);
      });
    };
    attempt(ports.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
