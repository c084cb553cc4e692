import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { webchatPages } from '../../api/webchat/pages.ts';
import { webchatRoutes } from '../../api/webchat/routes.ts';
import { buildWidget } from '../../widget/build.ts';
import { createWorld, type World } from './world.ts';

/** A real HTTP server on loopback with the shop page, the built widget and a world in memory behind it. */
export interface Site {
  world: World;
  channel: ReturnType<World['addChannel']>;
  url: string;
  /** Requests as they came, `METHOD /path`. */
  calls: string[];
  /** Breaks every open connection, as a restart of the server does. */
  dropConnections(): void;
  /** While true every request of the chat gets no answer at all. */
  dead: boolean;
  /** Takes messages but loses the answer on its way, this many times. */
  loseAnswers: number;
  close(): Promise<void>;
}

export async function openShop(): Promise<Site> {
  const widgetDir = await mkdtemp(join(tmpdir(), 'beseda-widget-'));
  await buildWidget(widgetDir);
  const world = createWorld();
  world.deps.now = Date.now;
  const channel = world.addChannel('wc_shop', { title: 'Тихий лист', accent: '#2f6b4f', greeting: 'Здравствуйте! Поможем выбрать чай.' });
  const app = new Hono();
  const calls: string[] = [];
  app.use('*', async (c, next) => {
    calls.push(`${c.req.method} ${c.req.path}`);
    const { outgoing } = c.env as { outgoing: { destroy(): void } };
    if (site.dead && c.req.path.startsWith('/webchat')) {
      outgoing.destroy();
      return c.body(null);
    }
    await next();
    if (site.loseAnswers > 0 && c.req.method === 'POST' && c.req.path.endsWith('/messages')) {
      site.loseAnswers -= 1;
      outgoing.destroy();
    }
    return undefined;
  });
  app.route(
    '/',
    webchatPages({
      widgetDir,
      shopDir: fileURLToPath(new URL('../../widget/shop', import.meta.url)),
      shopChannel: async () => channel.key,
    }),
  );
  app.route('/webchat', webchatRoutes(world.deps));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', () => resolve()));
  const site: Site = {
    world,
    channel,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    dead: false,
    loseAnswers: 0,
    dropConnections: () => (server as unknown as { closeAllConnections(): void }).closeAllConnections(),
    async close() {
      site.dropConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(widgetDir, { recursive: true, force: true });
    },
  };
  return site;
}
