import { describe, expect, test } from 'vitest';
import { ask, choose, goto, Line, type MessageItem, say } from './line.ts';
import { PNG } from './png.ts';
import { eventually, sleep, type World } from './world.ts';

const ECHO = { 0: { question: [say('Echo {{message_text}}')] } };

export function telegramTests(world: () => World): void {
  const deliver = (line: Line, body: BodyInit, secret?: string) =>
    world().call('POST', new URL(line.webhookUrl).pathname, undefined, {
      token: null,
      raw: body,
      headers: { 'content-type': 'application/json', ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }) },
    });

  describe.concurrent('Telegram', () => {
    test('a webhook with a wrong or missing secret is refused and does nothing', async () => {
      const line = await Line.connect(world());
      const update = JSON.stringify({
        update_id: 1,
        message: {
          message_id: 1,
          date: 1_795_000_000,
          from: { id: 5, is_bot: false, first_name: 'Eve' },
          chat: { id: 5, type: 'private', first_name: 'Eve' },
          text: 'Hello',
        },
      });
      for (const secret of [undefined, '', 'wrong', 'x'.repeat(64)])
        expect([401, 403]).toContain((await deliver(line, update, secret)).status);
      expect((await line.must<{ items: unknown[] }>('GET', `/api/conversations?channel=${line.channelId}`)).items).toEqual([]);
    });

    test('the webhook answers fast and with an empty body; a redelivered update changes nothing', async () => {
      const line = await Line.connect(world());
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      const { updateId } = await client.write('one');
      await client.got(1);
      for (let times = 0; times < 3; times += 1)
        expect(await world().fake.control.redeliver(updateId, { token: line.token })).toEqual({ status: 200 });
      await client.write('two');
      expect(await client.texts(2)).toEqual(['Echo one', 'Echo two']);
      await client.close();
      await client.talk(({ status }) => status === 'closed');
      // a late duplicate never reopens
      await world().fake.control.redeliver(updateId, { token: line.token });
      await sleep(500);
      expect((await client.talk()).status).toBe('closed');
      expect(await client.sent()).toHaveLength(2);
      expect((await world().fake.control.counters()).answersWithBody).toBe(0);
    });

    test('updates of unknown kinds and garbage are answered 200, and the next message is read', async () => {
      const line = await Line.connect(world());
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      await client.write('one');
      await client.got(1);
      const secret = await secretOf(line);
      for (const body of [
        '',
        'garbage',
        '[]',
        '{}',
        '{"update_id":"x"}',
        '{"update_id":7,"message":{}}',
        '{"update_id":8,"message":{"message_id":"a","chat":null}}',
        '{"update_id":9,"poll":{"id":"1"}}',
        JSON.stringify({ update_id: 10, business_message: { a: 1 } }),
        '\u0000\u0001',
        '{"update_id":11,"callback_query":{}}',
      ])
        expect({ body, status: (await deliver(line, body, secret)).status }).toEqual({ body, status: 200 });
      expect((await deliver(line, Buffer.from([0xff, 0xfe, 0x00]), secret)).status).toBe(200);
      await client.sends({ fields: { dice: { emoji: '🎲', value: 3 } } });
      await client.sends({ fields: { brand_new_kind: { a: 1 } } });
      const messages = await client.messages((items) => items.filter(({ extra }) => extra.unsupported !== undefined).length === 2);
      expect(messages.flatMap(({ extra }) => extra.unsupported ?? [])).toEqual(['dice', 'brand_new_kind']);
      await client.write('two');
      await eventually(
        () => client.sent(),
        (sent) => sent.some(({ text }) => text === 'Echo two'),
      );
    });

    test('NUL and lone surrogates are taken as text, and the conversation goes on', async () => {
      const line = await Line.connect(world());
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      await client.write('bad \u0000 nul');
      await client.write('bad \ud800 surrogate');
      await client.write('fine');
      await eventually(
        () => client.sent(),
        (sent) => sent.some(({ text }) => text === 'Echo fine'),
      );
      const texts = (await client.messages((items) => items.filter(({ direction }) => direction === 'in').length === 3))
        .filter(({ direction }) => direction === 'in')
        .map(({ text }) => text);
      expect(texts.join('')).not.toContain('\u0000');
    });

    test('messages that arrive out of order or at once keep the messenger’s order', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      const now = Math.floor(Date.now() / 1000);
      for (let index = 1; index <= 12; index += 1) await client.write(`m${index}`, { date: now });
      const messages = await client.messages((items) => items.length === 12);
      expect(messages.map(({ text }) => text)).toEqual(Array.from({ length: 12 }, (_, index) => `m${index + 1}`));
    });

    test('polling receives, answers, and switches to webhook and back without losing a message', async () => {
      const line = await Line.connect(world(), { receive: 'polling' });
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      await client.write('polled');
      expect(await client.texts(1, 20_000)).toEqual(['Echo polled']);
      const switched = await line.call('PATCH', `/api/channels/${line.channelId}`, { receive: 'webhook' });
      expect(switched, switched.text).toMatchObject({ status: 200, body: { receive: 'webhook' } });
      await client.write('hooked');
      expect(await client.texts(2)).toEqual(['Echo polled', 'Echo hooked']);
      expect((await line.call('PATCH', `/api/channels/${line.channelId}`, { receive: 'polling' })).status).toBe(200);
      await client.write('polled again');
      expect(await client.texts(3, 20_000)).toEqual(['Echo polled', 'Echo hooked', 'Echo polled again']);
    });

    test('media of every kind are copied and can be read at our own address without a token', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      const content = PNG.toString('base64');
      await client.sends({ photo: { content } });
      await client.sends({
        document: { content: Buffer.from('offer').toString('base64'), name: 'offer.txt', mime: 'text/plain' },
        caption: 'here',
      });
      await client.sends({ video: {} });
      await client.sends({ voice: { durationSeconds: 4 } });
      await client.sends({ video_note: {} });
      await client.sends({ audio: {} });
      await client.sends({ animation: {} });
      await client.sends({ sticker: {} });
      await client.sends({ contact: { phone: '+79990000002', own: true } });
      await client.sends({ location: { latitude: 55.75, longitude: 37.61 } });
      await client.sends({ venue: { latitude: 55.75, longitude: 37.61, title: 'Shop', address: 'Street 1' } });
      const messages = await client.messages(
        (items) => items.length === 11 && items.flatMap(({ attachments }) => attachments).every(({ copy }) => copy === 'stored'),
      );
      const kinds = messages.map(
        (message) => message.attachments[0]?.kind ?? Object.keys(message.extra).find((key) => key === 'contact' || key === 'location'),
      );
      expect(kinds).toEqual(['picture', 'file', 'video', 'voice', 'video', 'audio', 'video', 'sticker', 'contact', 'location', 'location']);
      for (const { attachments } of messages)
        for (const { url } of attachments) {
          expect(url).toContain(world().url.replace('127.0.0.1', '').slice(0, 7));
          expect(url).not.toContain(line.token.split(':')[1]!);
          const file = await fetch(url!);
          expect({ url, status: file.status }).toEqual({ url, status: 200 });
          expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(0);
        }
      const photo = await fetch(messages[0]!.attachments[0]!.url!);
      expect(Buffer.from(await photo.arrayBuffer()).equals(PNG)).toBe(true);
      expect(photo.headers.get('content-type')).toBe('image/png');
      expect(messages[1]).toMatchObject({ text: 'here', attachments: [{ name: 'offer.txt' }] });
      // an address that was changed shows nothing
      const { url } = messages[0]!.attachments[0]!;
      expect((await fetch(url!.replace(/\/files\/./, (start) => `${start.slice(0, -1)}${start.endsWith('A') ? 'B' : 'A'}`))).status).toBe(
        404,
      );
      const talk = await client.talk();
      expect(await line.must('GET', `/api/v4/contacts/${talk.contact.id}`)).toMatchObject({
        custom_fields_values: [{ field_code: 'PHONE', values: [{ value: expect.stringContaining('79990000002') }] }],
      });
    });

    test('a file whose download fails at first is copied later', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await world().fake.control.refuse(2, 502, 'Bad Gateway', { method: 'download', token: line.token });
      await client.sends({ photo: {} });
      const [message] = await client.messages((items) => items[0]?.attachments[0]?.copy === 'stored');
      expect((await fetch(message!.attachments[0]!.url!)).status).toBe(200);
    });

    test('an album is one message with all its items; later items join it', async () => {
      const line = await Line.connect(world());
      await line.bot(
        {
          0: { question: [ask('Send it', ['Skip'])], answer: choose({ Skip: [goto(1)], else: [goto(1)] }) },
          1: { question: [say('Got <{{message_text}}>')] },
        },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      const began = performance.now();
      await client.sends({ album: [{ photo: {} }, { photo: {} }, { video: {} }], caption: 'three' });
      const [, answer] = await client.got(2);
      expect(performance.now() - began).toBeGreaterThan(1500);
      expect(answer!.text).toBe('Got <three>');
      await sleep(500);
      expect(await client.sent()).toHaveLength(2);
      const albums = (await client.messages()).filter(({ attachments }) => attachments.length > 0);
      expect(albums).toHaveLength(1);
      expect(albums[0]).toMatchObject({ text: 'three', attachments: [{ kind: 'picture' }, { kind: 'picture' }, { kind: 'video' }] });
      const talk = await client.talk();
      const v4 = await line.must<{ _embedded: { messages: { type: string; attachments: unknown[] }[] } }>(
        'GET',
        `/api/v4/talks/${talk.number}/messages`,
      );
      expect(v4._embedded.messages.filter(({ attachments }) => attachments.length === 3)).toHaveLength(1);
      const incoming = (await client.events()).filter(({ type }) => type === 'incoming_chat_message');
      expect(incoming).toHaveLength(2);
    });

    test('an item of an album that comes late still joins its message', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      const photo = (name: string) => [{ file_id: name, file_unique_id: name, width: 1, height: 1, file_size: 10 }];
      const item = (name: string) => client.sends({ fields: { media_group_id: `late-${line.channelId}`, photo: photo(name) } });
      await item('one');
      await client.messages((items) => items.length === 1);
      await sleep(3000);
      await item('two');
      const [album, ...others] = await client.messages((items) => items.some(({ attachments }) => attachments.length === 2));
      expect(others).toEqual([]);
      // Telegram does not have these files: said on the card, never an endless try
      await client.messages((items) => items[0]!.attachments.every(({ copy, copyWords }) => copy === 'failed' && copyWords !== ''));
      expect(album!.attachments.map(({ kind }) => kind)).toEqual(['picture', 'picture']);
    });

    test('an edited message keeps both texts and is not answered again', async () => {
      const line = await Line.connect(world());
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const client = line.client();
      const { messageId } = await client.write('first words');
      await client.got(1);
      await client.edit(messageId, 'better words');
      const [message] = await client.messages((items) => items[0]?.previousText != null);
      expect(message).toMatchObject({ text: 'better words', previousText: 'first words' });
      await sleep(400);
      expect(await client.sent()).toHaveLength(1);
    });

    test('a group is stored and never numbered', async () => {
      const line = await Line.connect(world());
      await line.bot(ECHO, { on: 'message_received', settings: { joinSeconds: 0 } });
      const groupId = -Math.floor(1_000_000 + Math.random() * 1_000_000_000);
      await world().fake.control.clientWrites(groupId, 'hello all', { token: line.token, fromId: 77 });
      await world().fake.control.waitUntilTaken();
      await sleep(800);
      expect(await world().fake.control.sentTo(groupId, { token: line.token })).toEqual([]);
      expect((await line.must<{ items: unknown[] }>('GET', `/api/conversations?channel=${line.channelId}`)).items).toEqual([]);
    });

    test('one write with many files goes out as one message: album, document, and the text once', async () => {
      const line = await Line.connect(world());
      const client = line.client();
      await client.write('Hello');
      const talk = await client.talk();
      const form = new FormData();
      form.append('text', 'Two pictures and a paper');
      for (const name of ['a.png', 'b.png']) form.append('files', new Blob([PNG], { type: 'image/png' }), name);
      form.append('files', new Blob(['paper'], { type: 'text/plain' }), 'paper.txt');
      const headers = { 'Idempotency-Key': `files-${line.channelId}` };
      const written = await world().call<MessageItem>('POST', `/api/conversations/${talk.number}/messages`, undefined, {
        raw: form,
        headers,
      });
      expect(written.status, written.text).toBe(201);
      expect(written.body.attachments).toHaveLength(3);
      const sent = await client.got(3);
      expect(sent.filter(({ kind }) => kind === 'photo')).toHaveLength(2);
      expect(new Set(sent.filter(({ kind }) => kind === 'photo').map(({ albumId }) => albumId)).size).toBe(1);
      expect(sent.filter(({ kind }) => kind === 'document').map(({ file }) => file?.name)).toEqual(['paper.txt']);
      expect(sent.filter(({ text }) => text === 'Two pictures and a paper')).toHaveLength(1);
      const again = new FormData();
      again.append('text', 'Two pictures and a paper');
      for (const name of ['a.png', 'b.png']) again.append('files', new Blob([PNG], { type: 'image/png' }), name);
      again.append('files', new Blob(['paper'], { type: 'text/plain' }), 'paper.txt');
      const repeated = await world().call<MessageItem>('POST', `/api/conversations/${talk.number}/messages`, undefined, {
        raw: again,
        headers,
      });
      expect(repeated.body.id).toBe(written.body.id);
      await sleep(300);
      expect((await client.messages()).filter(({ direction }) => direction === 'out')).toHaveLength(1);
    });
  });
}

/** The secret as Telegram knows it: taken from the webhook that was set there. */
async function secretOf(line: Line): Promise<string> {
  return line.world.fake.control.webhookSecret({ token: line.token });
}
