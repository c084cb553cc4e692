import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Channel } from '../../channels/channel.ts';
import { type Person, startWorld, type World } from '../api/world.ts';

export interface Reachable {
  world: World;
  ada: Person;
  /** Where the messenger reaches the API, without a slash at its end. */
  localUrl: string;
  stop(): Promise<void>;
}

/** The API with this channel, as its messenger reaches it: over HTTP on the loopback. */
export async function startReachable(channel: Channel): Promise<Reachable> {
  // Listens before the world stands: the world is told the address.
  let world: World | undefined;
  const server = createServer(getRequestListener((request) => world!.app.fetch(request)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const localUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const started = await startWorld([channel], { localUrl });
  world = started;
  return {
    world: started,
    ada: await started.makePerson(),
    localUrl,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await started.stop();
    },
  };
}
