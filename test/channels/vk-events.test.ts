import { describe, expect, test } from 'vitest';
import { parseEvent } from '../../channels/vk/parse.ts';

const NOW = 1_795_000_123_456;
const ANNA = 5_550_001;
const TEAM = 2_000_000_003;
const message = {
  id: 901,
  date: 1_795_000_000,
  peer_id: ANNA,
  from_id: ANNA,
  out: 0,
  text: 'hello',
  random_id: 0,
  conversation_message_id: 44,
  attachments: [],
  fwd_messages: [],
};

function parse(type: string, object: unknown, own: number[] = []) {
  const event = { type, group_id: 77, event_id: 'e1', object };
  return parseEvent(event, { nowAt: NOW, isOwn: (_peer, randomId) => own.includes(randomId) });
}

function factOf(fields: Record<string, unknown>, clientInfo: object = { lang_id: 0 }) {
  const facts = parse('message_new', { message: { ...message, ...fields }, client_info: clientInfo });
  const fact = facts?.[0];
  if (fact?.type !== 'messageReceived') throw new Error(`no message: ${JSON.stringify(facts)}`);
  return fact;
}

describe('an event becomes a fact', () => {
  test('a text, with ids that tell duplicates and an order within the chat', () => {
    expect(factOf({ reply_message: { id: 899, conversation_message_id: 42, from_id: -77, date: 1 } })).toEqual({
      type: 'messageReceived',
      id: 'message/901',
      chat: { externalChatId: '5550001', kind: 'private' },
      sender: { externalUserId: '5550001', name: '', languageCode: 'ru' },
      message: {
        externalId: '901',
        receivedAt: 1_795_000_000_000,
        order: [1_795_000_000, 44],
        text: 'hello',
        attachments: [],
        replyToExternalId: '899',
      },
    });
  });

  test('a message that stands by itself, as before 5.103, is read too', () => {
    expect(parse('message_new', message)).toMatchObject([{ message: { externalId: '901', text: 'hello' } }]);
  });

  test('what VK escapes in a text arrives as it was typed', () => {
    expect(factOf({ text: '1 &lt; 2 &amp;&amp; &quot;a&quot;<br>&amp;lt;' }).message.text).toBe('1 < 2 && "a"\n&lt;');
  });

  test('in a group chat, where ids are 0, the message is known by its count there, and the sender is the person', () => {
    const fact = factOf({ id: 0, peer_id: TEAM, reply_message: { conversation_message_id: 40, from_id: 1, date: 1 } });
    expect(fact.chat).toEqual({ externalChatId: String(TEAM), kind: 'group' });
    expect([fact.id, fact.message.externalId, fact.message.replyToExternalId]).toEqual([`message/${TEAM}/44`, `${TEAM}/44`, `${TEAM}/40`]);
    expect(fact.sender.externalUserId).toBe(String(ANNA));
  });

  test('the Start button is /start in every language, with the word of the deep link', () => {
    const { message: start } = factOf({ text: 'Начать', payload: '{"command":"start"}', ref: 'promo7', ref_source: 'site' });
    expect([start.text, start.startPayload, start.pressedKey]).toEqual(['/start', 'promo7', undefined]);
  });

  test.each([
    ['our key', '{"b":"k3y.1"}', 'k3y.1'],
    ['NUL and half characters', '{"b":"a\\u0000b\\ud83d"}', 'ab\ufffd'],
    ['no JSON', '{b:', undefined],
    ['somebody else’s', '{"button":"1"}', undefined],
    ['another type', '{"b":{"x":1}}', undefined],
    ['a list', '["b"]', undefined],
    ['an endless key', JSON.stringify({ b: 'x'.repeat(300) }), undefined],
    ['nothing', 'null', undefined],
  ])('a payload with %s is harmless, and the text stays', (_name, payload, key) => {
    const { message: pressed } = factOf({ text: 'Yes', payload });
    expect([pressed.text, pressed.pressedKey]).toEqual(['Yes', key]);
  });

  test.each([
    ['an object', { b: 'k3y.1' }, 'k3y.1'],
    ['a text', '{"b":"k3y.1"}', 'k3y.1'],
    ['forged', { a: [] }, ''],
    ['missing', undefined, ''],
  ])('a pressed callback button with %s for a payload', (_name, payload, pressedKey) => {
    expect(parse('message_event', { user_id: ANNA, peer_id: TEAM, event_id: 'a1/b2', payload, conversation_message_id: 45 })).toMatchObject(
      [
        {
          type: 'messageReceived',
          id: `press/${TEAM}/a1/b2`,
          chat: { externalChatId: String(TEAM), kind: 'group' },
          sender: { externalUserId: String(ANNA) },
          message: { text: '', pressedKey, pressToken: `${ANNA}/${TEAM}/a1/b2`, receivedAt: NOW },
        },
      ],
    );
  });

  test("an administrator's own message is a colleague's reply; ours and other programs' are not", () => {
    const reply = { ...message, from_id: -77, out: 1, text: 'from the office' };
    expect(parse('message_reply', { ...reply, admin_author_id: 5, random_id: 0 })).toMatchObject([
      {
        type: 'colleagueReplied',
        externalAuthorId: '5',
        id: 'reply/901',
        chat: { externalChatId: '5550001' },
        message: { externalId: '901', text: 'from the office' },
      },
    ]);
    expect(parse('message_reply', { ...reply, admin_author_id: 5, random_id: 8 })).toHaveLength(1);
    expect(parse('message_reply', { ...reply, admin_author_id: 5, random_id: 8 }, [8])).toEqual([]);
    expect(parse('message_reply', { ...reply, random_id: 9 })).toEqual([]);
    expect(parse('message_new', { message: reply })).toEqual([]);
  });

  test('an edit, by the client or by an administrator', () => {
    const edited = { ...message, text: 'a &amp; b', update_time: 1_795_000_050 };
    expect(parse('message_edit', edited)).toEqual([
      {
        type: 'messageEdited',
        id: 'edit/901/e1',
        chat: { externalChatId: '5550001', kind: 'private' },
        externalId: '901',
        text: 'a & b',
        receivedAt: 1_795_000_050_000,
      },
    ]);
    expect(parse('message_edit', { ...edited, out: 1, from_id: -77 })).toMatchObject([{ type: 'messageEdited', externalId: '901' }]);
  });

  test('a reaction is all that somebody says under a message; without a number it was taken back', () => {
    const reacted = { reacted_id: ANNA, peer_id: ANNA, cmid: 44, message_id: 901, reaction_id: 4 };
    expect(parse('message_reaction_event', reacted)).toEqual([
      {
        type: 'reactionChanged',
        id: 'reaction/e1',
        chat: { externalChatId: '5550001', kind: 'private' },
        externalId: '901',
        by: { externalUserId: '5550001', side: 'client' },
        emoji: ['👍'],
        receivedAt: NOW,
      },
    ]);
    const { reaction_id: _, ...takenBack } = reacted;
    expect(parse('message_reaction_event', takenBack)).toMatchObject([{ emoji: [] }]);
    // A number of tomorrow, the community's own side, and a group chat, which counts its messages by itself.
    expect(parse('message_reaction_event', { ...reacted, reaction_id: 99 })).toMatchObject([{ emoji: ['✨'] }]);
    expect(parse('message_reaction_event', { ...reacted, reacted_id: -77 })).toMatchObject([{ by: { side: 'user' } }]);
    expect(parse('message_reaction_event', { reacted_id: ANNA, peer_id: TEAM, cmid: 7, reaction_id: 1 })).toMatchObject([
      { chat: { kind: 'group' }, externalId: `${TEAM}/7`, emoji: ['❤️'] },
    ]);
    expect(parse('message_reaction_event', { peer_id: ANNA })).toBeUndefined();
  });

  test('reading by the client is a receipt, by the community none', () => {
    const read = { from_id: ANNA, peer_id: ANNA, read_message_id: 905, conversation_message_id: 47 };
    expect(parse('message_read', read)).toMatchObject([
      { type: 'receiptCame', status: 'read', externalIds: ['905'], upTo: true, receivedAt: NOW },
    ]);
    expect(parse('message_read', { ...read, from_id: -77 })).toEqual([]);
    expect(parse('message_read', { ...read, peer_id: TEAM, read_message_id: 0 })).toMatchObject([{ externalIds: [`${TEAM}/47`] }]);
  });

  test.each([
    ['message_allow', 'clientUnblocked'],
    ['message_deny', 'clientBlocked'],
  ])('%s: %s', (type, fact) => {
    expect(parse(type, { user_id: ANNA, key: '' })).toEqual([
      { type: fact, id: `${type}/e1`, chat: { externalChatId: '5550001', kind: 'private' }, receivedAt: NOW },
    ]);
  });

  test("a notice of a group chat is nobody's message, and neither are other events of a community", () => {
    expect(parse('message_new', { message: { ...message, peer_id: TEAM, action: { type: 'chat_invite_user', member_id: -77 } } })).toEqual(
      [],
    );
    for (const type of ['message_typing_state', 'wall_post_new', 'group_join', 'like_add']) {
      expect(parse(type, { user_id: 1 })).toEqual([]);
    }
  });

  test.each([
    ['message_new', undefined],
    ['message_new', { message: null }],
    ['message_new', { message: { ...message, date: 'x' } }],
    ['message_new', { message: { ...message, text: 5 } }],
    ['message_new', { message: { ...message, id: 0, conversation_message_id: undefined } }],
    ['message_new', { message: { ...message, attachments: [null] } }],
    ['message_new', { message: { ...message, attachments: [{ type: 'photo', photo: { sizes: [{ url: 'https://a/b', width: 'x' }] } }] } }],
    ['message_event', { user_id: ANNA }],
    ['message_read', { from_id: ANNA, peer_id: ANNA }],
    ['message_deny', {}],
    ['message_teleported', {}],
  ])('what cannot be read is told apart and never throws: %s %j', (type, object) => {
    expect(parse(type, object)).toBeUndefined();
  });
});

describe('attachments of every kind', () => {
  const ids = { id: 5, owner_id: -7 };
  const fileOf = (type: string, fields: object) => factOf({ attachments: [{ type, [type]: fields }] }).message.attachments;

  test('the largest size of a photo, the original where VK shows it', () => {
    const sizes = [
      { type: 's', url: 'https://cdn.example/s.jpg', width: 75, height: 50 },
      { type: 'w', url: 'https://cdn.example/w.jpg', width: 1280, height: 853 },
      { type: 'x', url: 'https://cdn.example/x.jpg', width: 604, height: 403 },
    ];
    const photo = { kind: 'picture', name: 'photo--7_5.jpg', mime: 'image/jpeg' };
    expect(fileOf('photo', { ...ids, sizes })).toEqual([{ ...photo, ref: 'https://cdn.example/w.jpg', widthPx: 1280, heightPx: 853 }]);
    const orig_photo = { type: 'base', url: 'https://cdn.example/o.jpg', width: 4000, height: 3000 };
    expect(fileOf('photo', { ...ids, sizes, orig_photo })[0]).toMatchObject({ ref: 'https://cdn.example/o.jpg', widthPx: 4000 });
    const unknownSides = sizes.map((size) => ({ ...size, width: 0, height: 0 }));
    expect(fileOf('photo', { ...ids, sizes: unknownSides })).toEqual([{ ...photo, ref: 'https://cdn.example/x.jpg' }]);
  });

  test.each([
    [
      'doc',
      { ...ids, title: 'offer', ext: 'pdf', size: 9, url: 'https://vk.com/doc1_2?hash=x' },
      { kind: 'file', name: 'offer.pdf', mime: 'application/pdf', sizeBytes: 9 },
    ],
    ['doc', { ...ids, title: 'Offer.PDF', ext: 'pdf', url: 'https://a/b' }, { kind: 'file', name: 'Offer.PDF' }],
    [
      'audio_message',
      { ...ids, duration: 4, link_ogg: 'https://a/v.ogg', link_mp3: 'https://a/v.mp3' },
      { kind: 'voice', ref: 'https://a/v.ogg', mime: 'audio/ogg', durationSeconds: 4 },
    ],
    ['audio_message', { ...ids, link_mp3: 'https://a/v.mp3' }, { kind: 'voice', mime: 'audio/mpeg' }],
    ['audio', { ...ids, artist: 'A', title: 'B', url: 'https://a/s.mp3' }, { kind: 'audio', name: 'A — B.mp3' }],
    [
      'video',
      { ...ids, files: { mp4_240: 'https://a/2', mp4_1080: 'https://a/10', hls: 'https://a/h' } },
      { kind: 'video', ref: 'https://a/10' },
    ],
    [
      'sticker',
      {
        sticker_id: 9,
        images: [
          { url: 'https://a/512', width: 512, height: 512 },
          { url: 'https://a/64', width: 64, height: 64 },
        ],
      },
      { kind: 'sticker', ref: 'https://a/512', mime: 'image/png' },
    ],
    ['graffiti', { ...ids, url: 'https://a/g.png', width: 10, height: 5 }, { kind: 'picture', widthPx: 10, mime: 'image/png' }],
  ])('%s %j', (type, fields, expected) => {
    expect(fileOf(type, fields)).toEqual([expect.objectContaining(expected)]);
  });

  test.each([
    ['video', { ...ids, title: 'Film' }, 'hello\nFilm\nhttps://vk.com/video-7_5'],
    ['audio', { ...ids, artist: 'A', title: 'B', url: '' }, 'hello\nA — B'],
    ['link', { url: 'https://shop.example/x' }, 'hello\nhttps://shop.example/x'],
    ['wall', { id: 5, to_id: -7 }, 'hello\nhttps://vk.com/wall-7_5'],
    ['market', { ...ids, title: 'Chair' }, 'hello\nChair\nhttps://vk.com/market-7?w=product-7_5'],
  ])('%s without a file becomes a line of the text', (type, fields, text) => {
    expect(factOf({ attachments: [{ type, [type]: fields }] }).message).toMatchObject({ text, attachments: [] });
  });

  test('the preview of an address that stands in the text says nothing twice', () => {
    const attachments = [{ type: 'link', link: { url: 'https://shop.example/x' } }];
    expect(factOf({ text: 'see shop.example/x', attachments }).message.text).toBe('see shop.example/x');
  });

  test.each(['poll', 'gift', 'story', 'call', 'hologram'])('a %s is unsupported, not lost, and what stands beside it arrives', (type) => {
    const doc = { type: 'doc', doc: { ...ids, title: 'a', ext: 'txt', url: 'https://a/b' } };
    const { message: read } = factOf({ attachments: [{ type, [type]: {} }, doc] });
    expect(read).toMatchObject({ text: 'hello', unsupported: type, attachments: [{ name: 'a.txt' }] });
  });

  test('a place, as an object and as older clients write it', () => {
    expect(factOf({ geo: { type: 'point', coordinates: { latitude: 55.75, longitude: 37.61 } } }).message.location).toEqual({
      latitude: 55.75,
      longitude: 37.61,
    });
    expect(factOf({ geo: { coordinates: '55.75 37.61' } }).message.location).toEqual({ latitude: 55.75, longitude: 37.61 });
  });

  test('forwarded messages are quoted with their files', () => {
    const doc = { type: 'doc', doc: { ...ids, title: 'a', ext: 'txt', url: 'https://a/b' } };
    const inner = { ...message, text: 'deep' };
    const { message: read } = factOf({
      text: '',
      fwd_messages: [{ ...message, text: 'two\nlines', attachments: [doc], fwd_messages: [inner] }],
    });
    expect(read.text).toBe('> two\n> lines\n> > deep');
    expect(read.attachments).toHaveLength(1);
  });
});
