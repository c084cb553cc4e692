/** One bot in every messenger, through the real turns and the real adapters: what the client sees there, one line a message. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectedChannel } from '../../channels/channel.ts';
import { channelsByType } from '../../channels/index.ts';
import { messagesOfVisitor } from '../../db/stores/webchat.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage, type FileStorage } from '../../files/storage.ts';
import { createTurns, START, type Turns } from '../turns/world.ts';
import { custom, type LocalMessenger, max, type Seen, telegram, viber, vk, whatsapp } from './one-bot-messengers.ts';
import { connectLocal, startReceiver } from './receiver.ts';

const COLOURS = ['White', 'Black', 'Green', 'Red', 'Blue'];
const SIZES = Array.from({ length: 12 }, (_, index) => `Size ${36 + index}`);
/** 9,000 characters: 900 words of nine letters, each with a space. */
const STORY = Array.from({ length: 900 }, (_, index) => `word${String(index).padStart(5, '0')}`)
  .join(' ')
  .concat('.');

let t: Turns;
let files: FileStorage;
let folder = '';
let fileBase = '';
const credentials = new Map<number, Record<string, string>>();
/** Serves our files to messengers that read them from an address, as the program does behind PUBLIC_URL. */
const server = createServer((request, response) => {
  const serve = async () => {
    const [file] = await files.find(t.accountId, [request.url!.split('/')[1]!]);
    if (file === undefined) return void response.writeHead(404).end();
    const stream = await files.open(file);
    await pipeline(stream, response.writeHead(200, { 'content-type': file.mime, 'content-length': file.sizeBytes }));
  };
  // A messenger may read after all has been said, when files and rows are gone.
  serve().catch(() => response.destroy());
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'beseda-one-bot-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fileBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t = await createTurns({
    files(sql) {
      files = createFileStorage({ sql, bytes: folderByteStore(folder), now: () => START });
      return files;
    },
    deps: {
      channels: channelsByType({ allowPrivateAddresses: true }),
      openCredentials: (_account, channelId) => credentials.get(channelId) ?? {},
      fileAddress: (file) => `${fileBase}/${file.id}/${file.name}`,
    },
  });
  await t.bot(await scenario());
});
afterAll(async () => {
  await t.end();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

async function scenario(): Promise<unknown> {
  const body = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#3a7' } })
    .jpeg()
    .toBuffer();
  const save = (name: string, bytes: Buffer) => files.save({ accountId: t.accountId, name, body: bytes, createdBy: 'user:1' });
  const picture = async (name: string) => ({ type: 'picture', value: (await save(name, body)).id });
  const album = await Promise.all(Array.from({ length: 12 }, (_, index) => picture(`item-${index + 1}.jpg`)));
  const price = await save('price.pdf', Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'));
  const message = (text: string, rest: object) => ({ handler: 'send_message', params: { type: 'external', text, ...rest } });
  const asks = (value: string, buttons: string[]) => ({ handler: 'show', params: { type: 'buttons', value, buttons } });
  const leads = (values: string[], step: number) => [
    { handler: 'buttons', params: values.map((value) => ({ value, params: [{ handler: 'goto', params: { type: 'question', step } }] })) },
  ];
  const choices = ['Catalogue', 'Delivery', 'Manager'];
  return {
    0: {
      question: [
        message('Welcome!', {
          attachments: [await picture('hello.jpg')],
          buttons: choices.map((text) => ({ type: 'inline', text })),
        }),
      ],
      answer: leads(choices, 1),
    },
    1: {
      question: [
        { handler: 'show', params: { type: 'text', value: STORY } },
        message('All twelve', { attachments: album }),
        asks('Which colour?', COLOURS),
      ],
      answer: leads(COLOURS, 2),
    },
    2: { question: [asks('Which size?', SIZES)], answer: leads(SIZES, 3) },
    3: { question: [message('Goodbye!', { attachments: [{ type: 'file', value: price.id }] })] },
  };
}

/** A message as one line: files, text, buttons. Pieces of the story are named by their first and last word and their length. */
function line({ files: shown, text, buttons }: Seen): string {
  const kinds = [...new Set(shown)].map((kind) => {
    const count = shown.filter((one) => one === kind).length;
    return count === 1 ? kind : `${count} ${kind}s`;
  });
  const words = text.length > 500 ? `${text.split(' ')[0]}…${text.split(' ').at(-1)} (${text.length})` : text.replace(/\n+/g, ' / ');
  return [...kinds, words, buttons.map((label) => `[${label}]`).join(' ')].filter((one) => one !== '').join(' | ');
}

/** Talks with the bot to its end. `typed`: the client answers the last question by its number. */
async function talk(start: () => Promise<LocalMessenger>, typed = false): Promise<string[]> {
  const messenger = await start();
  const { channel } = messenger;
  let connected: ConnectedChannel;
  const receiver = await startReceiver(channel, () => connected);
  try {
    const [row] = await t.sql<{ id: number }[]>`
      insert into channels (account_id, type, name, external_id, credentials_sealed, api_root, receive, webhook_secret, settings, connected_by, created_at, updated_at)
      values (${t.accountId}, ${channel.type}, ${channel.type}, ${randomUUID()}, '', ${messenger.apiRoot}, 'webhook', 'hook-secret_1',
        ${{ callsPerSecond: 10_000 } as never}, ${t.userId}, ${START}, ${START}) returning id`;
    const { id } = row!;
    credentials.set(id, channel.parseCredentials(messenger.credentials));
    await connectLocal(channel, receiver, { ...messenger, accountId: t.accountId, id }, (now) => {
      connected = now;
    });
    messenger.deliverTo?.(receiver.url);
    await t.sql`update channels set facts = ${connected!.facts as never} where account_id = ${t.accountId} and id = ${id}`;
    t.forget();

    let taken = 0;
    const client = async (act: () => Promise<unknown>) => {
      await act();
      // Receipts come as well; what the client did is told by a message.
      for (let chat: string | undefined; chat === undefined; ) {
        for (const fact of (await receiver.facts(taken + 1)).slice(taken)) {
          taken += 1;
          await t.turn(fact.chat.externalChatId, [t.fact(fact)], id);
          if (fact.type === 'messageReceived') chat = fact.chat.externalChatId;
        }
        if (chat !== undefined) await empties(chat, id);
      }
    };
    await client(() => messenger.writes('hello'));
    await client(() => messenger.presses('Catalogue'));
    await client(() => messenger.presses('Green'));
    await client(() => (typed ? messenger.writes('2') : messenger.presses('Size 37')));
    const seen = await messenger.sees();
    expectWholeStory(seen);
    return seen.map(line);
  } finally {
    await receiver.stop();
    await messenger.stop();
  }
}

/** As the chat's workflow does: tries again after each pause, until nothing is left. */
async function empties(chat: string, channelId: number): Promise<void> {
  for (let waitMs = await t.drain(chat, channelId); waitMs !== undefined; waitMs = await t.drain(chat, channelId)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

function expectWholeStory(seen: Seen[]): void {
  const told = seen.filter(({ text }) => text.startsWith('word')).map(({ text }) => text);
  expect(told.join(' ')).toBe(STORY);
}

const again = (count: number, text: string) => Array.from({ length: count }, () => text);
const whichColour = 'Which colour? | [White] [Black] [Green] [Red] [Blue]';
const whichSize =
  'Which size? | [Size 36] [Size 37] [Size 38] [Size 39] [Size 40] [Size 41] [Size 42] [Size 43] [Size 44] [Size 45] [Size 46] [Size 47]';

test('Telegram', async () => {
  expect(await talk(telegram)).toEqual([
    'photo | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00408 (4089)',
    'word00409…word00817 (4089)',
    'word00818…word00899. (820)',
    '6 photos | All twelve',
    '6 photos',
    whichColour,
    whichSize,
    'document | Goodbye!',
  ]);
});

test('VK', async () => {
  expect(await talk(vk)).toEqual([
    'photo | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00408 (4089)',
    'word00409…word00817 (4089)',
    'word00818…word00899. (820)',
    '6 photos | All twelve',
    '6 photos',
    whichColour,
    whichSize,
    'doc | Goodbye!',
  ]);
});

test('Viber', async () => {
  expect(await talk(viber)).toEqual([
    'picture | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00699 (6999)',
    'word00700…word00899. (2000)',
    'picture | All twelve',
    ...again(11, 'picture'),
    whichColour,
    whichSize,
    // A file carries no caption there.
    'Goodbye!',
    'file',
  ]);
});

test('MAX', async () => {
  expect(await talk(max)).toEqual([
    'image | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00399 (3999)',
    'word00400…word00799 (3999)',
    'word00800…word00899. (1000)',
    '6 images | All twelve',
    '6 images',
    whichColour,
    whichSize,
    'file | Goodbye!',
  ]);
});

test('WhatsApp, which has no twelve buttons: the client types the number of the answer', async () => {
  expect(await talk(whatsapp, true)).toEqual([
    'image | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00408 (4089)',
    'word00409…word00817 (4089)',
    'word00818…word00899. (820)',
    'image | All twelve',
    ...again(11, 'image'),
    whichColour,
    `Which size? / ${SIZES.map((size, index) => `${index + 1}. ${size}`).join(' / ')}`,
    'document | Goodbye!',
  ]);
});

test('an integration of the chats API', async () => {
  expect(await talk(custom)).toEqual([
    'picture | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00899. (9000)',
    'picture | All twelve',
    ...again(11, 'picture'),
    whichColour,
    whichSize,
    'file | Goodbye!',
  ]);
});

test('the web chat', async () => {
  const visitor = { accountId: t.accountId, channelId: t.webchat, externalChatId: randomUUID() };
  const thread = () => messagesOfVisitor(t.sql, visitor, { after: 0, limit: 100 });
  const says = (message: { text?: string; pressedKey?: string }) =>
    t.turn(visitor.externalChatId, [t.message(visitor.externalChatId, message)], t.webchat);
  const presses = async (label: string) => {
    const button = (await thread()).flatMap(({ buttons }) => buttons).findLast((one) => one.label === label);
    if (button?.type !== 'reply') throw new Error(`no button ${label}`);
    await says({ pressedKey: button.key });
  };
  await says({ text: 'hello' });
  await presses('Catalogue');
  await presses('Green');
  await presses('Size 37');
  const seen = (await thread())
    .filter(({ direction }) => direction === 'out')
    .map(({ text, buttons, attachments }) => ({
      text,
      buttons: buttons.map(({ label }) => label),
      files: attachments.map(({ kind }) => kind),
    }));
  expectWholeStory(seen);
  expect(seen.map(line)).toEqual([
    'picture | Welcome! | [Catalogue] [Delivery] [Manager]',
    'word00000…word00899. (9000)',
    '12 pictures | All twelve',
    whichColour,
    whichSize,
    'file | Goodbye!',
  ]);
});
