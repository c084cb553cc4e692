import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { launchTestPostgres, makeTemplate, type TestPostgres } from '../../embedded/testing.ts';

/**
 * One PostgreSQL and one migrated template per vitest run. They are made when the first test file asks for them over a loopback address,
 * so that a run of pure tests starts nothing.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let server: Promise<TestPostgres> | undefined;
  let template: Promise<void> | undefined;
  const wanted: Record<string, () => Promise<string>> = {
    '/postgres': async () => {
      server ??= launchTestPostgres();
      return (await server).url;
    },
    '/template': async () => {
      const url = await wanted['/postgres']!();
      template ??= makeTemplate(url);
      await template;
      return url;
    },
  };
  const listener = createServer((request, response) => {
    const make = wanted[request.url ?? ''];
    if (make === undefined) return void response.writeHead(404).end();
    make().then(
      (url) => response.end(url),
      (error: Error) => response.writeHead(500).end(error.stack ?? error.message),
    );
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  process.env.BESEDA_TEST_SERVER = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;

  return async () => {
    listener.closeAllConnections();
    listener.close();
    await (await server?.catch(() => undefined))?.stop();
  };
}
