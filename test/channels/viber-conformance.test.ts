import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { viberChannel } from '../../channels/viber/viber.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { type ClientContent, startFakeViber } from '../fakes/viber/index.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const KIND_OF: Record<string, AttachmentKind> = { picture: 'picture', video: 'video', file: 'file' };

describeChannel('Viber', {
  channel: viberChannel(),
  start,
  inbound: ['picture', 'video', 'file', 'sticker'],
  outbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  tellsRetryAfter: false,
});

async function start(): Promise<Messenger> {
  const fake = await startFakeViber({ timeScale: 0.01 });
  const files = await startFileServer();
  let lastChat = 0;
  let last = '';
  const remember = ({ messageToken }: { messageToken: string }) => {
    last = messageToken;
  };
  const sends = async (chat: string, content: ClientContent) => remember(await fake.clientSends(chat, content));
  return {
    credentials: { token: fake.token, senderName: 'Shop' },
    apiRoot: fake.apiRoot,
    deadApiRoot: 'http://127.0.0.1:1/pa',
    secrets: [fake.token],
    async newChat() {
      lastChat += 1;
      const chat = `${String(lastChat).padStart(10, '0')}+/A==`;
      remember(await fake.clientWrites(chat, 'hello', { name: `Анна ${lastChat}` }));
      return chat;
    },
    async sent(chat) {
      return (await fake.sentTo(chat)).map(({ text, buttons, file, kind }) => ({
        text,
        buttons: (buttons ?? []).map(({ label }) => label),
        files: file === undefined ? [] : [{ kind: KIND_OF[kind]!, sha256: file.sha256 }],
      }));
    },
    clientWrites: async (chat, text) => remember(await fake.clientWrites(chat, text)),
    clientSends: (chat, kind, content, text) => sends(chat, { [kind]: { content: content.toString('base64'), text } } as ClientContent),
    async clientPresses(chat, label) {
      remember(await fake.clientPresses(chat, label));
      return { answered: async () => true };
    },
    written: () => last,
    async clientSendsPictures(chat, count, caption) {
      for (let index = 0; index < count; index += 1) await sends(chat, { picture: { text: index === 0 ? caption : '' } } as ClientContent);
    },
    clientSharesPhone: (chat, phone) => sends(chat, { contact: { phone } }),
    clientSharesPlace: (chat, latitude, longitude) => sends(chat, { location: { latitude, longitude } }),
    clientSendsUnknownKind: (chat) => sends(chat, { message: { type: 'hologram', depth: 3 } }),
    clientBlocks: async (chat) => remember(await fake.block(chat)),
    clientUnblocks: async (chat) => remember(await fake.unblock(chat)),
    repeatLast: async () => void (await fake.redeliver(last)),
    refuseNext: (reason) =>
      reason === 'broken' ? fake.break(502) : fake.refuse(1, ...(reason === 'message' ? REFUSED_MESSAGE : REFUSED_ACCOUNT)),
    rateLimitNext: () => fake.rateLimit(),
    stallNext: (ms, when) => fake.stall(ms, { when }),
    dropNext: (when) => fake.drop({ when }),
    dropNextDownload: () => fake.drop({ method: 'download', when: 'after' }),
    clearFaults: () => fake.clearFaults(),
    sign: async (body) => ({ 'x-viber-content-signature': await fake.sign(body) }),
    publish: files.publish,
    async stop() {
      await fake.stop();
      await files.stop();
    },
  };
}

const REFUSED_MESSAGE: [number, string] = [3, 'badData'];
const REFUSED_ACCOUNT: [number, string] = [2, 'invalidAuthToken'];

/** Serves our files at addresses that end as their names do, as the program does behind PUBLIC_URL. */
async function startFileServer() {
  const files = new Map<string, () => Promise<NodeJS.ReadableStream>>();
  const server = createServer((request, response) => {
    const open = files.get(request.url ?? '');
    if (open === undefined) return void response.writeHead(404).end();
    open()
      .then((stream) => pipeline(stream, response))
      // Whoever reads it has gone, or the file is no longer there.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    async publish(file: { name: string; open(): Promise<NodeJS.ReadableStream> }) {
      const path = `/${files.size + 1}.${file.name.split('.').at(-1)}`;
      files.set(path, () => file.open());
      return base + path;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
