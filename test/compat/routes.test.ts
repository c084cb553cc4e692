import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CompatWorld, createCompatWorld, START } from './world.ts';

let world: CompatWorld;
beforeAll(async () => {
  world = await createCompatWorld();
});
afterAll(() => world.end());
beforeEach(() => {
  world.orders.length = 0;
  world.starts.length = 0;
  world.stops.length = 0;
  world.changes.length = 0;
});

const second = START / 1000;

describe('talks', () => {
  test('one talk has the published fields in seconds', async () => {
    const { mine } = world;
    const { status, type, json } = await world.call('/api/v4/talks/2');
    expect([status, type]).toEqual([200, 'application/hal+json']);
    expect(json).toMatchObject({
      talk_id: 2,
      created_at: second + 2,
      updated_at: second + 2,
      rate: 0,
      contact_id: mine.contact,
      chat_id: mine.chat,
      entity_id: mine.lead,
      entity_type: 'lead',
      status: 'in_work',
      is_in_work: true,
      is_read: false,
      origin: 'telegram',
      source_id: mine.channel,
      missed_at: null,
      account_id: mine.id,
      _links: { self: { href: 'https://crm.test/api/v4/talks/2' } },
      _embedded: { contacts: [{ id: mine.contact }], leads: [{ id: mine.lead }], customers: [] },
    });
  });

  test('the list pages, filters and answers 204 without a body when nothing is left', async () => {
    const { mine } = world;
    const numbers = async (query: string) => {
      const { status, json, text } = await world.call(`/api/v4/talks?${query}`);
      if (status === 204) return text;
      return json._embedded.talks.map((talk: { talk_id: number }) => talk.talk_id);
    };
    expect(await numbers('')).toEqual([3, 2, 1]);
    expect(await numbers('filter[only_in_work]=1')).toEqual([3, 2]);
    expect(await numbers(`filter[contact_id]=${mine.contact}`)).toEqual([2, 1]);
    expect(await numbers('filter[talk_id][]=1&filter[talk_id][]=3')).toEqual([3, 1]);
    expect(await numbers(`filter[entity_id]=${mine.lead}&filter[entity_type]=lead`)).toEqual([2]);
    expect(await numbers('filter[talk_id]=999')).toBe('');
    expect(await numbers('page=2&limit=3')).toBe('');

    const { json } = await world.call('/api/v4/talks?page=2&limit=1');
    expect(json).toMatchObject({
      _page: 2,
      _links: {
        self: { href: 'https://crm.test/api/v4/talks?page=2&limit=1' },
        next: { href: 'https://crm.test/api/v4/talks?page=3&limit=1' },
        prev: { href: 'https://crm.test/api/v4/talks?page=1&limit=1' },
      },
    });
    expect((await world.call('/api/v4/talks?limit=3')).json._links.next).toBeUndefined();
  });

  test('wrong parameters are all named in validation-errors', async () => {
    const { status, type, json } = await world.call('/api/v4/talks?limit=251&page=0&filter[talk_id]=x');
    expect([status, type]).toEqual([400, 'application/problem+json']);
    expect(json).toMatchObject({ title: 'Bad Request', status: 400, detail: 'Request validation failed' });
    const [{ request_id, errors }] = json['validation-errors'];
    expect(request_id).toBe('0');
    expect(errors.map(({ code, path }: { code: string; path: string }) => [code, path])).toEqual([
      ['TooLow', 'page'],
      ['TooHigh', 'limit'],
      ['InvalidType', 'filter[talk_id]'],
    ]);
    expect((await world.call('/api/v4/talks?filter[entity_id]=5')).status).toBe(400);
  });

  test('messages carry direction, author, state and every file of an album with a link without a token', async () => {
    const { mine } = world;
    const { json } = await world.call('/api/v4/talks/2/messages');
    const [text, album, bot, refused, location] = json._embedded.messages;
    expect(text).toMatchObject({
      type: 'incoming',
      message_type: 'text',
      text: 'Hi',
      author: { type: 'external', name: 'Ann Lee' },
      delivery_status: 'delivered',
      attachment: null,
      attachments: [],
      created_at: second + 1,
    });
    expect(album).toMatchObject({ message_type: 'picture', attachment: { type: 'picture', file_name: '0.png' } });
    expect(album!.attachments.map((file: { link: string }) => file.link)[0]).toBe(`https://crm.test/files/${mine.id}/${mine.file}`);
    expect(album!.attachments).toHaveLength(2);
    expect(bot).toMatchObject({ type: 'outgoing', author: { type: 'bot', name: 'Greeter' }, delivery_status: 'delivered' });
    expect(refused).toMatchObject({
      author: { type: 'internal', user_id: mine.admin },
      delivery_status: 'error',
      delivery_error: 'chat not found',
    });
    expect(location!.message_type).toBe('location');
  });

  test('messages are narrowed by whole seconds and paged', async () => {
    const texts = async (query: string) => {
      const reply = await world.call(`/api/v4/talks/2/messages?${query}`);
      return reply.status === 204 ? [] : reply.json._embedded.messages.map((message: { text: string }) => message.text);
    };
    expect(await texts(`filter[created_at][from]=${second + 2}&filter[created_at][to]=${second + 3}`)).toEqual(['Two pictures', 'Hello!']);
    expect(await texts('limit=1&page=2')).toEqual(['Two pictures']);
    expect(await texts(`filter[created_at][from]=${second + 600}`)).toEqual([]);
  });

  test('close orders the close and answers 202 without a body; a closed talk is left alone', async () => {
    const { mine } = world;
    const closed = await world.call('/api/v4/talks/2/close', { method: 'POST', body: { force_close: true }, key: 'once' });
    expect([closed.status, closed.text]).toEqual([202, '']);
    expect(world.orders).toEqual([
      {
        key: { accountId: mine.id, channelId: mine.channel, externalChatId: 'chat-mine' },
        id: 'once',
        order: { type: 'close', by: mine.admin, force: true },
      },
    ]);
    expect((await world.call('/api/v4/talks/2/close', { method: 'POST' })).status).toBe(202);
    expect(world.orders[1]?.order).toMatchObject({ force: false });

    expect((await world.call('/api/v4/talks/1/close', { method: 'POST' })).status).toBe(202);
    expect(world.orders).toHaveLength(2);
    const wrong = await world.call('/api/v4/talks/2/close', { method: 'POST', body: { force_close: 'yes' } });
    expect([wrong.status, wrong.json['validation-errors'][0].errors[0].path]).toEqual([422, 'force_close']);
    expect((await world.call('/api/v4/talks/2/close', { method: 'POST', body: '{' })).status).toBe(400);
    expect((await world.call('/api/v4/talks/99/close', { method: 'POST' })).status).toBe(404);
    expect(world.orders).toHaveLength(2);
  });

  test('send_message answers the message id, 422 for a closed talk and 400 without a text', async () => {
    const sent = await world.call('/api/v4/talks/2/send_message', { method: 'POST', body: { text: 'Hello' } });
    expect([sent.status, sent.json]).toEqual([202, { id: '0b5e6d3a-1111-4222-8333-abcdefabcdef' }]);
    expect(world.orders[0]?.order).toMatchObject({ type: 'write', text: 'Hello', fileIds: [] });
    expect((await world.call('/api/v4/talks/1/send_message', { method: 'POST', body: { text: 'Hello' } })).status).toBe(422);
    expect(
      (await world.call('/api/v4/talks/2/send_message', { method: 'POST', body: {} })).json['validation-errors'][0].errors[0].path,
    ).toBe('text');
    expect((await world.call('/api/v4/talks/2/send_message', { method: 'POST', body: { text: ' ' } })).status).toBe(400);
  });
});

describe('contacts and leads', () => {
  test('a contact shows its names, phone and e-mail', async () => {
    const { mine } = world;
    const { json } = await world.call(`/api/v4/contacts/${mine.contact}?with=leads`);
    expect(json).toMatchObject({
      id: mine.contact,
      name: 'Ann Lee',
      first_name: 'Ann',
      last_name: 'Lee',
      responsible_user_id: mine.manager,
    });
    expect(json.custom_fields_values).toMatchObject([
      { field_code: 'PHONE', values: [{ value: '+79990000000', enum_code: 'WORK' }] },
      { field_code: 'EMAIL', values: [{ value: 'ann@example.test', enum_code: 'WORK' }] },
    ]);
    expect(json._embedded).toMatchObject({ tags: [], leads: [{ id: mine.lead }] });
    expect((await world.call(`/api/v4/contacts/${mine.foreignContact}`)).json.custom_fields_values).toBeNull();
  });

  test('a lead shows price, stage and tags, and its contacts where asked', async () => {
    const { mine } = world;
    const { json } = await world.call(`/api/v4/leads/${mine.lead}?with=contacts`);
    expect(json).toMatchObject({
      id: mine.lead,
      name: 'Deal',
      price: 1500,
      status_id: 10,
      pipeline_id: mine.pipeline,
      created_at: second,
      closed_at: null,
    });
    expect(json._embedded).toMatchObject({ tags: [{ name: 'hot' }], contacts: [{ id: mine.contact, is_main: true }] });
    expect((await world.call(`/api/v4/leads/${mine.lead}`)).json._embedded.contacts).toBeUndefined();
  });

  test('leads are filtered and ordered', async () => {
    const { mine } = world;
    const names = async (query: string) => {
      const reply = await world.call(`/api/v4/leads?${query}`);
      return reply.status === 204 ? [] : reply.json._embedded.leads.map((lead: { name: string }) => lead.name);
    };
    expect(await names('')).toEqual(['Deal', 'Won deal']);
    expect(await names('order[updated_at]=desc')).toEqual(['Won deal', 'Deal']);
    expect(await names(`filter[statuses][0][pipeline_id]=${mine.pipeline}&filter[statuses][0][status_id]=142`)).toEqual(['Won deal']);
    expect(await names(`filter[responsible_user_id][]=${mine.manager}`)).toEqual(['Deal']);
    expect(await names(`filter[id]=${mine.lead}`)).toEqual(['Deal']);
    expect(await names(`filter[updated_at][from]=${second + 30}`)).toEqual(['Won deal']);
    expect(await names('query=won')).toEqual(['Won deal']);
    expect(await names('query=ann')).toEqual(['Deal']);
    expect(await names('query=%25')).toEqual([]);
    expect((await world.call('/api/v4/leads?order[updated_at]=up')).status).toBe(400);
  });

  test('leads are changed one by one and in a batch that is checked whole first', async () => {
    const { mine } = world;
    const one = await world.call(`/api/v4/leads/${mine.lead}`, {
      method: 'PATCH',
      body: { status_id: 142, pipeline_id: mine.pipeline, price: 7, _embedded: { tags: [{ name: 'vip' }] } },
    });
    expect([one.status, one.json.id, one.json.updated_at]).toEqual([200, mine.lead, second + 5]);
    expect(world.changes).toEqual([{ leadId: mine.lead, change: { stageId: 142, pipelineId: mine.pipeline, price: 7, tags: ['vip'] } }]);
    const batch = await world.call('/api/v4/leads', { method: 'PATCH', body: [{ id: mine.lead, name: 'A' }] });
    expect(batch.json._embedded.leads).toMatchObject([{ id: mine.lead }]);
    const wrong = await world.call('/api/v4/leads', {
      method: 'PATCH',
      body: [{ id: mine.lead, name: 'B' }, { id: mine.lead, price: -1 }, {}],
    });
    expect(wrong.status).toBe(400);
    expect(wrong.json['validation-errors'].map((entry: { request_id: string }) => entry.request_id)).toEqual(['1', '2']);
    expect(world.changes).toHaveLength(2);
  });
});

describe('bots', () => {
  test('bots are listed as items with their kind', async () => {
    const { json } = await world.call('/api/v4/bots');
    expect(json._embedded.items).toMatchObject([{ name: 'Greeter', type_functionality: 'regular', settings: { active: true } }]);
    expect((await world.call('/api/v4/bots?filter[type_functionality][]=nps')).status).toBe(204);
    expect((await world.call(`/api/v4/bots/${world.mine.bot}`)).json.id).toBe(world.mine.bot);
  });

  test('a run is accepted with the text Accepted and started once per idempotency key', async () => {
    const { mine } = world;
    const body = { entity_id: mine.lead, entity_type: 'leads' };
    const reply = await world.call(`/api/v4/bots/${mine.bot}/run`, { method: 'POST', body, key: 'k1' });
    expect([reply.status, reply.text]).toEqual([202, 'Accepted']);
    expect(world.starts).toEqual([{ accountId: mine.id, botId: mine.bot, leadId: mine.lead, by: mine.admin, startKey: 'api/k1/0' }]);
    await world.call(`/api/v4/bots/${mine.bot}/run`, { method: 'POST', body: { entity_id: mine.contact, entity_type: 'contacts' } });
    expect(world.starts[1]).toMatchObject({ contactId: mine.contact });
  });

  test('a batch starts all or nothing, in both spellings', async () => {
    const { mine } = world;
    const order = { bot_id: mine.bot, entity_id: mine.lead, entity_type: 'leads' };
    expect((await world.call('/api/v4/bots/run', { method: 'POST', body: [order, order] })).status).toBe(202);
    expect(world.starts).toHaveLength(2);
    expect((await world.call('/api/v4/bots/run', { method: 'POST', body: [order, { ...order, entity_id: 987_654 }] })).status).toBe(404);
    expect((await world.call('/api/v4/bots/run', { method: 'POST', body: Array(101).fill(order) })).status).toBe(400);
    expect(world.starts).toHaveLength(2);
    const old = await world.call('/api/v2/salesbot/run', {
      method: 'POST',
      body: [
        { ...order, entity_type: 2 },
        { ...order, entity_id: mine.contact, entity_type: '1' },
      ],
    });
    expect([old.status, old.json]).toEqual([202, { success: true }]);
    expect(world.starts.slice(2)).toMatchObject([{ leadId: mine.lead }, { contactId: mine.contact }]);
  });

  test('wrong fields of a run are named with the vendor codes', async () => {
    const { mine } = world;
    const { status, json } = await world.call(`/api/v4/bots/${mine.bot}/run`, {
      method: 'POST',
      body: { entity_id: 0, entity_type: 'companies' },
    });
    expect(status).toBe(400);
    expect(json['validation-errors'][0].errors.map(({ code, path }: { code: string; path: string }) => [code, path])).toEqual([
      ['TooLow', 'entity_id'],
      ['NotSupportedChoice', 'entity_type'],
    ]);
    const missing = await world.call(`/api/v4/bots/${mine.bot}/run`, { method: 'POST', body: { entity_id: '5' } });
    expect(missing.json['validation-errors'][0].errors.map(({ code }: { code: string }) => code)).toEqual(['InvalidType', 'FieldMissing']);
  });

  test('stop ends the runs of that bot on the lead', async () => {
    const { mine } = world;
    const stop = (entity_type: string) =>
      world.call(`/api/v4/bots/${mine.bot}/stop`, { method: 'POST', body: { entity_id: mine.lead, entity_type } });
    expect((await stop('leads')).status).toBe(202);
    expect(world.stops).toEqual([mine.runOnLead]);
    expect((await stop('contacts')).status).toBe(400);
  });
});

describe('events', () => {
  const types = async (query: string) => {
    const reply = await world.call(`/api/v4/events?${query}`);
    return reply.status === 204 ? [] : reply.json._embedded.events.map((event: { type: string }) => event.type);
  };

  test('events come newest first with a text id, and author 0 for everybody but users', async () => {
    const { mine } = world;
    const { json } = await world.call('/api/v4/events');
    const [closed, rated] = json._embedded.events;
    expect(closed).toMatchObject({
      type: 'talk_closed',
      entity_type: 'talk',
      entity_id: 3,
      created_by: mine.admin,
      created_at: second + 4,
      value_after: [],
      value_before: [],
      account_id: mine.id,
    });
    expect(closed._embedded.entity.id).toBe(3);
    expect(typeof closed.id).toBe('string');
    expect(rated).toMatchObject({ type: 'nps_rate_added', created_by: 0, value_after: [{ nps: { rate: 9 } }] });
    expect((await world.call(`/api/v4/events/${closed.id}`)).json).toEqual(closed);
    expect((await world.call('/api/v4/events?limit=101')).status).toBe(400);
  });

  test('every filter narrows', async () => {
    const { mine } = world;
    expect(await types('filter[type]=talk_created,talk_closed')).toEqual(['talk_closed', 'talk_created']);
    expect(await types('filter[type][]=talk_closed')).toEqual(['talk_closed']);
    expect(await types(`filter[id]=${mine.firstEvent}`)).toEqual(['talk_created']);
    expect(await types(`filter[created_at]=${second + 4}`)).toEqual(['talk_closed']);
    expect(await types(`filter[created_at][from]=${second + 1}&filter[created_at][to]=${second + 1}`)).toEqual(['incoming_chat_message']);
    expect(await types(`filter[created_by][]=${mine.admin}`)).toEqual(['talk_closed', 'lead_status_changed']);
    expect(await types('filter[created_by]=0')).toEqual(['nps_rate_added', 'incoming_chat_message', 'talk_created']);
    expect(await types(`filter[entity]=lead&filter[entity_id][]=${mine.lead}`)).toEqual(['lead_status_changed', 'incoming_chat_message']);
    expect(await types(`filter[entity]=contact&filter[entity_id]=${mine.contact}`)).toEqual(['incoming_chat_message']);
    expect(await types('filter[entity]=talk&filter[entity_id]=2')).toEqual(['nps_rate_added', 'talk_created']);
    expect(
      await types(
        `filter[value_after][leads_statuses][0][status_id]=142&filter[value_after][leads_statuses][0][pipeline_id]=${mine.pipeline}`,
      ),
    ).toEqual(['lead_status_changed']);
    expect(await types('filter[value_before][leads_statuses][0][status_id]=142')).toEqual([]);
    expect(await types('filter[type]=nps_rate_added&filter[value_after][value]=9')).toEqual(['nps_rate_added']);
    expect((await world.call('/api/v4/events?filter[entity]=robot')).status).toBe(400);
    expect((await world.call('/api/v4/events?filter[entity_id]=5')).status).toBe(400);
    expect(
      (await world.call(`/api/v4/events?${Array.from({ length: 11 }, (_, id) => `filter[created_by][]=${id}`).join('&')}`)).status,
    ).toBe(400);
  });

  test('types are told in the language asked for', async () => {
    const titles = async (code: string) => (await world.call(`/api/v4/events/types?language_code=${code}`)).json._embedded.events_types;
    expect(await titles('ru')).toContainEqual({ key: 'talk_created', type: 119, lang: 'Беседа создана' });
    expect(await titles('en')).toContainEqual({ key: 'talk_closed', type: 120, lang: 'Conversation closed' });
  });
});

test('account and users show their chat ids where asked', async () => {
  const { mine } = world;
  const account = (await world.call('/api/v4/account?with=amojo_id')).json;
  expect(account).toMatchObject({ id: mine.id, name: 'mine', subdomain: 'mine', current_user_id: mine.admin });
  expect(account.amojo_id).toMatch(/^[0-9a-f-]{36}$/);
  expect((await world.call('/api/v4/account')).json.amojo_id).toBeUndefined();
  const users = (await world.call('/api/v4/users')).json._embedded.users;
  expect(users.map((user: { rights: { is_admin: boolean } }) => user.rights.is_admin)).toEqual([true, false, false]);
});
