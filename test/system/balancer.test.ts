import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startBalancer } from './balancer.ts';
import { freePorts } from './processes.ts';

const listen = (name: string) =>
  new Promise<Server>((resolve) => {
    const server = createServer((_request, response) => response.setHeader('connection', 'close').end(name));
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
const portOf = (server: Server) => (server.address() as AddressInfo).port;
const answer = async (url: string) => (await fetch(url)).text();

test('connections go round, past an API that is dead, and fail when all are', async () => {
  const [first, second] = [await listen('first'), await listen('second')];
  const [dead] = await freePorts(1);
  const balancer = await startBalancer([portOf(first), dead!, portOf(second)]);
  try {
    const names = new Set([await answer(balancer.url), await answer(balancer.url), await answer(balancer.url)]);
    expect(names).toEqual(new Set(['first', 'second']));
    first.close();
    expect([await answer(balancer.url), await answer(balancer.url)]).toEqual(['second', 'second']);
    second.close();
    await expect(answer(balancer.url)).rejects.toThrow();
  } finally {
    first.close();
    second.close();
    await balancer.stop();
  }
});
