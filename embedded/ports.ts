import { connect, createServer } from 'node:net';

/** A TCP port of the loopback address that nobody listens on at this moment. Somebody else may still take it: callers try again. */
export async function freePort(): Promise<number> {
  return (await tryListen(0, '127.0.0.1')) ?? Promise.reject(new Error('the system gave no free port'));
}

/** Whether a listener could be opened on the port now. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await tryListen(port, host)) !== undefined;
}

/** Whether somebody accepts connections on the port of the loopback address. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

function tryListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}
