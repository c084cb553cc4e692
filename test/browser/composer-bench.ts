/** A system with an account that local messengers are connected to, and a browser to write to their clients from. */
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { vi } from 'vitest';
import type { ConversationItem, MessagePage } from '../../api/contract/index.ts';
import { connect } from '../../db/connection.ts';
import { openBrowser } from '../webchat/browser.ts';
import { caller } from './lively.ts';
import { type Manager, openPages } from './people.ts';
import { startSystem } from './system.ts';

export const PATIENCE_MS = 30_000;
const TOKEN = 'composer';

export type ComposerBench = Awaited<ReturnType<typeof startComposer>>;

export async function startComposer() {
  const [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN, allowPrivateAddresses: true }), openBrowser()]);
  const call = caller({ url: system.url, token: TOKEN });
  const sql = connect(system.databaseUrl, { max: 2 });
  const pictures = await Promise.all(
    ['#c33', '#3c3', '#33c'].map(async (background, index) => ({
      name: `picture-${index + 1}.jpg`,
      mimeType: 'image/jpeg',
      buffer: await sharp({ create: { width: 900, height: 600, channels: 3, background } })
        .jpeg()
        .toBuffer(),
    })),
  );
  const stops: (() => Promise<unknown>)[] = [];

  /** Connects a local messenger in the place of the one of its type that is there: all of them speak for the same account. */
  async function connected(type: string, credentials: Record<string, string>, apiRoot: string) {
    const { items } = await call<{ items: { id: number; type: string; state: string }[] }>('GET', '/api/channels');
    const [earlier] = items.filter((one) => one.type === type && one.state === 'connected');
    if (earlier !== undefined) await call('DELETE', `/api/channels/${earlier.id}`);
    return call<{ id: number }>('POST', '/api/channels', { type, name: type, credentials, apiRoot, receive: 'webhook' });
  }
  /** The conversation that a channel's first client has begun. */
  function talkIn(channelId: number): Promise<ConversationItem> {
    return vi.waitFor(
      async () => {
        const { items } = await call<{ items: ConversationItem[] }>('GET', '/api/conversations');
        const found = items.find(({ channel }) => channel.id === channelId);
        if (found === undefined) throw new Error('no conversation yet');
        return found;
      },
      { timeout: PATIENCE_MS, interval: 200 },
    );
  }
  const messagesOf = async (number: number) => (await call<MessagePage>('GET', `/api/conversations/${number}/messages`)).items;
  const composer = (page: Page) => page.locator('textarea[data-composer]');
  const shot = async (page: Page, name: string) => {
    const folder = process.env.BESEDA_SHOTS;
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  async function open(language: 'ru' | 'en'): Promise<Manager> {
    const manager = await openPages(browser, system.url, language);
    manager.page.setDefaultTimeout(PATIENCE_MS);
    return manager;
  }
  async function enter({ page, t }: Manager, number: number) {
    await page.goto(`${system.url}/inbox/${number}`);
    await page.getByRole('log', { name: t['thread.label'] }).locator('[data-message]').first().waitFor();
  }

  return {
    system,
    call,
    sql,
    pictures,
    /** Local messengers to be stopped with the rest. */
    stops,
    connected,
    talkIn,
    messagesOf,
    composer,
    shot,
    open,
    enter,
    async stop() {
      await browser.close();
      await Promise.all(stops.map((stop) => stop()));
      await sql.end();
      await system.stop();
    },
  };
}
