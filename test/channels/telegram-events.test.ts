import { describe, expect, test } from 'vitest';
import { parseUpdate } from '../../channels/telegram/parse.ts';

const NOW = 1_795_000_123_456;
const anna = { id: 5_550_001, is_bot: false, first_name: 'Anna', last_name: 'X', username: 'anna_x', language_code: 'ru' };
const chat = { id: 5_550_001, type: 'private', first_name: 'Anna' };
const group = { id: -100_200, type: 'supergroup', title: 'Team' };

function factOf(message: Record<string, unknown>) {
  const facts = parseUpdate({ update_id: 1, message: { message_id: 12, date: 1_795_000_000, from: anna, chat, ...message } }, NOW);
  const fact = facts?.[0];
  if (fact?.type !== 'messageReceived') throw new Error(`no message: ${JSON.stringify(facts)}`);
  return fact;
}

describe('an update becomes a fact', () => {
  test('a text, with ids that tell duplicates and an order within the chat', () => {
    expect(factOf({ text: 'hello', reply_to_message: { message_id: 9 } })).toEqual({
      type: 'messageReceived',
      id: 'message/12',
      chat: { externalChatId: '5550001', kind: 'private' },
      sender: { externalUserId: '5550001', name: 'Anna X', username: 'anna_x', languageCode: 'ru' },
      message: {
        externalId: '12',
        receivedAt: 1_795_000_000_000,
        order: [1_795_000_000, 12],
        text: 'hello',
        attachments: [],
        replyToExternalId: '9',
      },
    });
  });

  test.each([
    ['/start promo7', 'promo7'],
    ['/start@shop_bot promo-7_A', 'promo-7_A'],
    ['/start', undefined],
    ['/started promo7', undefined],
    ['say /start promo7', undefined],
  ])('%s opens with the payload %s', (text, payload) => {
    const { message } = factOf({ text });
    expect([message.text, message.startPayload]).toEqual([text, payload]);
  });

  test('the largest size of a photo is taken', () => {
    const size = (id: string, side: number) => ({ file_id: id, file_unique_id: id, width: side, height: side, file_size: side * 10 });
    const { message } = factOf({
      photo: [size('small', 90), size('large', 1280), size('middle', 320)],
      caption: 'c',
      media_group_id: '139',
    });
    expect(message).toMatchObject({ text: 'c', albumId: '139' });
    expect(message.attachments).toEqual([
      { kind: 'picture', ref: 'large', name: 'photo-12.jpg', mime: 'image/jpeg', sizeBytes: 12_800, widthPx: 1280, heightPx: 1280 },
    ]);
  });

  const file = { file_id: 'F', file_unique_id: 'u', file_size: 5 };
  test.each([
    [
      'document',
      { document: { ...file, file_name: 'offer\u0000.pdf', mime_type: 'application/pdf' } },
      { kind: 'file', name: 'offer.pdf', mime: 'application/pdf' },
    ],
    ['document without a name', { document: file }, { kind: 'file', name: 'file-12', mime: 'application/octet-stream' }],
    ['voice', { voice: { ...file, duration: 4, mime_type: 'audio/ogg' } }, { kind: 'voice', mime: 'audio/ogg', durationSeconds: 4 }],
    [
      'video note',
      { video_note: { ...file, length: 240, duration: 3 } },
      { kind: 'video', mime: 'video/mp4', widthPx: 240, heightPx: 240 },
    ],
    [
      'animation, whose copy is a document',
      { animation: { ...file, width: 1, height: 2, duration: 1 }, document: file },
      { kind: 'video', heightPx: 2 },
    ],
    ['audio', { audio: { ...file, duration: 7, file_name: 'song.mp3' } }, { kind: 'audio', name: 'song.mp3', mime: 'audio/mpeg' }],
    ['sticker', { sticker: { ...file, width: 512, height: 512 } }, { kind: 'sticker', mime: 'image/webp' }],
    ['animated sticker', { sticker: { ...file, is_animated: true } }, { kind: 'sticker', mime: 'application/x-tgsticker' }],
    ['video sticker', { sticker: { ...file, is_video: true } }, { kind: 'sticker', mime: 'video/webm' }],
  ])('%s', (_name, fields, expected) => {
    const { message } = factOf(fields);
    expect(message.attachments).toEqual([expect.objectContaining({ ref: 'F', sizeBytes: 5, ...expected })]);
    expect(message.unsupported).toBeUndefined();
  });

  test("an own contact's phone is the sender's, a friend's is not", () => {
    const own = factOf({ contact: { phone_number: '+7999', first_name: 'Anna', user_id: anna.id } });
    expect([own.sender.phone, own.message.contact]).toEqual(['+7999', { name: 'Anna', phone: '+7999' }]);
    const friend = factOf({ contact: { phone_number: '+7000', first_name: 'Boris', last_name: 'Y', user_id: 2 } });
    expect([friend.sender.phone, friend.message.contact]).toEqual([undefined, { name: 'Boris Y', phone: '+7000' }]);
  });

  test('a venue is a place with its name and address', () => {
    const location = { latitude: 1.5, longitude: 2.5 };
    const { message } = factOf({ venue: { location, title: 'Café', address: 'Main st. 1' }, location });
    expect(message).toMatchObject({ text: 'Café\nMain st. 1', location });
  });

  test.each(['poll', 'dice', 'story', 'game', 'paid_media', 'hologram'])('a %s is unsupported, not lost', (kind) => {
    expect(factOf({ [kind]: {} }).message).toMatchObject({ text: '', attachments: [], unsupported: kind });
  });

  test.each(['pinned_message', 'new_chat_members', 'message_auto_delete_timer_changed'])("a notice (%s) is nobody's message", (kind) => {
    expect(parseUpdate({ update_id: 1, message: { message_id: 1, date: 1, from: anna, chat, [kind]: [] } }, NOW)).toEqual([]);
  });

  test('in a supergroup, where every chat counts for itself, the message id carries the chat', () => {
    const fact = factOf({ chat: group, text: 'hi', reply_to_message: { message_id: 3 } });
    expect(fact.chat).toEqual({ externalChatId: '-100200', kind: 'group' });
    expect([fact.message.externalId, fact.message.replyToExternalId]).toEqual(['-100200/12', '-100200/3']);
    expect(fact.sender.externalUserId).toBe('5550001');
  });

  test('a press carries its key, token and the label that was pressed', () => {
    const reply_markup = { inline_keyboard: [[{ text: 'Yes', callback_data: 'k1' }], [{ text: 'No', callback_data: 'k2' }]] };
    const message = { message_id: 15, chat, date: 1_795_000_020, text: 'Sure?', reply_markup };
    const facts = parseUpdate({ update_id: 77, callback_query: { id: '4382', from: anna, chat_instance: '1', data: 'k2', message } }, NOW);
    expect(facts).toMatchObject([
      {
        type: 'messageReceived',
        id: 'press/4382',
        chat: { externalChatId: '5550001', kind: 'private' },
        message: { externalId: 'press/4382', text: 'No', pressedKey: 'k2', pressToken: '4382', receivedAt: NOW, replyToExternalId: '15' },
      },
    ]);
  });

  test('a press under a message that Telegram no longer shows still arrives', () => {
    const inaccessible = { message_id: 15, chat, date: 0 };
    for (const message of [inaccessible, undefined]) {
      const facts = parseUpdate({ update_id: 77, callback_query: { id: '1', from: anna, chat_instance: '1', data: 'k', message } }, NOW);
      expect(facts).toMatchObject([{ chat: { externalChatId: '5550001', kind: 'private' }, message: { pressedKey: 'k', text: '' } }]);
    }
  });

  test('an edit is known by its own time, so that two edits are two facts', () => {
    const edit = (edit_date: number, text: string) =>
      parseUpdate({ update_id: 1, edited_message: { message_id: 12, date: 1_795_000_000, edit_date, from: anna, chat, text } }, NOW);
    expect([...edit(1_795_000_005, 'a')!, ...edit(1_795_000_006, 'b')!]).toMatchObject([
      { type: 'messageEdited', id: 'edit/12/1795000005', externalId: '12', text: 'a' },
      { type: 'messageEdited', id: 'edit/12/1795000006', externalId: '12', text: 'b', receivedAt: 1_795_000_006_000 },
    ]);
  });

  test('a reaction is all that somebody says under a message now', () => {
    const reacted = (new_reaction: object[], change: object = {}) =>
      parseUpdate(
        { update_id: 9, message_reaction: { chat, user: anna, message_id: 15, date: 7, old_reaction: [], new_reaction, ...change } },
        NOW,
      );
    expect(reacted([{ type: 'emoji', emoji: '👍' }, { type: 'custom_emoji', custom_emoji_id: '5' }, { type: 'paid' }])).toEqual([
      {
        type: 'reactionChanged',
        id: 'reaction/7/9',
        chat: { externalChatId: String(chat.id), kind: 'private' },
        externalId: '15',
        by: { externalUserId: String(anna.id), side: 'client' },
        emoji: ['👍', '✨', '⭐'],
        receivedAt: 7_000,
      },
    ]);
    expect(reacted([])).toMatchObject([{ emoji: [] }]);
    // In a group its anonymous administrators react as the group.
    const group = { id: -100_500, type: 'supergroup', title: 'Team' };
    expect(reacted([], { chat: group, user: undefined, actor_chat: group })).toMatchObject([
      { externalId: '-100500/15', by: { externalUserId: '-100500' } },
    ]);
    expect(reacted([], { user: undefined })).toBeUndefined();
  });

  test('a moving live location makes no facts', () => {
    const edited_message = { message_id: 12, date: 1, edit_date: 2, from: anna, chat, location: { latitude: 1, longitude: 2 } };
    expect(parseUpdate({ update_id: 1, edited_message }, NOW)).toEqual([]);
  });

  test.each([
    ['member', 'kicked', 'clientBlocked'],
    ['kicked', 'member', 'clientUnblocked'],
    ['member', 'administrator', undefined],
  ])('membership %s → %s: %s', (before, after, type) => {
    const my_chat_member = { chat, from: anna, date: 5, old_chat_member: { status: before }, new_chat_member: { status: after } };
    const facts = parseUpdate({ update_id: 1, my_chat_member }, NOW);
    expect(facts).toEqual(type === undefined ? [] : [expect.objectContaining({ type, id: `member/5/${after}`, receivedAt: 5_000 })]);
  });

  test.each([
    [null],
    [[]],
    ['text'],
    [{ update_id: 1 }],
    [{ update_id: 1, channel_post: {} }],
    [{ update_id: 1, message: {} }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat: { id: 'x' }, text: 'a' } }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat, from: anna, text: 5 } }],
    [{ update_id: 1, message: { message_id: 1, date: 1, chat, from: anna, photo: [{}] } }],
    [{ update_id: 1, callback_query: { from: anna } }],
    [{ update_id: 1, my_chat_member: { chat } }],
  ])('what cannot be read is told apart and never throws: %j', (update) => {
    expect(parseUpdate(update, NOW)).toBeUndefined();
  });
});
