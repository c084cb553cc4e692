import { describe, expect, test } from 'vitest';
import type { ChannelFact } from '../../channels/channel.ts';
import { parseExact } from '../../channels/exact-json.ts';
import { parseUpdate } from '../../channels/max/parse.ts';

const BOT = '229229229';
const AT = 1_775_025_604_499;
const MID = 'mid.000000000adf429c019d47d58f2b3d9e';
const anna = { user_id: 123_456_789, first_name: 'Анна', last_name: 'Х', is_bot: false, last_activity_time: AT, name: 'Анна Х' };
const dialog = { chat_id: 182_182_182, chat_type: 'dialog', user_id: 229_229_229 };

const facts = (update: unknown) => parseUpdate(update, BOT);
const created = (body: object, fields: object = {}, message: object = {}) => ({
  update_type: 'message_created',
  timestamp: AT,
  user_locale: 'ru',
  message: { sender: anna, recipient: dialog, timestamp: AT - 1, body: { mid: MID, seq: 1, text: '', ...body }, ...message },
  ...fields,
});
function messageOf(update: unknown) {
  const [fact] = facts(update) ?? [];
  if (fact?.type !== 'messageReceived') throw new Error(`a message was expected: ${JSON.stringify(fact)}`);
  return fact.message;
}
const withAttachments = (...attachments: object[]) => messageOf(created({ attachments }));

describe('messages', () => {
  test('a message names chat, sender, language and time', () => {
    expect(facts(created({ text: 'привет' }))).toEqual([
      {
        type: 'messageReceived',
        id: `message/${MID}`,
        chat: { externalChatId: '182182182', kind: 'private' },
        sender: { externalUserId: '123456789', name: 'Анна Х', languageCode: 'ru' },
        message: { externalId: MID, receivedAt: AT - 1, order: [AT - 1, 1], text: 'привет', attachments: [] },
      },
    ] satisfies ChannelFact[]);
  });

  test('neighbouring numbers beyond 2^53 keep their order, and ids of that size keep their digits', () => {
    const order = (seq: string) =>
      messageOf(parseExact(JSON.stringify(created({ text: 'a' })).replace('"seq":1', `"seq":${seq}`))).order[1];
    expect(order('116328147937082783')).toBe(order('116328147937082782') + 1);
    const text = JSON.stringify(created({ text: 'a' })).replace('182182182', '-9223372036854775807');
    expect(facts(parseExact(text))).toMatchObject([{ chat: { externalChatId: '-9223372036854775807' } }]);
  });

  test('a group chat is one, a channel’s post is said by the channel, and our own messages are nobody’s', () => {
    const group = { chat_id: -70_801_090_403_050, chat_type: 'chat' };
    expect(facts(created({ text: 'a' }, {}, { recipient: group }))).toMatchObject([
      { chat: { externalChatId: '-70801090403050', kind: 'group' }, sender: { externalUserId: '123456789' } },
    ]);
    expect(facts(created({ text: 'a' }, {}, { recipient: { ...group, chat_type: 'channel' }, sender: null }))).toMatchObject([
      { chat: { kind: 'group' }, sender: { externalUserId: '-70801090403050' } },
    ]);
    expect(facts(created({ text: 'a' }, {}, { sender: { ...anna, user_id: Number(BOT), is_bot: true } }))).toEqual([]);
  });

  test('an answer names what it answers; a forwarded message brings its text and files', () => {
    const link = (type: string) => ({ link: { type, message: { mid: 'mid.other', seq: 2, text: 'Лада', attachments: [image] } } });
    expect(messageOf(created({ text: 'да' }, {}, link('reply')))).toMatchObject({
      text: 'да',
      replyToExternalId: 'mid.other',
      attachments: [],
    });
    expect(messageOf(created({ text: 'вот' }, {}, link('forward')))).toMatchObject({
      text: 'вот\nЛада',
      attachments: [{ kind: 'picture' }],
    });
  });

  test('several pictures of one message stay together', () => {
    expect(withAttachments(image, image, image).attachments.map(({ kind }) => kind)).toEqual(['picture', 'picture', 'picture']);
  });

  test('a file keeps name and size, a sticker its sides, a video its length and a way to its bytes', () => {
    const url = 'https://fd.example.org/getfile?id=1';
    expect(
      withAttachments(
        { type: 'file', payload: { url, token: 't' }, filename: 'отчёт.pdf', size: 1234 },
        { type: 'sticker', payload: { url: 'https://i.example.org/s.webp', code: 'c' }, width: 512, height: 256 },
        { type: 'video', payload: { url, token: 'v1-d_x' }, width: 1280, height: 720, duration: 7 },
      ).attachments,
    ).toMatchObject([
      { kind: 'file', ref: url, name: 'отчёт.pdf', mime: 'application/pdf', sizeBytes: 1234 },
      { kind: 'sticker', mime: 'image/webp', widthPx: 512, heightPx: 256 },
      { kind: 'video', ref: `video:v1-d_x ${url}`, mime: 'video/mp4', durationSeconds: 7 },
    ]);
  });

  test.each([
    ['BEGIN:VCARD\r\nVERSION:3.0\r\nTEL;TYPE=cell:79990001122\r\nFN:Анна Х\r\nEND:VCARD\r\n', { name: 'Анна Х', phone: '79990001122' }],
    [
      'BEGIN:VCARD\nitem1.TEL:+7 999 000-11-22\nFN:Very Long\n  Name\\, Jr.\nEND:VCARD',
      { name: 'Very Long Name, Jr.', phone: '+7 999 000-11-22' },
    ],
    [null, { name: 'Анна Х' }],
  ])('a shared contact gives name and phone: %j', (vcf_info, contact) => {
    expect(withAttachments({ type: 'contact', payload: { vcf_info, max_info: anna } }).contact).toEqual(contact);
  });

  test('a place, a shared address, a keyboard and a kind of the future', () => {
    expect(withAttachments({ type: 'location', latitude: 55.75, longitude: 37.61 }).location).toEqual({
      latitude: 55.75,
      longitude: 37.61,
    });
    const share = { type: 'share', payload: { url: 'https://shop.example.org/1', token: 't' }, title: 'Shop' };
    expect(withAttachments(share)).toMatchObject({ text: 'https://shop.example.org/1' });
    expect(messageOf(created({ text: 'see https://shop.example.org/1', attachments: [share] })).text).toBe(
      'see https://shop.example.org/1',
    );
    expect(
      messageOf(created({ text: 'a', attachments: [{ type: 'inline_keyboard', payload: { buttons: [] } }] })).unsupported,
    ).toBeUndefined();
    expect(withAttachments({ type: 'hologram', payload: {} })).toMatchObject({ unsupported: 'hologram', text: '' });
    expect(messageOf(created({ text: null, attachments: null })).unsupported).toBe('empty');
  });
});

test('an edit names its message and its own time, ours is nobody’s', () => {
  const edited = { ...created({ text: 'стало' }), update_type: 'message_edited' };
  expect(facts(edited)).toEqual([
    {
      type: 'messageEdited',
      id: `edit/${MID}/${AT}`,
      chat: { externalChatId: '182182182', kind: 'private' },
      externalId: MID,
      text: 'стало',
      receivedAt: AT,
    },
  ]);
  expect(facts({ ...edited, message: { ...edited.message, sender: { ...anna, user_id: Number(BOT) } } })).toEqual([]);
});

test('a deletion names its message', () => {
  expect(facts({ update_type: 'message_removed', timestamp: AT, message_id: MID, chat_id: 182_182_182, user_id: 1 })).toEqual([
    {
      type: 'messageDeleted',
      id: `removed/${MID}`,
      chat: { externalChatId: '182182182', kind: 'private' },
      externalId: MID,
      receivedAt: AT,
    },
  ]);
});

test('a press brings its key; pressed again it is another, delivered again the same', () => {
  const press = (timestamp: number) => ({
    update_type: 'message_callback',
    timestamp: AT,
    user_locale: 'ru',
    callback: { timestamp, callback_id: 'f9LH', user: anna, payload: 'key.0' },
    message: { recipient: { ...dialog, user_id: 123_456_789 }, timestamp: 1, body: { mid: MID, seq: 1, text: 'Choose' } },
  });
  expect(facts(press(5))).toMatchObject([
    {
      chat: { externalChatId: '182182182', kind: 'private' },
      sender: { name: 'Анна Х' },
      message: { text: '', pressedKey: 'key.0', pressToken: 'f9LH', receivedAt: 5 },
    },
  ]);
  expect(facts(press(5))).toEqual(facts(press(5)));
  expect(facts(press(6))?.[0]?.id).not.toBe(facts(press(5))?.[0]?.id);
  expect(facts({ ...press(5), message: null })).toBeUndefined();
});

test('a start is a message of the client, with the word of its deep link and the face they show', () => {
  const started = {
    update_type: 'bot_started',
    timestamp: AT,
    chat_id: 182_182_182,
    user: { ...anna, avatar_url: 'https://i.example.org/a.png' },
  };
  expect(facts({ ...started, payload: 'promo7', user_locale: 'ru' })).toMatchObject([
    {
      id: `start/182182182/${AT}`,
      chat: { externalChatId: '182182182', kind: 'private' },
      sender: { externalUserId: '123456789', avatarRef: 'https://i.example.org/a.png' },
      message: { text: '/start', startPayload: 'promo7', receivedAt: AT },
    },
  ]);
  expect(messageOf({ ...started, payload: null })).not.toHaveProperty('startPayload');
});

test('a stop blocks the chat', () => {
  expect(facts({ update_type: 'bot_stopped', timestamp: AT, chat_id: 182_182_182, user: anna })).toEqual([
    { type: 'clientBlocked', id: `bot_stopped/${AT}`, chat: { externalChatId: '182182182', kind: 'private' }, receivedAt: AT },
  ]);
});

test.each(['bot_added', 'bot_removed', 'user_added', 'chat_title_changed', 'dialog_muted', 'dialog_cleared', 'dialog_removed'])(
  '%s is nobody’s message',
  (update_type) => {
    expect(facts({ update_type, timestamp: AT, chat_id: 1, user: anna })).toEqual([]);
  },
);

test.each([
  null,
  [],
  {},
  { update_type: 'message_created' },
  { update_type: 'message_created', timestamp: AT },
  { update_type: 'comment_created', timestamp: AT, message: {} },
  created({ text: 5 }),
  created({ attachments: {} }),
  created({ attachments: [5] }),
  created({ attachments: [{ type: 'location', latitude: 'x', longitude: 1 }] }),
  created({ mid: '' }),
  created({}, {}, { sender: null }),
  created({}, {}, { recipient: { chat_id: null, chat_type: 'dialog' } }),
  { update_type: 'bot_stopped', timestamp: AT },
])('what cannot be read is kept: %j', (update) => {
  expect(facts(update)).toBeUndefined();
});

const image = { type: 'image', payload: { photo_id: 1, token: 't', url: 'https://i.example.org/i?r=abc' } };
