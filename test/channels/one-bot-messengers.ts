/** The messengers of the one-bot test: each a local service with one client, driven and read in words that all share. */
import type { Channel } from '../../channels/channel.ts';
import { channelsByType } from '../../channels/index.ts';
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { signedHeaders } from '../fakes/custom/sign.ts';
import { startFakeMax } from '../fakes/max/index.ts';
import { startFakeTelegram } from '../fakes/telegram/index.ts';
import { startFakeViber } from '../fakes/viber/index.ts';
import { startFakeVk } from '../fakes/vk/index.ts';
import { startFakeWhatsApp } from '../fakes/whatsapp/index.ts';

export interface Seen {
  text: string;
  buttons: string[];
  /** In the messenger's own names. */
  files: string[];
}

export interface LocalMessenger {
  channel: Channel;
  credentials: Record<string, string>;
  apiRoot: string;
  /** What the messenger's side adds to a connection by itself. */
  facts?(known: Record<string, string>): Record<string, string>;
  /** Called with the address to which it is to deliver. */
  deliverTo?(url: string): void;
  writes(text: string): Promise<unknown>;
  presses(label: string): Promise<unknown>;
  sees(): Promise<Seen[]>;
  stop(): Promise<void>;
}

const registry = channelsByType({ allowPrivateAddresses: true });
const channelOf = (type: string) => registry.get(type)!;

/** A message with rows of buttons and any number of files. */
const seen = ({ text, buttons, files }: { text: string; buttons?: { label: string }[][]; files: { kind: string }[] }): Seen => ({
  text,
  buttons: (buttons ?? []).flat().map(({ label }) => label),
  files: files.map(({ kind }) => kind),
});

export async function telegram(): Promise<LocalMessenger> {
  const fake = await startFakeTelegram({ timeScale: 0.01 });
  const chat = 5_550_001;
  return {
    channel: channelOf('telegram'),
    credentials: { token: fake.token },
    apiRoot: fake.url,
    writes: (text) => fake.clientWrites(chat, text, { username: 'anna' }),
    presses: (label) => fake.clientPresses(chat, 'last', label),
    async sees() {
      const seen: (Seen & { albumId: string | undefined })[] = [];
      for (const { text, buttons, file, kind, albumId } of await fake.sentTo(chat)) {
        const files = file === undefined ? [] : [kind];
        const album = seen.at(-1);
        // The client sees one album, with the caption of its first item.
        if (albumId !== undefined && album?.albumId === albumId) album.files.push(...files);
        else seen.push({ text, buttons: (buttons ?? []).flat().map(({ label }) => label), files, albumId });
      }
      return seen;
    },
    stop: () => fake.stop(),
  };
}

export async function vk(): Promise<LocalMessenger> {
  const fake = await startFakeVk({ timeScale: 0.001 });
  const chat = 5_550_001;
  return {
    channel: channelOf('vk'),
    credentials: { token: fake.token, groupId: String(fake.groupId), secret: 'callback-s3cret' },
    apiRoot: fake.url,
    writes: (text) => fake.clientWrites(chat, text, { name: 'Anna X' }),
    presses: (label) => fake.clientPresses(chat, 'last', label),
    sees: async () => (await fake.sentTo(chat)).map(seen),
    stop: () => fake.stop(),
  };
}

export async function viber(): Promise<LocalMessenger> {
  const fake = await startFakeViber({ timeScale: 0.001 });
  const chat = '0000000001+/A==';
  return {
    channel: channelOf('viber'),
    credentials: { token: fake.token, senderName: 'Shop' },
    apiRoot: fake.apiRoot,
    writes: (text) => fake.clientWrites(chat, text, { name: 'Anna' }),
    presses: (label) => fake.clientPresses(chat, label),
    async sees() {
      return (await fake.sentTo(chat)).map(({ text, buttons, file, kind }) => ({
        text,
        buttons: (buttons ?? []).map(({ label }) => label),
        files: file === undefined ? [] : [kind],
      }));
    },
    stop: () => fake.stop(),
  };
}

export async function max(): Promise<LocalMessenger> {
  const fake = await startFakeMax({ timeScale: 0.001 });
  const chat = 182_182_183;
  return {
    channel: channelOf('max'),
    credentials: { token: fake.token },
    apiRoot: fake.url,
    writes: (text) => fake.clientWrites(chat, text, { name: 'Anna' }),
    presses: (label) => fake.clientPresses(chat, 'last', label),
    sees: async () => (await fake.sentTo(chat)).map(seen),
    stop: () => fake.stop(),
  };
}

export async function whatsapp(): Promise<LocalMessenger> {
  const fake = await startFakeWhatsApp({ timeScale: 0.001 });
  const chat = '+79990000001';
  const { token, phoneNumberId, businessAccountId, appSecret } = fake;
  return {
    channel: channelOf('whatsapp'),
    credentials: { token, phoneNumberId, businessAccountId, appSecret },
    apiRoot: fake.apiRoot,
    writes: (text) => fake.clientWrites(chat, text, { name: 'Anna' }),
    presses: (label) => fake.clientPresses(chat, label),
    async sees() {
      return (await fake.sentTo(chat)).map(({ text, buttons, file, kind, fileKind }) => ({
        text,
        buttons: (buttons ?? []).map(({ title }) => title),
        files: file === undefined ? [] : [fileKind ?? kind],
      }));
    },
    stop: () => fake.stop(),
  };
}

export async function custom(): Promise<LocalMessenger> {
  const integration = await startFakeIntegration();
  const chat = 'c-1';
  let hook = '';
  integration.open(chat);
  async function says(message: object): Promise<void> {
    const body = JSON.stringify(integration.newMessage(chat, message));
    const headers = signedHeaders(integration.secret, { method: 'POST', path: new URL(hook).pathname, body });
    await fetch(hook, { method: 'POST', headers, body });
  }
  return {
    channel: channelOf('custom'),
    credentials: {
      webhookUrl: 'https://integration.example/hooks/:scope_id',
      secret: integration.secret,
      channelId: integration.channelId,
    },
    apiRoot: integration.url,
    // The integration connects the account by a call of its own.
    facts(known) {
      const amojoId = '52fd2a28-d2eb-4bd8-b862-a67934927b38';
      return { ...known, amojoId, scopeId: `${known.channelId}_${amojoId}`, hookVersion: 'v2', title: 'Shop' };
    },
    deliverTo(url) {
      hook = url;
    },
    writes: (text) => says({ type: 'text', text }),
    async presses(label) {
      const buttons = integration.shown(chat).flatMap((message) => message.buttons);
      await says({ type: 'text', text: '', callback_data: buttons.findLast(({ text }) => text === label)?.callback_data });
    },
    async sees() {
      return integration.shown(chat).map(({ text, buttons, sha256, type }) => ({
        text,
        buttons: buttons.map((button) => button.text),
        files: sha256 === undefined ? [] : [type],
      }));
    },
    stop: () => integration.stop(),
  };
}
