/** The messengers that split a message, each behind a gate, in words that all share. */
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { startFakeMax } from '../fakes/max/index.ts';
import { startFakeTelegram } from '../fakes/telegram/index.ts';
import { startFakeViber } from '../fakes/viber/index.ts';
import { startFakeVk } from '../fakes/vk/index.ts';
import { startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import type { ApiClient } from '../system/api-client.ts';
import { type Gate, startGate } from './parts-gate.ts';

export interface SplittingMessenger {
  type: string;
  gate: Gate;
  apiRoot: string;
  credentials: Record<string, string>;
  /** The chat's id as our side knows it, and what stands of it in a call. */
  chat(index: number): { id: string; inCalls: string };
  /** What is left to its own side once the channel stands. `made`: what the API answered; `url`: where it stands. */
  join?(made: { channelId?: string; secret?: string }, api: ApiClient, url: string): Promise<void>;
  writes(id: string): Promise<unknown>;
  /** One line for each message that the client sees. */
  sees(id: string): Promise<string[]>;
  stop(): Promise<void>;
}

const NUMBERED = { chat: (index: number) => ({ id: String(551_770_000 + index), inCalls: String(551_770_000 + index) }) };

function line(text: string, files: string[], buttons: string[]): string {
  const words = text.length > 60 ? `${text.slice(0, 20)}…(${text.length})` : text;
  return [...files, words, ...buttons.map((label) => `[${label}]`)].filter((one) => one !== '').join(' | ');
}

/** Of a message with rows of buttons and any number of files. */
const lineOf = ({ text, files, buttons }: { text: string; files: { kind: string }[]; buttons?: { label: string }[][] }) =>
  line(
    text,
    files.map(({ kind }) => kind),
    (buttons ?? []).flat().map(({ label }) => label),
  );

/** `second`: another bot, for another account of the same installation. */
export const MESSENGERS: Record<string, (second: boolean) => Promise<SplittingMessenger>> = {
  async telegram(second) {
    const fake = await startFakeTelegram({ timeScale: 0.01 });
    const { token } = second ? await fake.addBot() : fake;
    const gate = await startGate(fake.url, (_method, path) => /^\/bot[^/]+\/send/.test(path) && !path.endsWith('sendChatAction'));
    return {
      ...NUMBERED,
      type: 'telegram',
      gate,
      apiRoot: gate.url,
      credentials: { token },
      writes: (id) => fake.clientWrites(Number(id), 'hello', { token }),
      async sees(id) {
        const seen: { albumId: string | undefined; text: string; files: string[]; buttons: string[] }[] = [];
        for (const { albumId, text, file, kind, buttons } of await fake.sentTo(Number(id), { token })) {
          const last = seen.at(-1);
          if (albumId !== undefined && last?.albumId === albumId) last.files.push(kind);
          else
            seen.push({
              albumId,
              text,
              files: file === undefined ? [] : [kind],
              buttons: (buttons ?? []).flat().map(({ label }) => label),
            });
        }
        return seen.map(({ text, files, buttons }) => line(text, files, buttons));
      },
      stop: () => stopBoth(gate, fake),
    };
  },
  async vk(second) {
    const fake = await startFakeVk({ timeScale: 0.001 });
    const { token, groupId } = second ? await fake.addCommunity() : fake;
    const gate = await startGate(fake.url, (_method, path) => path.endsWith('/messages.send'));
    return {
      ...NUMBERED,
      type: 'vk',
      gate,
      apiRoot: gate.url,
      credentials: { token, groupId: String(groupId), secret: 'callback-s3cret' },
      writes: (id) => fake.clientWrites(Number(id), 'hello', { token }),
      sees: async (id) => (await fake.sentTo(Number(id), { token })).map(lineOf),
      stop: () => stopBoth(gate, fake),
    };
  },
  async viber(second) {
    const fake = await startFakeViber({ timeScale: 0.001 });
    const { token } = second ? await fake.addBot() : fake;
    const gate = await startGate(fake.url, (_method, path) => path.endsWith('/send_message'));
    return {
      type: 'viber',
      gate,
      apiRoot: gate.url + new URL(fake.apiRoot).pathname,
      credentials: { token, senderName: 'Shop' },
      chat(index) {
        const id = `${String(index).padStart(10, '0')}+/A==`;
        return { id, inCalls: id };
      },
      writes: (id) => fake.clientWrites(id, 'hello', { token }),
      sees: async (id) =>
        (await fake.sentTo(id, { token })).map(({ text, file, kind, buttons }) =>
          line(
            text,
            file === undefined ? [] : [kind],
            (buttons ?? []).map(({ label }) => label),
          ),
        ),
      stop: () => stopBoth(gate, fake),
    };
  },
  async max(second) {
    const fake = await startFakeMax({ timeScale: 0.001 });
    const { token } = second ? await fake.addBot() : fake;
    const gate = await startGate(fake.url, (method, path) => method === 'POST' && path.endsWith('/messages'));
    return {
      ...NUMBERED,
      type: 'max',
      gate,
      apiRoot: gate.url,
      credentials: { token },
      writes: (id) => fake.clientWrites(Number(id), 'hello', { token }),
      sees: async (id) => (await fake.sentTo(Number(id), { token })).map(lineOf),
      stop: () => stopBoth(gate, fake),
    };
  },
  async whatsapp(second) {
    const fake = await startFakeWhatsApp({ timeScale: 0.001 });
    const isSend = (method: string, path: string, body: string) => method === 'POST' && path.endsWith('/messages') && body.includes('"to"');
    const gate = await startGate(fake.url, isSend);
    const { token, phoneNumberId, businessAccountId, appSecret } = second ? await fake.addNumber() : fake;
    return {
      type: 'whatsapp',
      gate,
      apiRoot: gate.url + new URL(fake.apiRoot).pathname,
      credentials: { token, phoneNumberId, businessAccountId, appSecret },
      chat(index) {
        const digits = String(79_991_230_000 + index);
        return { id: `+${digits}`, inCalls: digits };
      },
      writes: (id) => fake.clientWrites(id, 'hello', { number: phoneNumberId }),
      sees: async (id) =>
        (await fake.sentTo(id, phoneNumberId)).map(({ text, file, kind, fileKind, buttons }) =>
          line(
            text,
            file === undefined ? [] : [fileKind ?? kind],
            (buttons ?? []).map(({ title }) => title),
          ),
        ),
      stop: () => stopBoth(gate, fake),
    };
  },
  async custom() {
    const integration = await startFakeIntegration();
    const gate = await startGate(integration.url, (method, path) => method === 'POST' && path.startsWith('/hooks/'));
    return {
      ...NUMBERED,
      type: 'custom',
      gate,
      apiRoot: gate.url,
      credentials: { webhookUrl: 'https://integration.example/hooks/:scope_id' },
      async join({ channelId, secret }, api, url) {
        const account = await api.call<{ amojo_id: string }>('GET', '/api/v4/account?with=amojo_id');
        Object.assign(integration, { channelId, secret, api: url });
        const { status, text } = await integration.connect(account.amojo_id);
        if (status !== 200) throw new Error(`the integration was not connected: ${status} ${text}`);
      },
      async writes(id) {
        integration.open(id);
        const { status, text } = await integration.scoped('POST', '', integration.newMessage(id, { type: 'text', text: 'hello' }));
        if (status !== 200) throw new Error(`the message was not taken: ${status} ${text}`);
      },
      sees: async (id) =>
        integration.shown(id).map(({ type, text, buttons }) =>
          line(
            text,
            type === 'text' ? [] : [type],
            buttons.map((button) => button.text),
          ),
        ),
      stop: () => stopBoth(gate, integration),
    };
  },
};

async function stopBoth(gate: Gate, fake: { stop(): Promise<void> }): Promise<void> {
  await gate.stop();
  await fake.stop();
}
