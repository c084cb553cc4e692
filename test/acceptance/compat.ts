import { describe, expect, test } from 'vitest';
import { act, ask, choose, goto, Line, say } from './line.ts';
import { PNG } from './png.ts';
import { upload } from './system.ts';
import { eventually, type World } from './world.ts';

interface Talk {
  talk_id: number;
  created_at: number;
  updated_at: number;
  rate: number;
  contact_id: number;
  chat_id: string;
  entity_id: number;
  entity_type: string;
  status: string;
  is_in_work: boolean;
  is_read: boolean;
  origin: string;
  missed_at: number | null;
  account_id: number;
  _embedded: { contacts: { id: number }[]; leads: { id: number }[] };
}
interface TalkMessage {
  id: string;
  type: string;
  message_type: string;
  author: { type: string };
  text: string;
  delivery_status: string;
  attachment: { type: string; link: string; file_name: string } | null;
  attachments: { type: string; link: string; file_name: string }[];
  created_at: number;
}
interface CompatEvent {
  id: string;
  type: string;
  entity_id: number;
  entity_type: string;
  created_by: number;
  created_at: number;
  value_after: unknown;
  value_before: unknown;
  account_id: number;
  _embedded: { entity: { id: number } };
}

/** Calls of the amoCRM-shaped API that outside programs make, to the letter. */
export function compatTests(world: () => World): void {
  const account = async () => {
    const { body } = await world().call<{ id: number; token: string; administrator: { id: number } }>('POST', '/api/accounts', {
      name: 'Compat',
    });
    const line = await Line.connect(world(), { apiToken: body.token });
    return { line, accountId: body.id, userId: body.administrator.id };
  };
  const messagesOf = async (line: Line, number: number) =>
    (await line.must<{ _embedded: { messages: TalkMessage[] } }>('GET', `/api/v4/talks/${number}/messages`))._embedded.messages;

  describe.concurrent('the amoCRM-shaped API', () => {
    test('talks: an empty list is 204 without a body; then list, filters, pages and one', async () => {
      const { line, accountId } = await account();
      for (const path of ['/api/v4/talks', '/api/v4/leads', '/api/v4/events', '/api/v4/bots']) {
        const empty = await line.call('GET', path);
        expect({ path, status: empty.status, text: empty.text }).toEqual({ path, status: 204, text: '' });
      }
      const [anna, boris] = [line.client({ name: 'Anna' }), line.client({ name: 'Boris' })];
      await anna.write('Hello');
      await anna.talk();
      await boris.write('Hi');
      await boris.talk();
      const list = await line.must<{ _page: number; _embedded: { talks: Talk[] } }>('GET', '/api/v4/talks');
      expect(list._embedded.talks).toHaveLength(2);
      const one = await line.must<Talk>('GET', '/api/v4/talks/1');
      expect(one).toMatchObject({
        talk_id: 1,
        rate: 0,
        status: 'in_work',
        is_in_work: true,
        is_read: false,
        origin: 'telegram',
        entity_type: 'lead',
        entity_id: expect.any(Number),
        chat_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        missed_at: null,
        account_id: accountId,
        source_id: expect.any(Number),
      });
      expect(one._embedded).toMatchObject({ contacts: [{ id: one.contact_id }], leads: [{ id: one.entity_id }] });
      expect(String(one.created_at)).toHaveLength(10);
      const numbers = async (query: string) => {
        const answer = await line.call<{ _embedded: { talks: Talk[] } }>('GET', `/api/v4/talks?${query}`);
        return answer.status === 204 ? [] : answer.body._embedded.talks.map(({ talk_id }) => talk_id).sort();
      };
      expect(await numbers('filter[talk_id]=2')).toEqual([2]);
      expect(await numbers('filter[talk_id][]=1&filter[talk_id][]=2')).toEqual([1, 2]);
      expect(await numbers(`filter[contact_id]=${one.contact_id}`)).toEqual([1]);
      expect(await numbers(`filter[entity_id]=${one.entity_id}&filter[entity_type]=lead`)).toEqual([1]);
      expect((await numbers('limit=1')).length).toBe(1);
      expect(await numbers('limit=1&page=3')).toEqual([]);
      expect(await line.call('POST', '/api/v4/talks/1/close')).toMatchObject({ status: 202, text: '' });
      await anna.talk(({ status }) => status === 'closed');
      expect(await numbers('filter[only_in_work]=1')).toEqual([2]);
      expect(await line.must('GET', '/api/v4/talks/1')).toMatchObject({ status: 'closed', is_in_work: false, is_read: true });
      expect((await line.call('GET', '/api/v4/talks?limit=251')).status).toBe(400);
      for (const path of [
        '/api/v4/talks/99',
        '/api/v4/talks/x',
        '/api/v4/leads/999999',
        '/api/v4/contacts/999999',
        '/api/v4/bots/999999',
        '/api/v4/nothing',
      ])
        expect(await line.call('GET', path)).toMatchObject({ status: 404, body: { status: 404, title: expect.any(String) } });
    });

    test('close: 202 with an empty body, again too, with and without force_close; a wrong body is 422', async () => {
      const { line } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      const wrong = await line.call('POST', '/api/v4/talks/1/close', { force_close: 'yes' });
      expect(wrong.status).toBe(422);
      expect(wrong.type).toContain('application/problem+json');
      expect(await line.call('POST', '/api/v4/talks/1/close', { force_close: true })).toMatchObject({ status: 202, text: '' });
      expect(await line.call('POST', '/api/v4/talks/1/close', {})).toMatchObject({ status: 202, text: '' });
      await client.talk(({ status }) => status === 'closed');
      expect((await line.call('POST', '/api/v4/talks/99/close')).status).toBe(404);
      const refused = await line.call<{ title: string }>('POST', '/api/v4/talks/1/send_message', { text: 'Hello' });
      expect(refused).toMatchObject({ status: 422, body: { status: 422 } });
      expect(await client.sent()).toEqual([]);
    });

    test('send_message sends a text and answers 202 with its id; messages tell both sides', async () => {
      const { line } = await account();
      const client = line.client({ name: 'Anna' });
      await client.write('Hello');
      await client.talk();
      const sent = await line.call<{ id: string }>('POST', '/api/v4/talks/1/send_message', { text: 'Good day' });
      expect(sent).toMatchObject({ status: 202, body: { id: expect.any(String) } });
      expect(await client.texts(1)).toEqual(['Good day']);
      expect((await line.call('POST', '/api/v4/talks/1/send_message', {})).status).toBe(400);
      expect((await line.call('POST', '/api/v4/talks/1/send_message', { text: '' })).status).toBe(400);
      const picture = await upload(world(), 'x.png', PNG, 'image/png');
      expect((await line.call('POST', '/api/conversations/1/messages', { text: 'x', attachments: [{ id: picture.id }] })).status).toBe(422); // another account's file
      await client.sends({ document: { content: Buffer.from('offer').toString('base64'), name: 'offer.txt', mime: 'text/plain' } });
      await client.messages((items) => items.some(({ attachments }) => attachments[0]?.copy === 'stored'));
      const messages = await messagesOf(line, 1);
      const incoming = messages.find(({ text }) => text === 'Hello');
      expect(incoming).toMatchObject({
        type: 'incoming',
        message_type: 'text',
        author: { type: 'external', name: 'Anna' },
        delivery_status: 'delivered',
        attachments: [],
      });
      expect(messages.find(({ id }) => id === sent.body.id)).toMatchObject({
        type: 'outgoing',
        author: { type: 'internal' },
        text: 'Good day',
        delivery_status: 'sent',
      });
      const file = messages.find(({ message_type }) => message_type === 'file');
      expect(file).toMatchObject({
        type: 'incoming',
        attachment: { type: 'file', file_name: 'offer.txt' },
        attachments: [{ type: 'file', file_name: 'offer.txt' }],
      });
      const link = await fetch(file!.attachments[0]!.link);
      expect(await link.text()).toBe('offer');
      const later = Math.floor(Date.now() / 1000) + 60;
      expect((await line.call('GET', `/api/v4/talks/1/messages?filter[created_at][from]=${later}`)).status).toBe(204);
      await world().fake.control.refuse(1, 400, 'Bad Request: message is odd', { ...client.fault });
      await line.call('POST', '/api/v4/talks/1/send_message', { text: 'Refused' });
      await eventually(
        () => messagesOf(line, 1),
        (items) => items.find(({ text }) => text === 'Refused')?.delivery_status === 'error',
      );
    });

    test('contacts and leads show what the card shows', async () => {
      const { line, userId, accountId } = await account();
      await line.bot(
        {
          0: {
            question: [
              act('set_tag', { type: 2, value: ['vip'] }),
              act('set_custom_fields', { type: 2, custom_field: '{{lead.price}}', value: '1500' }),
              act('change_status', { value: 142 }),
              say('Done'),
            ],
          },
        },
        { on: 'conversation_started' },
      );
      const client = line.client({ name: 'Anna', lastName: 'Petrova' });
      await client.sends({ contact: { phone: '+79990000003', own: true } });
      await client.got(1);
      const talk = await line.must<Talk>('GET', '/api/v4/talks/1');
      const lead = await line.must<{ responsible_user_id: number; pipeline_id: number }>(
        'GET',
        `/api/v4/leads/${talk.entity_id}?with=contacts`,
      );
      expect(lead).toMatchObject({
        id: talk.entity_id,
        price: 1500,
        status_id: 142,
        responsible_user_id: userId,
        account_id: accountId,
        closed_at: expect.any(Number),
        _embedded: { tags: [{ id: expect.any(Number), name: 'vip' }], contacts: [{ id: talk.contact_id, is_main: true }] },
      });
      const contact = await line.must<object>('GET', `/api/v4/contacts/${talk.contact_id}`);
      expect(contact).toMatchObject({
        id: talk.contact_id,
        name: 'Anna Petrova',
        first_name: 'Anna',
        last_name: 'Petrova',
        custom_fields_values: [{ field_code: 'PHONE', values: [{ value: '+79990000003' }] }],
      });
      const list = await line.must<{ _embedded: { leads: { id: number }[] } }>(
        'GET',
        `/api/v4/leads?filter[statuses][0][pipeline_id]=${lead.pipeline_id}&filter[statuses][0][status_id]=142`,
      );
      expect(list._embedded.leads.map(({ id }) => id)).toEqual([talk.entity_id]);
      const patched = await line.call('PATCH', `/api/v4/leads/${talk.entity_id}`, {
        price: 2000,
        name: 'Big one',
        _embedded: { tags: [{ name: 'gold' }] },
      });
      expect(patched.status, patched.text).toBe(200);
      expect(await line.must('GET', `/api/v4/leads/${talk.entity_id}`)).toMatchObject({
        price: 2000,
        name: 'Big one',
        _embedded: { tags: [{ name: 'gold' }] },
      });
      const events = await line.must<{ _embedded: { events: CompatEvent[] } }>(
        'GET',
        `/api/v4/events?filter[type]=lead_status_changed&filter[entity]=lead&filter[entity_id]=${talk.entity_id}`,
      );
      expect(events._embedded.events).toMatchObject([
        { type: 'lead_status_changed', created_by: 0, value_after: [{ lead_status: { id: 142, pipeline_id: lead.pipeline_id } }] },
      ]);
      // a closed lead takes no new conversation: the next one gets a new lead
      await client.close();
      await client.write('Again');
      const next = await eventually(
        () => line.must<Talk>('GET', '/api/v4/talks/1'),
        ({ is_in_work }) => is_in_work,
      );
      expect(next.entity_id).not.toBe(talk.entity_id);
    });

    test('bots run 202 with the text Accepted, one, many and in the old form; stop is a request too', async () => {
      const { line } = await account();
      const bot = await line.bot(
        { 0: { question: [ask('From API', ['Ok'])], answer: choose({ Ok: [goto(1)] }) }, 1: { question: [say('Bye')] } },
        { settings: { whenRunning: 'restart' } },
      );
      const client = line.client();
      await client.write('Hello');
      const talk = await line.must<Talk>('GET', '/api/v4/talks/1').catch(async () => {
        await client.talk();
        return line.must<Talk>('GET', '/api/v4/talks/1');
      });
      const lead = { entity_id: talk.entity_id, entity_type: 'leads' };
      const run = await line.call('POST', `/api/v4/bots/${bot}/run`, lead);
      expect(run).toMatchObject({ status: 202, text: 'Accepted' });
      await client.got(1);
      expect(await line.call('POST', '/api/v4/bots/run', [{ bot_id: bot, ...lead }])).toMatchObject({ status: 202, text: 'Accepted' });
      await client.got(2);
      const old = await line.call('POST', '/api/v2/salesbot/run', [{ bot_id: bot, entity_id: talk.entity_id, entity_type: 2 }]);
      expect(old).toMatchObject({ status: 202, body: { success: true } });
      await client.got(3);
      expect((await line.call('POST', `/api/v4/bots/${bot}/run`, { entity_id: talk.contact_id, entity_type: 'contacts' })).status).toBe(
        202,
      );
      await client.got(4);
      expect((await line.call('POST', `/api/v4/bots/${bot}/stop`, lead)).status).toBe(202);
      await client.runs((runs) => runs.every(({ status }) => status === 'ended'));
      for (const body of [{}, { entity_id: 'x', entity_type: 'leads' }, { entity_id: talk.entity_id, entity_type: 'pigeons' }, []]) {
        const wrong = await line.call<{ 'validation-errors'?: unknown[] }>('POST', `/api/v4/bots/${bot}/run`, body);
        expect(wrong.status).toBe(400);
        expect(wrong.type).toContain('application/problem+json');
      }
      expect((await line.call('POST', `/api/v4/bots/${bot}/run`, { entity_id: 999_999, entity_type: 'leads' })).status).toBe(404);
      expect((await line.call('POST', '/api/v4/bots/999999/run', lead)).status).toBe(404);
      const list = await line.must<{
        _embedded: { items: { id: number; name: string; type_functionality: string; settings: { active: boolean } }[] };
      }>('GET', '/api/v4/bots');
      expect(list._embedded.items).toMatchObject([{ id: bot, type_functionality: 'regular', settings: { active: true } }]);
    });

    test('events: string ids, arrays of values, authors, filters by type and entity', async () => {
      const { line, userId, accountId } = await account();
      const client = line.client();
      await client.write('Hello');
      await client.talk();
      await client.reply('Good day');
      await client.got(1);
      await line.call('POST', '/api/conversations/1/no-reply-needed');
      await client.write('One more');
      await client.messages((items) => items.length === 3);
      await line.call('POST', '/api/conversations/1/no-reply-needed');
      await client.close();
      const events = async (query = '') => {
        const answer = await line.call<{ _embedded: { events: CompatEvent[] } }>('GET', `/api/v4/events${query}`);
        return answer.status === 204 ? [] : answer.body._embedded.events;
      };
      const all = await eventually(
        () => events(),
        (found) => found.some(({ type }) => type === 'talk_closed'),
      );
      for (const event of all) {
        expect(event).toMatchObject({
          id: expect.any(String),
          created_at: expect.any(Number),
          account_id: accountId,
          _embedded: { entity: { id: event.entity_id } },
        });
        expect(Array.isArray(event.value_after) && Array.isArray(event.value_before)).toBe(true);
      }
      const closed = await events('?filter[type]=talk_closed');
      expect(closed).toMatchObject([
        { type: 'talk_closed', entity_type: 'talk', entity_id: 1, created_by: userId, value_after: [], value_before: [] },
      ]);
      expect(await events('?filter[type][]=talk_created&filter[type][]=conversation_answered')).toHaveLength(2);
      const [created] = await events('?filter[type]=talk_created');
      expect(created).toMatchObject({ created_by: 0, entity_type: 'talk', entity_id: 1 });
      const [incoming] = await events('?filter[type]=incoming_chat_message');
      expect(incoming).toMatchObject({ created_by: 0, value_after: [{ message: { id: expect.any(String) } }] });
      const outgoing = await events('?filter[type]=outgoing_chat_message');
      expect(outgoing).toMatchObject([{ created_by: userId, value_after: [{ message: { id: expect.any(String) } }] }]);
      expect(await events(`?filter[created_by]=${userId}`).then((found) => found.every(({ created_by }) => created_by === userId))).toBe(
        true,
      );
      expect(await events('?filter[type]=nps_rate_added')).toEqual([]);
      expect((await line.call('GET', '/api/v4/events?limit=101')).status).toBe(400);
      expect((await line.call('GET', '/api/v4/events?filter[entity]=pigeon')).status).toBe(400);
      expect(await line.must('GET', `/api/v4/events/${created!.id}`)).toMatchObject({ id: created!.id, type: 'talk_created' });
      const types = await line.must<{ _embedded: { events_types: { key: string; type: number }[] } }>(
        'GET',
        '/api/v4/events/types?language_code=en',
      );
      expect(types._embedded.events_types).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ key: 'talk_closed', type: 120 }),
          expect.objectContaining({ key: 'talk_created', type: 119 }),
          expect.objectContaining({ key: 'conversation_answered', type: 135 }),
          expect.objectContaining({ key: 'talk_missed_event', type: 122 }),
        ]),
      );
    });

    test('files: stored once, sent by id, read at their address; a bot sends one too', async () => {
      const w = world();
      const line = await Line.connect(w);
      const stored = await upload(w, 'pixel.png', PNG, 'image/png');
      expect(stored).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), url: expect.stringContaining('/files/') });
      const read = await fetch(stored.url);
      expect(Buffer.from(await read.arrayBuffer()).equals(PNG)).toBe(true);
      expect((await line.must<{ id: string }>('GET', `/api/files/${stored.id}`)).id).toBe(stored.id);
      await line.bot(
        { 0: { question: [say('Look', { attachments: [{ type: 'picture', value: stored.id, is_external: true }] })] } },
        { on: 'conversation_started' },
      );
      const client = line.client();
      await client.write('Hello');
      const [picture] = await client.got(1);
      expect(picture).toMatchObject({ kind: 'photo', text: 'Look' });
      const talk = await client.talk();
      const written = await line.call<{ attachments: { fileId: string }[] }>('POST', `/api/conversations/${talk.number}/messages`, {
        attachments: [{ id: stored.id }],
      });
      expect(written).toMatchObject({ status: 201, body: { attachments: [{ fileId: stored.id }] } });
      expect((await client.got(2))[1]).toMatchObject({ kind: 'photo', text: '' });
      const nothing = await w.call('POST', '/api/files', undefined, { raw: new FormData() });
      expect(nothing.status).toBe(422);
      const empty = new FormData();
      empty.append('file', new Blob([]), 'empty.txt');
      expect((await w.call('POST', '/api/files', undefined, { raw: empty })).status).toBe(422);
    });
  });
}
