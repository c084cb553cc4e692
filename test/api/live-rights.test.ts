/** What an open event stream tells, and to whom: rights are proven anew whenever users change, and what leaves somebody's sight is not named to them. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChangeKind, notify } from '../../db/notify.ts';
import { type Card, makeCard } from './data.ts';
import { openStream, type Stream } from './open-stream.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let eve: Person;
let chief: Person;
let card: Card;
let groupId: number;

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  eve = await world.makePerson();
  const group = await world.call(ada, 'POST', '/api/groups', { name: 'Sales' });
  groupId = ((await group.json()) as { id: number }).id;
  chief = await world.addUser(ada, { role: 'manager', sees: 'own', groupId });
  card = await makeCard(world, ada, { responsible: chief.userId });
});
afterAll(() => world.stop());

async function open(person: Person): Promise<Stream> {
  const stream = await openStream(world, person);
  await stream.until('event: resync');
  stream.text = '';
  return stream;
}

const told = (kind: string, ids: (string | number)[]) => `event: change\ndata: ${JSON.stringify({ kind, ids })}\n\n`;
/** Every kind that names a client or something that hangs on one. */
const clients = (): [ChangeKind, string | number][] => [
  ['conversation', card.number],
  ['lead', card.leadId],
  ['contact', card.contactId],
  ['chat', card.chatId],
  ['run', card.runId],
];
let bell = 1000;
/** Tells of the client, and then of something that everybody hears: what comes before it has come. */
async function tell(streams: Stream[]): Promise<void> {
  notify(
    world.sql,
    clients().map(([kind, id]) => ({ accountId: ada.accountId, kind, id })),
  );
  await delay(40); // Longer than changes are gathered, so that the bell comes in a later piece.
  bell += 1;
  const id = bell;
  notify(world.sql, [
    { accountId: ada.accountId, kind: 'bot', id },
    { accountId: eve.accountId, kind: 'bot', id },
  ]);
  await Promise.all(streams.map((stream) => stream.until(told('bot', [id]))));
}
const member = (rights: object, group?: number) =>
  world.addUser(ada, { role: 'manager', rights, ...(group === undefined ? {} : { groupId: group }) });

describe('ids of a client reach', () => {
  test('who answers for the client, the group by right, who takes part, and who sees all', async () => {
    const taking = await member({ see: 'none' });
    await world.sql`update contacts set participant_ids = array[${taking.userId}]::bigint[] where account_id = ${ada.accountId} and id = ${card.contactId}`;
    const streams = await Promise.all([ada, chief, await member({ see: 'group' }, groupId), taking].map(open));
    await tell(streams);
    for (const stream of streams) for (const [kind, id] of clients()) expect(stream.text).toContain(told(kind, [id]));
    await Promise.all(streams.map((stream) => stream.close()));
  });

  test('nobody else: not even a hint of the kind', async () => {
    const people = [await member({ see: 'none' }, groupId), await member({ see: 'own' }, groupId), await member({ see: 'group' }), eve];
    const streams = await Promise.all(people.map(open));
    await tell(streams);
    for (const stream of streams) expect(stream.text).not.toMatch(/"kind":"(conversation|lead|contact|chat|run)"/);
    await Promise.all(streams.map((stream) => stream.close()));
  });
});

describe('an open stream goes on with new rights', () => {
  test('when a user’s own rights are narrowed: a resync, and nothing of the client after it', async () => {
    const bob = await member({});
    const stream = await open(bob);
    await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { rights: { see: 'own' } });
    await stream.until('event: resync');
    stream.text = '';
    await tell([stream]);
    expect(stream.text).not.toMatch(/"kind":"(conversation|lead|contact|chat|run)"/);
    await stream.close();
  });

  test('when the group’s rights are widened, and when a user joins a group', async () => {
    const other = (
      (await (await world.call(ada, 'POST', '/api/groups', { name: 'Night', rights: { see: 'own' } })).json()) as { id: number }
    ).id;
    const bob = await member({}, other);
    const stream = await open(bob);
    await world.call(ada, 'PATCH', `/api/groups/${other}`, { rights: { see: 'group' } });
    await stream.until('event: resync');
    stream.text = '';
    await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { groupId });
    await stream.until('event: resync');
    stream.text = '';
    // In the first group now, but without the right to see it: the rights were the other group's.
    await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { rights: { see: 'group' } });
    await stream.until('event: resync');
    await tell([stream]);
    expect(stream.text).toContain(told('conversation', [card.number]));
    await stream.close();
  });

  test('and is not disturbed by a change of users that leaves its rights as they were', async () => {
    const stream = await open(ada);
    await world.call(ada, 'PATCH', `/api/users/${chief.userId}`, { name: 'Chief' });
    await stream.until(told('user', [chief.userId]));
    expect(stream.text).not.toContain('resync');
    await stream.close();
  });
});

test('another process hears of a change of rights: the next request there and an open stream follow it', async () => {
  const other = await startWorld(undefined, { through: world.databaseUrl });
  try {
    const bob = await member({});
    const answer = await other.call(bob, 'GET', '/api/stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const resyncs = async (count: number) => {
      while (text.split('event: resync').length <= count) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    };
    await resyncs(1);
    // Believed there from now on.
    expect((await other.call(bob, 'GET', `/api/contacts/${card.contactId}`)).status).toBe(200);
    await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { rights: { see: 'own' } });
    await resyncs(2);
    expect((await other.call(bob, 'GET', `/api/contacts/${card.contactId}`)).status).toBe(404);
    await reader.cancel();
  } finally {
    await other.stop();
  }
});

describe('an open stream ends', () => {
  test('when its user is switched off', async () => {
    const bob = await member({});
    const stream = await open(bob);
    await world.call(ada, 'PATCH', `/api/users/${bob.userId}`, { isActive: false });
    await stream.ended();
  });

  test('when its token is taken away, and a stream of another token of the user goes on', async () => {
    const bob = await member({});
    const made = await world.call(bob, 'POST', '/api/tokens', { name: 'second' });
    const { id, token } = (await made.json()) as { id: string; token: string };
    const [first, second] = await Promise.all([open(bob), open({ ...bob, token })]);
    expect((await world.call(bob, 'DELETE', `/api/tokens/${id}`)).status).toBe(204);
    await second.ended();
    await tell([first]);
    await first.close();
  });

  test('when its session is signed out on another page', async () => {
    const bob = await member({});
    const headers = { Origin: 'http://localhost' };
    const entered = await world.call(undefined, 'POST', '/api/session', { email: bob.email, password: bob.password }, headers);
    expect(entered.status).toBe(200);
    const cookie = entered.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const answer = await world.call(undefined, 'GET', '/api/stream', undefined, { Cookie: cookie });
    expect(answer.status).toBe(200);
    const reader = answer.body!.getReader();
    await world.call(undefined, 'DELETE', '/api/session', undefined, { ...headers, Cookie: cookie });
    for (;;) if ((await reader.read()).done) break;
  });
});

test('who loses a client hears that lists have changed, and no id of the client; others out of sight hear nothing', async () => {
  const [bob, carl] = [await member({ see: 'own' }), await member({ see: 'own' })];
  const own = await makeCard(world, ada, { responsible: bob.userId });
  const [losing, other, gaining] = await Promise.all([open(bob), open(await member({ see: 'own' })), open(carl)]);
  // What is still on its way from the making of the card was told to who could see it then.
  await tell([losing, other, gaining]);
  for (const stream of [losing, other, gaining]) stream.text = '';
  const answer = await world.call(ada, 'PATCH', `/api/contacts/${own.contactId}`, { responsibleId: carl.userId });
  expect(answer.status).toBe(200);
  await losing.until(told('conversation', []));
  await losing.until(told('lead', []));
  await gaining.until(told('contact', [own.contactId]));
  await tell([losing, other, gaining]);
  expect(losing.text).not.toContain(`[${own.contactId}]`);
  expect(other.text).not.toMatch(/"kind":"(conversation|lead|contact)"/);
  await Promise.all([losing.close(), other.close(), gaining.close()]);
});
