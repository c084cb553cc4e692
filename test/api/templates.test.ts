/** Approved templates over the API: what is listed, who may ask, what is sent and what is refused with its remedy. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { webchatChannel } from '../../channels/webchat/webchat.ts';
import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import type { ApprovedTemplate } from '../../domain/message/template.ts';
import { orderReady } from '../../domain/message/template-for-tests.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

const HOUR = 3_600_000;
const ready = orderReady();
const values = { 'text.1': 'Анна', 'text.2': '17' };

let approved: ApprovedTemplate[] = [];
let away: ChannelError | undefined;
let asked = 0;
const whatsapp = {
  ...whatsappChannel(),
  templates: async () => {
    asked += 1;
    if (away !== undefined) throw away;
    return approved;
  },
};

let world: World;
let ada: Person;
let eve: Person;
let card: Card;
beforeAll(async () => {
  world = await startWorld([whatsapp, webchatChannel()]);
  [ada, eve] = [await world.makePerson(), await world.makePerson()];
}, 120_000);
afterAll(() => world.stop());

/** A card whose chat is one of WhatsApp, in which the client last wrote so long ago. */
async function cardOf(person: Person, agoMs: number): Promise<Card> {
  const made = await makeCard(world, person, { at: Date.now() - agoMs });
  await world.sql`update channels set type = 'whatsapp', updated_at = ${Date.now() - 60_000} where id = ${made.channelId}`;
  return made;
}
beforeEach(async () => {
  approved = [ready];
  away = undefined;
  card = await cardOf(ada, 30 * HOUR);
  asked = 0;
  world.sent.length = 0;
});

const list = async (who: Person, channelId: number, query = '') => {
  const answer = await world.call(who, 'GET', `/api/channels/${channelId}/templates${query}`);
  return { status: answer.status, body: (await answer.json()) as { items: ApprovedTemplate[]; words: string; fetchedAt: number | null } };
};
const write = async (path: string, body: unknown, who = ada) => {
  const answer = await world.call(who, 'POST', path, body);
  return { status: answer.status, body: (await answer.json()) as { code: string; detail: string; fields?: { field: string }[] } };
};
const inTalk = () => `/api/conversations/${card.number}/messages`;

describe('the list', () => {
  test('is asked of the messenger once, then kept; asked for anew it is not asked more than once in some seconds', async () => {
    expect((await list(ada, card.channelId)).body.items).toEqual([ready]);
    approved = [];
    expect((await list(ada, card.channelId)).body.items).toEqual([ready]);
    expect((await list(ada, card.channelId, '?fresh=true')).body.items).toEqual([ready]);
    expect(asked).toBe(1);
    await world.sql`update channel_templates set fetched_at = ${Date.now() - 11_000} where channel_id = ${card.channelId}`;
    expect((await list(ada, card.channelId)).body.items).toEqual([ready]);
    expect((await list(ada, card.channelId, '?fresh=true')).body.items).toEqual([]);
    expect(asked).toBe(2);
  });

  test('stays what it was while the messenger is away, and says so', async () => {
    await list(ada, card.channelId);
    await world.sql`update channel_templates set fetched_at = ${Date.now() - HOUR / 2} where channel_id = ${card.channelId}`;
    await world.sql`update channels set updated_at = ${Date.now() - HOUR} where id = ${card.channelId}`;
    away = new ChannelError('unavailable', { code: 'x', words: 'WhatsApp could not be reached' });
    expect((await list(ada, card.channelId)).body).toMatchObject({ items: [ready], words: 'WhatsApp could not be reached' });
  });

  test('is asked for anew when the channel was connected anew', async () => {
    await list(ada, card.channelId);
    approved = [];
    await world.sql`update channels set updated_at = ${Date.now() + 1} where id = ${card.channelId}`;
    expect((await list(ada, card.channelId)).body.items).toEqual([]);
  });

  test('is empty where the messenger has no templates; another account’s channel is not there', async () => {
    const site = await makeCard(world, ada);
    expect(await list(ada, site.channelId)).toMatchObject({ status: 200, body: { items: [], words: '', fetchedAt: null } });
    expect((await list(eve, card.channelId)).status).toBe(404);
  });
});

describe('writing when the window has closed', () => {
  test('a text is refused with the remedy, and no order is made of it', async () => {
    const refused = await write(inTalk(), { text: 'Ready' });
    expect(refused).toMatchObject({ status: 422, body: { code: 'window_closed', detail: expect.stringContaining('template') } });
    expect((await write(`/api/chats/${card.chatId}/messages`, { text: 'Ready' })).body.code).toBe('window_closed');
    expect(world.sent).toEqual([]);
  });

  test('a template becomes an order with all that the client will read, by conversation and by chat', async () => {
    const template = { name: 'order_ready', language: 'ru', values };
    for (const path of [inTalk(), `/api/chats/${card.chatId}/messages`]) await write(path, { template });
    const order = {
      type: 'write',
      text: 'Анна, заказ 17 готов',
      fileIds: [],
      buttons: [{ type: 'reply', label: 'Заберу' }],
      template: { name: 'order_ready', language: 'ru', variables: ['Анна', '17'], answers: [0] },
    };
    expect(world.sent.map(({ order }) => order)).toMatchObject([order, order]);
  });

  test('in a form too', async () => {
    const form = new FormData();
    form.set('template', JSON.stringify({ name: 'order_ready', language: 'ru', values }));
    await write(inTalk(), form);
    expect(world.sent).toMatchObject([{ order: { template: { variables: ['Анна', '17'] } } }]);
    form.set('template', '{');
    expect(await write(inTalk(), form)).toMatchObject({ status: 422, body: { fields: [{ field: 'template' }] } });
  });

  test('a template approved a moment ago is found', async () => {
    approved = [];
    await list(ada, card.channelId);
    await world.sql`update channel_templates set fetched_at = ${Date.now() - 6_000} where channel_id = ${card.channelId}`;
    approved = [ready];
    await write(inTalk(), { template: { name: 'order_ready', language: 'ru', values } });
    expect(world.sent).toHaveLength(1);
  });

  test.each<[string, unknown, string]>([
    ['an unknown name', { template: { name: 'other', language: 'ru' } }, 'template.name'],
    ['another language', { template: { name: 'order_ready', language: 'en', values } }, 'template.name'],
    [
      'a value that is missing',
      { template: { name: 'order_ready', language: 'ru', values: { 'text.1': 'Анна' } } },
      'template.values.text.2',
    ],
    ['a value without a place', { template: { name: 'order_ready', language: 'ru', values: { ...values, x: '1' } } }, 'template.values.x'],
    ['text beside it', { text: 'x', template: { name: 'order_ready', language: 'ru', values } }, 'text'],
    [
      'buttons beside it',
      { buttons: [{ type: 'reply', label: 'x' }], template: { name: 'order_ready', language: 'ru', values } },
      'buttons',
    ],
  ])('%s is refused by its field', async (_name, body, field) => {
    expect(await write(inTalk(), body)).toMatchObject({ status: 422, body: { fields: [{ field }] } });
    expect(world.sent).toEqual([]);
  });

  test('while nobody knows the templates, the messenger’s words say why', async () => {
    away = new ChannelError('refused', { code: 'x', words: 'connect the channel again' });
    const refused = await write(inTalk(), { template: { name: 'order_ready', language: 'ru', values } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'channel_refused', detail: 'connect the channel again' } });
  });
});

test('inside the window text goes, with buttons; where there are no templates one is refused', async () => {
  const fresh = await cardOf(ada, HOUR);
  await write(`/api/conversations/${fresh.number}/messages`, { text: 'Ready', buttons: [{ type: 'reply', label: 'Yes' }] });
  expect(world.sent).toMatchObject([{ order: { text: 'Ready', buttons: [{ type: 'reply', label: 'Yes' }] } }]);
  const site = await makeCard(world, ada);
  const refused = await write(`/api/conversations/${site.number}/messages`, { template: { name: 'a', language: 'ru' } });
  expect(refused).toMatchObject({ status: 422, body: { fields: [{ field: 'template' }] } });
});

describe('writing first by a phone', () => {
  let channelId: number;
  beforeEach(async () => {
    const other = await cardOf(ada, HOUR);
    channelId = other.channelId;
    const [phone] =
      await world.sql`select id from custom_fields where account_id = ${ada.accountId} and entity = 'contact' and code = 'PHONE'`;
    await world.sql`update contacts set fields = ${{ [phone!.id]: [{ value: '8 900 000-00-00', code: 'WORK' }] } as never} where id = ${card.contactId}`;
  });
  const chats = () => world.sql`select external_chat_id from chats where channel_id = ${channelId} and contact_id = ${card.contactId}`;

  test('is done with a template; a text begins no chat', async () => {
    const path = `/api/contacts/${card.contactId}/messages`;
    expect((await write(path, { channel: channelId, text: 'May we help?' })).body.code).toBe('window_closed');
    expect((await write(path, { channel: channelId, template: { name: 'order_ready', language: 'ru' } })).status).toBe(422);
    expect(await chats()).toEqual([]);
    await write(path, { channel: channelId, template: { name: 'order_ready', language: 'ru', values } });
    expect(await chats()).toEqual([{ external_chat_id: '+79000000000' }]);
    expect(world.sent).toMatchObject([{ to: { channelId, externalChatId: '+79000000000' }, order: { template: { name: 'order_ready' } } }]);
  });

  test('where another contact has the chat of this phone it is said, and nothing is sent', async () => {
    const other = await makeCard(world, ada);
    await world.sql`update chats set channel_id = ${channelId}, external_chat_id = '+79000000000' where id = ${other.chatId}`;
    const template = { name: 'order_ready', language: 'ru', values };
    const refused = await write(`/api/contacts/${card.contactId}/messages`, { channel: channelId, template });
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict', detail: expect.stringContaining('merge') } });
    expect(await chats()).toEqual([]);
    expect(world.sent).toEqual([]);
  });

  test('not in another account’s channel, nor to another account’s contact', async () => {
    const template = { name: 'order_ready', language: 'ru', values };
    const path = `/api/contacts/${card.contactId}/messages`;
    expect((await write(path, { channel: channelId, template }, eve)).status).toBe(404);
    const foreign = await cardOf(eve, HOUR);
    expect((await write(path, { channel: foreign.channelId, template })).status).toBe(422);
    expect(world.sent).toEqual([]);
  });
});
