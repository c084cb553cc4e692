import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { type ChangeEvent, listen, notify } from '../../db/notify.ts';
import { createTestDatabase, type TestDatabase } from '../../embedded/testing.ts';
import { startWorld } from './world.ts';

/** Postgres behind a door that can be closed: the server is away, its address refuses. */
let database: TestDatabase;
let direct: Sql;
let behind: Sql;
let door: { open(): Promise<void>; close(): Promise<void>; url: string };

beforeAll(async () => {
  database = await createTestDatabase();
  direct = connect(database.url, { max: 2 });
  door = await makeDoor(database.url);
  behind = connect(door.url, { max: 2 });
});
afterAll(async () => {
  await Promise.all([direct.end({ timeout: 1 }), behind.end({ timeout: 1 })]);
  await door.close();
  await database.drop();
});

async function makeDoor(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const open = async () => {
    if (server !== undefined) return;
    server = createServer((socket) => {
      const inner = dial(Number(target.port), target.hostname);
      for (const one of [socket, inner]) {
        sockets.add(one);
        one.on('error', () => undefined);
        one.on('close', () => sockets.delete(one));
      }
      socket.pipe(inner).pipe(socket);
    });
    await new Promise<void>((resolve) => server!.listen(port, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  const close = async () => {
    const closing = new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    server = undefined;
    await closing;
  };
  await open();
  const own = new URL(url);
  own.port = String(port);
  own.hostname = '127.0.0.1';
  return { open, close, url: own.href };
}

test('while Postgres is away requests are told to come again, with a good token and with none, and nobody is signed out', async () => {
  const away = await startWorld(undefined, { through: door.url });
  try {
    const ada = await away.makePerson();
    expect((await away.call(ada, 'GET', '/api/me')).status).toBe(200);
    const signedIn = await away.call(
      undefined,
      'POST',
      '/api/session',
      { email: ada.email, password: ada.password },
      { Origin: 'http://localhost' },
    );
    const Cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!;
    await door.close();
    const answers = await Promise.all([
      away.call(ada, 'GET', '/api/leads'),
      away.call({ ...ada, token: 'bsd_not_known_yet' }, 'GET', '/api/leads'),
      away.call(undefined, 'GET', '/api/me', undefined, { Cookie }),
      away.call(undefined, 'POST', '/webhooks/webchat/1', 'x'),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([503, 503, 503, 503]);
    await door.open();
    const works = async () => (await away.call(ada, 'GET', '/api/leads')).status === 200;
    while (!(await works())) await delay(100);
    expect((await away.call(undefined, 'GET', '/api/me', undefined, { Cookie })).status).toBe(200);
  } finally {
    await door.open();
    await away.stop();
  }
});

test('listening comes back by itself after Postgres was away for a while, and says that something may have been missed', async () => {
  const heard: ChangeEvent[] = [];
  let reconnected = 0;
  const stop = await listen(
    behind,
    (event) => heard.push(event),
    () => {
      reconnected += 1;
    },
  );
  const hears = async (id: number) => {
    while (!heard.some((event) => event.ids.includes(id))) {
      notify(direct, [{ accountId: 1, kind: 'bot', id }]);
      await delay(50);
    }
  };
  await hears(1);
  expect(reconnected).toBe(0);
  await door.close();
  await delay(3000);
  await door.open();
  while (reconnected === 0) await delay(50);
  await hears(2);
  await stop();
});
