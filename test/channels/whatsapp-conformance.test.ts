import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { type ClientContent, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const KIND_OF: Record<string, AttachmentKind> = { image: 'picture', video: 'video', audio: 'audio', document: 'file', sticker: 'sticker' };
const NAME_OF: Record<AttachmentKind, string> = {
  picture: 'image',
  video: 'video',
  audio: 'audio',
  voice: 'voice',
  file: 'document',
  sticker: 'sticker',
};

describeChannel('WhatsApp', {
  channel: whatsappChannel(),
  start,
  inbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  outbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
  // It says so in a header, where it says it at all.
  tellsRetryAfter: true,
});

async function start(): Promise<Messenger> {
  const fake = await startFakeWhatsApp({ timeScale: 0.01 });
  let lastChat = 79_990_000_000;
  let last = '';
  let written = '';
  const remember = ({ id }: { id: string }) => {
    last = id;
  };
  const sends = async (chat: string, content: ClientContent) => remember(await fake.clientSends(chat, content));
  return {
    credentials: {
      token: fake.token,
      phoneNumberId: fake.phoneNumberId,
      businessAccountId: fake.businessAccountId,
      appSecret: fake.appSecret,
    },
    apiRoot: fake.apiRoot,
    deadApiRoot: 'http://127.0.0.1:1/v25.0',
    secrets: [fake.token, fake.appSecret],
    async newChat() {
      lastChat += 1;
      const chat = `+${lastChat}`;
      remember(await fake.clientWrites(chat, 'hello', { name: `Анна ${lastChat}` }));
      return chat;
    },
    async sent(chat) {
      return (await fake.sentTo(chat)).map(({ text, buttons, file, kind, fileKind }) => ({
        text,
        buttons: (buttons ?? []).map(({ title }) => title),
        files: file === undefined ? [] : [{ kind: KIND_OF[fileKind ?? kind]!, sha256: file.sha256 }],
      }));
    },
    async clientWrites(chat, text) {
      remember(await fake.clientWrites(chat, text));
      written = last;
    },
    clientSends: (chat, kind, content, caption) =>
      sends(chat, { [NAME_OF[kind]]: { content: content.toString('base64'), caption } } as ClientContent),
    async clientPresses(chat, label) {
      remember(await fake.clientPresses(chat, label));
      return { answered: async () => true };
    },
    clientEdits: async (chat, text) => remember(await fake.clientEdits(chat, written, text)),
    clientDeletes: async (chat) => remember(await fake.clientRevokes(chat, written)),
    clientReacts: (chat, emoji) =>
      sends(chat, { message: { type: 'reaction', reaction: { message_id: written, ...(emoji === '' ? {} : { emoji }) } } }),
    written: () => written,
    async clientSendsPictures(chat, count, caption) {
      for (let index = 0; index < count; index += 1) await sends(chat, { image: { caption: index === 0 ? caption : '' } } as ClientContent);
    },
    clientSharesPhone: (chat, phone) => sends(chat, { contacts: [{ name: 'Anna', phone }] }),
    clientSharesPlace: (chat, latitude, longitude) => sends(chat, { location: { latitude, longitude } }),
    clientSendsUnknownKind: (chat) => sends(chat, { message: { type: 'hologram', hologram: { depth: 3 } } }),
    repeatLast: async () => void (await fake.redeliver(last)),
    refuseNext: (reason) =>
      reason === 'broken'
        ? fake.break(502)
        : reason === 'message'
          ? fake.refuse(1, 131009, 'Parameter value is not valid')
          : fake.refuse(1, 190, 'Error validating access token'),
    rateLimitNext: (retryAfterSeconds) => fake.rateLimit(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    stallNext: (ms, when) => fake.stall(ms, { when }),
    dropNext: (when) => fake.drop({ when }),
    dropNextDownload: () => fake.drop({ method: 'download', when: 'after' }),
    clearFaults: () => fake.clearFaults(),
    sign: async (body) => ({ 'x-hub-signature-256': await fake.sign(body) }),
    stop: () => fake.stop(),
  };
}
