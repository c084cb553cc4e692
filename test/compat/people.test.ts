import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CompatWorld, createCompatWorld } from './world.ts';

let world: CompatWorld;
beforeAll(async () => {
  world = await createCompatWorld();
});
afterAll(() => world.end());

describe('contacts', () => {
  const ids = async (query: string) => {
    const { status, json } = await world.call(`/api/v4/contacts?${query}`);
    return status === 204 ? [] : (json._embedded.contacts as { id: number }[]).map(({ id }) => id);
  };

  test('the list pages, filters by id, responsible user and words of name or phone, and answers 204 when nothing is found', async () => {
    const { mine } = world;
    expect(await ids('')).toEqual([mine.contact, mine.foreignContact]);
    expect(await ids('order[id]=desc&limit=1')).toEqual([mine.foreignContact]);
    expect(await ids(`filter[id][]=${mine.contact}`)).toEqual([mine.contact]);
    expect(await ids(`filter[responsible_user_id]=${mine.admin}`)).toEqual([mine.foreignContact]);
    expect(await ids('query=lee')).toEqual([mine.contact]);
    expect(await ids('query=79990000000')).toEqual([mine.contact]);
    expect(await ids('query=%25')).toEqual([]);
    expect((await world.call('/api/v4/contacts?limit=251')).status).toBe(400);
  });

  test('a manager of own contacts gets own ones only', async () => {
    const { mine } = world;
    const { json } = await world.call('/api/v4/contacts', { as: [mine, 'manager'] });
    expect(json._embedded.contacts.map(({ id }: { id: number }) => id)).toEqual([mine.contact]);
  });
});

describe('chats of contacts', () => {
  test('a chat is found by its contact and by its own id; another account’s is not', async () => {
    const { mine, theirs: other } = world;
    const link = { chat_id: mine.chat, contact_id: mine.contact };
    const byContact = await world.call(`/api/v4/contacts/chats?contact_id=${mine.contact}`);
    expect(byContact.json._embedded.chats).toContainEqual(link);
    expect((await world.call(`/api/v4/contacts/chats?chat_id=${mine.chat}`)).json).toMatchObject({
      _total_items: 1,
      _embedded: { chats: [link] },
    });
    expect((await world.call(`/api/v4/contacts/chats?chat_id=${other.chat}`)).status).toBe(204);
    expect((await world.call('/api/v4/contacts/chats')).status).toBe(400);
    expect((await world.call('/api/v4/contacts/chats?chat_id=x')).status).toBe(400);
  });

  test('tied to another contact a chat takes its conversations with it; wrong ids are named, nothing is changed', async () => {
    const { mine, theirs: other } = world;
    const tie = (body: unknown, as?: [typeof mine, 'admin' | 'manager' | 'reader']) =>
      world.call('/api/v4/contacts/chats', { method: 'POST', body, ...(as === undefined ? {} : { as }) });
    const wrong = await tie([
      { contact_id: mine.contact, chat_id: other.chat },
      { contact_id: other.contact, chat_id: mine.chat },
    ]);
    expect(wrong.status).toBe(400);
    expect(wrong.json['validation-errors'][0].errors.map(({ path }: { path: string }) => path)).toEqual(['0.chat_id', '1.contact_id']);
    expect((await tie([{ contact_id: mine.foreignContact, chat_id: mine.chat }], [mine, 'manager'])).status).toBe(403);
    expect((await tie([{ contact_id: mine.foreignContact, chat_id: mine.chat }], [mine, 'reader'])).status).toBe(403);
    expect((await tie([])).status).toBe(400);

    const done = await tie([{ contact_id: mine.foreignContact, chat_id: mine.chat, request_id: 'mine' }]);
    expect(done.json).toEqual({
      _total_items: 1,
      _embedded: { chats: [{ contact_id: mine.foreignContact, chat_id: mine.chat, request_id: 'mine' }] },
    });
    expect((await world.call('/api/v4/talks/2')).json.contact_id).toBe(mine.foreignContact);
    await tie([{ contact_id: mine.contact, chat_id: mine.chat }]);
    expect((await world.call('/api/v4/talks/2')).json.contact_id).toBe(mine.contact);
  });
});

describe('pipelines', () => {
  test('pipelines come with their statuses in the published shape', async () => {
    const { mine } = world;
    const { json } = await world.call('/api/v4/leads/pipelines');
    expect(json).toMatchObject({
      _total_items: 1,
      _embedded: {
        pipelines: [
          {
            id: mine.pipeline,
            is_main: true,
            is_unsorted_on: false,
            is_archive: false,
            account_id: mine.id,
            _embedded: {
              statuses: [
                { id: 10, type: 0, is_editable: true, pipeline_id: mine.pipeline },
                { id: 142, type: 0, is_editable: false },
              ],
            },
          },
        ],
      },
    });
    expect((await world.call(`/api/v4/leads/pipelines/${mine.pipeline}/statuses`)).json._total_items).toBe(2);
    expect((await world.call(`/api/v4/leads/pipelines/${mine.pipeline}/statuses/142`)).json.id).toBe(142);
    expect((await world.call(`/api/v4/leads/pipelines/${mine.pipeline}/statuses/7`)).status).toBe(404);
    expect((await world.call(`/api/v4/leads/pipelines/${world.theirs.pipeline}`)).status).toBe(404);
  });
});
