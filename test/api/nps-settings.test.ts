import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { shippedPoll } from '../../api/shipped-poll.ts';
import { defaultSettings } from '../../db/settings.ts';
import { greeting, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let stranger: Person;

beforeAll(async () => {
  world = await startWorld();
  stranger = await world.makePerson();
});
afterAll(() => world.stop());
beforeEach(async () => {
  ada = await world.makePerson();
});

type Nps = typeof defaultSettings.nps;
const alarm = defaultSettings.nps.alarm;
const put = (nps: Partial<Nps>, by = ada) => world.call(by, 'PUT', '/api/settings', { nps });
const stored = async (nps: Partial<Nps>) => {
  const answer = await put(nps);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { nps: Nps }).nps;
};
const bots = async (by = ada) =>
  ((await (await world.call(by, 'GET', '/api/bots')).json()) as { items: { id: number; kind: string; state: string }[] }).items;
const botOf = async (id: number) =>
  (await (await world.call(ada, 'GET', `/api/bots/${id}`)).json()) as {
    source: string;
    kind: string;
    liveVersion: number;
    state: string;
    versions: unknown[];
  };
async function imported(source: string, publish = true): Promise<number> {
  const { id } = (await (await world.call(ada, 'POST', '/api/bots/import', source)).json()) as { id: number };
  if (publish) expect((await world.call(ada, 'POST', `/api/bots/${id}/publish`, { acceptWarnings: true })).status).toBe(200);
  return id;
}

describe('polls switched on', () => {
  test('make the shipped bot, published and on, in the account’s language and on its scale; once', async () => {
    const { botId } = await stored({ enabled: true, scale: { from: 0, to: 10 } });
    const bot = await botOf(botId!);
    expect(bot).toMatchObject({ kind: 'nps', state: 'on', liveVersion: 1, source: shippedPoll('en', { from: 0, to: 10 }) });
    expect((await stored({ enabled: false })).botId).toBe(botId);
    expect((await stored({ enabled: true })).botId).toBe(botId);
    expect(await bots()).toHaveLength(1);
  });

  test('use a bot of the account that was chosen, and make none', async () => {
    const own = await imported(shippedPoll('ru', { from: 1, to: 5 }));
    expect(await stored({ enabled: true, botId: own })).toMatchObject({ enabled: true, botId: own });
    expect(await bots()).toHaveLength(1);
  });

  test('make another one where the bot was archived', async () => {
    const { botId } = await stored({ enabled: true });
    await world.sql`update bots set state = 'archived' where account_id = ${ada.accountId}`;
    const again = await stored({ enabled: true });
    expect(again.botId).not.toBe(botId);
  });

  test('publish the shipped bot anew for another scale, and leave one that was edited alone', async () => {
    const { botId } = await stored({ enabled: true });
    const five = await stored({ scale: { from: 1, to: 5 } });
    // A threshold beyond the scale becomes the scale's own.
    expect(five.alarm.atOrBelow).toBe(3);
    expect(await botOf(botId!)).toMatchObject({ source: shippedPoll('en', { from: 1, to: 5 }), liveVersion: 2 });
    await world.sql`update bots set draft_source = draft_source || ' ' where account_id = ${ada.accountId}`;
    await stored({ scale: { from: 1, to: 10 } });
    expect(await botOf(botId!)).toMatchObject({ source: `${shippedPoll('en', { from: 1, to: 5 })} `, liveVersion: 2 });
  });
});

describe('what does not fit is refused by the name of its field, and nothing is changed', () => {
  test.each<[string, () => Promise<Partial<Nps>>, string]>([
    ['a bot that does not exist', async () => ({ botId: 999_999 }), 'nps.botId'],
    ['an ordinary bot', async () => ({ botId: await imported(greeting) }), 'nps.botId'],
    ['a bot that was never published', async () => ({ botId: await imported(shippedPoll('en', { from: 1, to: 5 }), false) }), 'nps.botId'],
    [
      'another account’s bot',
      async () => ({ botId: ((await (await put({ enabled: true }, stranger)).json()) as { nps: Nps }).nps.botId }),
      'nps.botId',
    ],
    ['another account’s user', async () => ({ alarm: { ...alarm, userIds: [stranger.userId] } }), 'nps.alarm.userIds'],
    ['a threshold off the scale', async () => ({ scale: { from: 1, to: 5 }, alarm: { ...alarm, atOrBelow: 6 } }), 'nps.alarm.atOrBelow'],
  ])('%s', async (_name, change, field) => {
    const answer = await put({ enabled: true, ...(await change()) });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { fields: { field: string }[] }).fields[0]!.field).toBe(field);
    const { nps } = (await (await world.call(ada, 'GET', '/api/settings')).json()) as { nps: Nps };
    expect(nps).toEqual(defaultSettings.nps);
    expect((await bots()).filter(({ kind, state }) => kind === 'nps' && state === 'on' && nps.botId !== null)).toEqual([]);
  });
});

test('a conversation whose poll is planned says so, when, and counts as in work, also over the amoCRM-shaped API', async () => {
  const card = await makeCard(world, ada);
  const dueAt = Date.UTC(2031, 0, 1, 9);
  await world.sql`update conversations set status = 'nps_scheduled', rate = 0, poll = ${{ opening: 1, by: { kind: 'user', id: ada.userId }, askedAt: 1, dueAt } as never}
    where account_id = ${ada.accountId} and number = ${card.number}`;
  const own = await (await world.call(ada, 'GET', `/api/conversations/${card.number}`)).json();
  expect(own).toMatchObject({ status: 'nps_scheduled', pollDueAt: dueAt, rate: 0 });
  const talk = await (await world.call(ada, 'GET', `/api/v4/talks/${card.number}`)).json();
  expect(talk).toMatchObject({ status: 'nps_scheduled', is_in_work: true, rate: 0 });
  await world.call(ada, 'POST', `/api/v4/talks/${card.number}/close`);
  expect(world.sent.at(-1)!.order).toMatchObject({ type: 'close', force: false });
  await world.call(ada, 'POST', `/api/v4/talks/${card.number}/close`, { force_close: true });
  expect(world.sent.at(-1)!.order).toMatchObject({ type: 'close', force: true });
});

test('the thread shows the rate as a line', async () => {
  const card = await makeCard(world, ada);
  await world.sql`insert into events (account_id, type, entity_type, entity_id, author_kind, author_id, value_after, conversation_number, contact_id, lead_id, at)
    values (${ada.accountId}, 'nps_rate_added', 'talk', ${card.number}, 'bot', ${card.botId}, ${[{ nps: { rate: 0 } }] as never}, ${card.number}, ${card.contactId}, ${card.leadId}, ${Date.now()})`;
  const thread = (await (await world.call(ada, 'GET', `/api/contacts/${card.contactId}/thread`)).json()) as {
    items: { kind: string; line?: { type: string; to: string } }[];
  };
  expect(thread.items.find((item) => item.line?.type === 'rated')?.line).toMatchObject({ type: 'rated', to: '0' });
});
