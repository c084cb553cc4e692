import { maxChannel } from '../../channels/max/max.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { type ClientMedia, type Made, startFakeMax } from '../fakes/max/index.ts';
import type { Messenger } from './conformance/messenger.ts';
import { describeChannel } from './conformance.ts';

const KIND_OF: Record<string, AttachmentKind> = { image: 'picture', video: 'video', audio: 'audio', file: 'file', sticker: 'sticker' };

describeChannel('MAX', {
  channel: maxChannel(),
  start,
  inbound: ['picture', 'video', 'audio', 'file', 'sticker'],
  outbound: ['picture', 'video', 'audio', 'voice', 'file', 'sticker'],
});

async function start(): Promise<Messenger> {
  const fake = await startFakeMax({ timeScale: 0.001 });
  let lastChat = 182_182_182;
  let lastKey = '';
  let lastMid = '';
  const remember = ({ key, mid }: Made) => {
    lastKey = key;
    lastMid = mid ?? lastMid;
  };
  const sends = async (chat: string, media: ClientMedia[], text = '') => remember(await fake.clientSends(Number(chat), media, text));
  return {
    credentials: { token: fake.token },
    apiRoot: fake.url,
    deadApiRoot: 'http://127.0.0.1:1',
    secrets: [fake.token],
    async newChat() {
      lastChat += 1;
      remember(await fake.clientStarts(lastChat, { name: 'Анна Х', username: `anna_${lastChat}` }));
      return String(lastChat);
    },
    async sent(chat) {
      return (await fake.sentTo(Number(chat))).map(({ text, buttons, files }) => ({
        text,
        buttons: (buttons ?? []).flat().map(({ label }) => label),
        files: files.map(({ kind, sha256 }) => ({ kind: KIND_OF[kind]!, sha256 })),
      }));
    },
    clientWrites: async (chat, text) => remember(await fake.clientWrites(Number(chat), text)),
    async clientSends(chat, kind, content, caption) {
      const name = Object.keys(KIND_OF).find((key) => KIND_OF[key] === kind)!;
      await sends(chat, [{ [name]: { content: content.toString('base64') } } as ClientMedia], caption);
    },
    async clientPresses(chat, label) {
      const made = await fake.clientPresses(Number(chat), 'last', label);
      remember(made);
      return { answered: () => fake.pressAnswered(made.callbackId) };
    },
    clientEdits: async (chat, text) => remember(await fake.clientEdits(Number(chat), lastMid, text)),
    clientDeletes: async (chat) => remember(await fake.clientRemoves(Number(chat), lastMid)),
    written: () => lastMid,
    clientSendsPictures: (chat, count, caption) =>
      sends(
        chat,
        Array.from({ length: count }, () => ({ image: {} }) as ClientMedia),
        caption,
      ),
    clientSharesPhone: (chat, phone) => sends(chat, [{ contact: { phone } }]),
    clientSharesPlace: (chat, latitude, longitude) => sends(chat, [{ location: { latitude, longitude } }]),
    clientSendsUnknownKind: (chat) => sends(chat, [{ attachment: { type: 'hologram', payload: { depth: 3 } } }]),
    clientBlocks: async (chat) => remember(await fake.clientStops(Number(chat))),
    // MAX tells of a return by the start alone.
    clientUnblocks: async (chat) => remember(await fake.clientStarts(Number(chat))),
    repeatLast: async () => void (await fake.redeliver(lastKey)),
    refuseNext: (reason) => (reason === 'broken' ? fake.break(502) : fake.refuse(1, ...REFUSALS[reason])),
    rateLimitNext: (retryAfterSeconds) => fake.rateLimit(retryAfterSeconds),
    stallNext: (ms, when) => fake.stall(ms, { when }),
    dropNext: (when) => fake.drop({ when }),
    dropNextDownload: () => fake.drop({ method: 'download', when: 'after' }),
    clearFaults: () => fake.clearFaults(),
    unreadable: [
      '',
      '{',
      'null',
      '{"update_type":"message_created"}',
      '{"update_type":"message_created","timestamp":1,"message":null}',
      '{"update_type":"message_created","timestamp":1,"message":{"recipient":{"chat_id":1,"chat_type":"dialog"},"timestamp":1,"body":{"mid":5}}}',
      '{"update_type":"message_callback","timestamp":1,"callback":{"timestamp":1,"callback_id":"x","user":{"user_id":1}},"message":null}',
      '{"update_type":"message_teleported","timestamp":1}',
    ],
    stop: () => fake.stop(),
  };
}

const REFUSALS: Record<'message' | 'account', [number, string, string]> = {
  message: [400, 'proto.payload', 'text: size must be between 0 and 4000'],
  account: [401, 'verify.token', 'Invalid access_token'],
};
