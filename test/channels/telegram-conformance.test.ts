import { telegramChannel } from '../../channels/telegram/telegram.ts';
import { abilitiesIn } from '../../domain/message/abilities.ts';
import { BUSINESS_PREFIX, businessChatId, readBusinessChat } from '../../domain/message/business.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { type ClientContent, startFakeTelegram } from '../fakes/telegram/index.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const KIND_OF: Record<string, AttachmentKind> = {
  photo: 'picture',
  document: 'file',
  video: 'video',
  animation: 'video',
  audio: 'audio',
  voice: 'voice',
  sticker: 'sticker',
};

const kinds: AttachmentKind[] = ['picture', 'video', 'audio', 'voice', 'file', 'sticker'];

describeChannel('Telegram', { channel: telegramChannel(), start: () => start(), inbound: kinds, outbound: kinds });

const OWNER = 990_001;
describeChannel('Telegram in a business account', {
  channel: { ...telegramChannel(), abilities: abilitiesIn('telegram', BUSINESS_PREFIX) },
  start: () => start(OWNER),
  inbound: kinds,
  outbound: kinds,
});

/** `ownerId`: all chats are in that person's business account. */
async function start(ownerId?: number): Promise<Messenger> {
  const fake = await startFakeTelegram({ timeScale: 0.05 });
  const business = ownerId === undefined ? undefined : (await fake.connectBusiness(ownerId)).connectionId;
  const at = business === undefined ? {} : { business };
  const idOf = (chat: string) => readBusinessChat(chat)?.clientId ?? Number(chat);
  const nameOf = (id: number) => (ownerId === undefined ? String(id) : businessChatId(String(ownerId), id));
  let lastChat = 5_550_000;
  let lastUpdate = 0;
  let lastMessage = 0;
  const remember = (written: { updateId: number; messageId?: number } | undefined) => {
    lastUpdate = written?.updateId ?? lastUpdate;
    lastMessage = written?.messageId ?? lastMessage;
  };
  const sends = async (chat: string, content: ClientContent) => remember((await fake.clientSends(idOf(chat), content, at)).at(-1));
  return {
    credentials: { token: fake.token },
    apiRoot: fake.url,
    deadApiRoot: 'http://127.0.0.1:1',
    secrets: [fake.token, fake.token.split(':')[1]!],
    async newChat() {
      lastChat += 1;
      remember(await fake.clientWrites(lastChat, '/start', { ...at, username: `anna_${lastChat}` }));
      return nameOf(lastChat);
    },
    async sent(chat) {
      const items = await fake.sentTo(idOf(chat), at);
      return items.map(({ text, buttons, file, kind, albumId }) => ({
        text,
        buttons: (buttons ?? []).flat().map(({ label }) => label),
        files: file === undefined ? [] : [{ kind: KIND_OF[kind]!, sha256: file.sha256 }],
        ...(albumId === undefined ? {} : { albumId }),
      }));
    },
    clientWrites: async (chat, text) => remember(await fake.clientWrites(idOf(chat), text, at)),
    async clientSends(chat, kind, content, caption) {
      const file = { content: content.toString('base64') };
      const name = Object.keys(KIND_OF).find((key) => KIND_OF[key] === kind)!;
      await sends(chat, { [name]: file, caption } as ClientContent);
    },
    clientSendsPictures: (chat, count, caption) => sends(chat, { album: Array.from({ length: count }, () => ({ photo: {} })), caption }),
    async clientPresses(chat, label) {
      const { updateId, callbackId } = await fake.clientPresses(idOf(chat), 'last', label, at);
      remember({ updateId });
      return { answered: () => fake.pressAnswered(callbackId) };
    },
    clientEdits: async (chat, text) => remember(await fake.clientEdits(idOf(chat), lastMessage, text, at)),
    written: () => (business === undefined ? String(lastMessage) : `${nameOf(lastChat)}/${lastMessage}`),
    ...(business === undefined
      ? {
          async clientReacts(chat, emoji) {
            const id = Number(chat);
            const new_reaction = emoji === '' ? [] : [{ type: 'emoji', emoji }];
            const message_reaction = {
              chat: { id, type: 'private' },
              message_id: lastMessage,
              user: { id, is_bot: false, first_name: 'Anna' },
              date: Math.floor(Date.now() / 1000),
              old_reaction: [],
              new_reaction,
            };
            remember(await fake.pushUpdate({ message_reaction }));
          },
          clientBlocks: async (chat) => remember(await fake.block(Number(chat))),
          clientUnblocks: async (chat) => remember(await fake.unblock(Number(chat))),
        }
      : {
          clientDeletes: async (chat) => remember(await fake.deletes(business, idOf(chat), [lastMessage])),
        }),
    clientSharesPhone: (chat, phone) => sends(chat, { contact: { phone, own: true } }),
    clientSharesPlace: (chat, latitude, longitude) => sends(chat, { location: { latitude, longitude } }),
    clientSendsUnknownKind: (chat) => sends(chat, { fields: { hologram: { depth: 3 } } }),
    repeatLast: async () => void (await fake.redeliver(lastUpdate)),
    refuseNext: (reason) => fake.refuse(1, ...REFUSALS[reason]),
    rateLimitNext: (seconds) => (seconds === undefined ? fake.refuse(1, 429, 'Too Many Requests') : fake.rateLimit(seconds)),
    stallNext: (ms, when) => fake.stall(ms, { when }),
    dropNext: (when) => fake.drop({ when }),
    dropNextDownload: () => fake.drop({ method: 'download', when: 'after' }),
    clearFaults: () => fake.clearFaults(),
    stop: () => fake.stop(),
  };
}

const REFUSALS: Record<'message' | 'account' | 'broken', [number, string]> = {
  message: [400, "Bad Request: can't parse entities"],
  account: [401, 'Unauthorized'],
  broken: [502, 'Bad Gateway'],
};
