import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Channel } from '../../channels/channel.ts';
import { customChannel } from '../../channels/custom/custom.ts';
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { signedHeaders } from '../fakes/custom/sign.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const custom = customChannel();
let deliverTo = '';

/** The channel after the integration has connected the account, which it does by a call of its own. */
const connectedByIntegration: Channel = {
  ...custom,
  async connect(channel) {
    deliverTo = channel.webhookUrl ?? '';
    const connection = await custom.connect(channel);
    const amojoId = '52fd2a28-d2eb-4bd8-b862-a67934927b38';
    const facts = { ...connection.facts, amojoId, scopeId: `${connection.facts.channelId}_${amojoId}`, hookVersion: 'v2', title: 'Shop' };
    return { ...connection, facts };
  },
  async disconnect(channel) {
    deliverTo = '';
    return custom.disconnect(channel);
  },
};

describeChannel('An integration of the chats API', {
  channel: connectedByIntegration,
  start,
  inbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  outbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
});

async function start(): Promise<Messenger> {
  const integration = await startFakeIntegration();
  const files = await startFileServer();
  let lastChat = 0;
  let last = '';
  let lastMsgid = '';
  async function post(event: unknown): Promise<void> {
    if (deliverTo === '') return;
    last = JSON.stringify(event);
    const url = new URL(deliverTo);
    const headers = signedHeaders(integration.secret, { method: 'POST', path: url.pathname, body: last });
    await fetch(url, { method: 'POST', headers, body: last });
  }
  const sends = (chat: string, message: object, change: object = {}) => {
    const event = integration.newMessage(chat, message, change);
    lastMsgid = event.payload.msgid;
    return post(event);
  };
  return {
    credentials: {
      webhookUrl: 'https://integration.example/hooks/:scope_id',
      secret: integration.secret,
      channelId: integration.channelId,
    },
    apiRoot: integration.url,
    deadApiRoot: 'http://127.0.0.1:1',
    secrets: [integration.secret],
    async newChat() {
      lastChat += 1;
      const chat = `c-${lastChat}`;
      integration.open(chat);
      await sends(chat, { type: 'text', text: 'hello' });
      return chat;
    },
    async sent(chat) {
      return integration.shown(chat).map(({ text, buttons, sha256, type }) => ({
        text,
        buttons: buttons.map((button) => button.text),
        files: sha256 === undefined ? [] : [{ kind: type as 'file', sha256 }],
      }));
    },
    clientWrites: (chat, text) => sends(chat, { type: 'text', text }),
    clientSends: (chat, kind, content, text) =>
      sends(chat, { type: kind, text, media: integration.keep(content, `1.${kind}`), file_name: `1.${kind}`, file_size: content.length }),
    async clientSendsPictures(chat, count, caption) {
      for (let index = 0; index < count; index += 1) {
        const content = Buffer.from(`picture ${index}`);
        const text = index === 0 ? caption : '';
        await sends(chat, {
          type: 'picture',
          text,
          media: integration.keep(content),
          file_name: 'a.png',
          file_size: 9,
          media_group_id: 'g-1',
        });
      }
    },
    async clientPresses(chat, label) {
      const button = integration
        .shown(chat)
        .flatMap(({ buttons }) => buttons)
        .find(({ text }) => text === label);
      await sends(chat, { type: 'text', text: '', callback_data: button?.callback_data });
      return { answered: async () => true };
    },
    clientEdits: (_chat, text) =>
      post({
        event_type: 'edit_message',
        payload: { msgid: lastMsgid, conversation_id: _chat, timestamp: Math.floor(Date.now() / 1000), message: { type: 'text', text } },
      }),
    clientReacts: (chat, emoji) =>
      post({ conversation_id: chat, msgid: lastMsgid, user: { id: `u-${chat}` }, type: emoji === '' ? 'unreact' : 'react', emoji }),
    written: () => lastMsgid,
    clientSharesPhone: (chat, phone) => sends(chat, { type: 'contact', contact: { name: 'Ann', phone } }),
    clientSharesPlace: (chat, lat, lon) => sends(chat, { type: 'location', location: { lon, lat } }),
    clientSendsUnknownKind: (chat) => sends(chat, { type: 'hologram', depth: 3 }),
    repeatLast: () => post(JSON.parse(last)),
    async refuseNext(reason) {
      const [status, body] = REFUSALS[reason];
      integration.fault({ type: 'answer', status, body });
    },
    async rateLimitNext(seconds) {
      integration.fault({
        type: 'answer',
        status: 429,
        body: '',
        ...(seconds === undefined ? {} : { headers: { 'retry-after': String(seconds) } }),
      });
    },
    stallNext: async (ms, when) => integration.fault({ type: 'stall', ms, when }),
    dropNext: async (when) => integration.fault({ type: 'drop', when }),
    dropNextDownload: async () => integration.dropDownload(),
    clearFaults: async () => integration.clearFaults(),
    sign: async (body) => signedHeadersLower(integration.secret, new URL(deliverTo).pathname, body),
    publish: files.publish,
    async stop() {
      await integration.stop();
      await files.stop();
    },
  };
}

/** Node hands headers on in lower case. */
const signedHeadersLower = (secret: string, path: string, body: string) =>
  Object.fromEntries(
    Object.entries(signedHeaders(secret, { method: 'POST', path, body })).map(([name, value]) => [name.toLowerCase(), value]),
  );

const REFUSALS: Record<'message' | 'account' | 'broken', [number, string]> = {
  message: [400, '{"error":"this text cannot be shown"}'],
  account: [410, '{"error":"the hook is withdrawn"}'],
  broken: [502, 'Bad Gateway'],
};

/** Serves our files, as the program does behind PUBLIC_URL. */
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
    async publish(file: { open(): Promise<NodeJS.ReadableStream> }) {
      const path = `/${files.size + 1}`;
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
