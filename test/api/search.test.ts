import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchHit, SearchPage, Segments } from '../../api/contract/index.ts';
import { type Card, makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
let stranger: Person;
let manager: Person;
let anna: Card;
let oleg: Card;
const START = Date.UTC(2026, 0, 1);

/** Writes into a card's chat and answers the message's id. */
let positions = 100;
async function write(card: Card, text: string, more: { kind?: 'client' | 'user'; by?: number; at?: number } = {}): Promise<string> {
  positions += 1;
  const id = randomUUID();
  const kind = more.kind ?? 'client';
  await world.sql`
    insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, author_id, conversation_number, text, status, written_at)
    values (${ada.accountId}, ${id}, ${card.chatId}, ${card.channelId}, ${positions}, ${kind === 'client' ? 'in' : 'out'}, ${kind}, ${more.by ?? null},
      ${card.number}, ${text}, 'accepted', ${more.at ?? START + positions * 1000})`;
  return id;
}

const search = async (by: Person, query: Record<string, string | number>): Promise<SearchPage> => {
  const answer = await world.call(
    by,
    'GET',
    `/api/search?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`,
  );
  if (answer.status !== 200) throw new Error(await answer.text());
  return (await answer.json()) as SearchPage;
};
const found = async (q: string, more: Record<string, string | number> = {}, by = ada) => (await search(by, { q, ...more })).items;
const ids = async (q: string, more: Record<string, string | number> = {}, by = ada) => (await found(q, more, by)).map(({ id }) => id);
const hits = (text: Segments) => text.filter(({ hit }) => hit).map((segment) => segment.text);
const whole = (text: Segments) => text.map((segment) => segment.text).join('');
const message = (hit: SearchHit | undefined) => {
  if (hit?.kind !== 'message') throw new Error('no message was found');
  return hit;
};

beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  stranger = await world.makePerson();
  manager = await world.addUser(ada, { role: 'manager', sees: 'own' });
  anna = await makeCard(world, ada);
  oleg = await makeCard(world, ada, { responsible: manager.userId });
  await world.sql`update contacts set name = 'Анна Петрова', first_name = 'Анна' where account_id = ${ada.accountId} and id = ${anna.contactId}`;
  await world.sql`update contacts set name = 'Олег Сидоров', fields = ${{ 7: [{ value: '+7 (999) 123-45-67' }], 8: [{ value: 'oleg@shop.ru' }] } as never}
    where account_id = ${ada.accountId} and id = ${oleg.contactId}`;
});
afterAll(() => world.stop());

test('Russian words are found in every form, capital letters and ё included', async () => {
  const id = await write(anna, 'Подскажите, КОГДА привезёте «чайники» на Лесную?');
  for (const q of ['чайник', 'чайником', 'ЧАЙНИКОВ', 'привезете чайники', 'лесной', 'привез']) expect(await ids(q)).toEqual([id]);
  expect(await ids('чайник самовар')).toEqual([]);
  const hit = message((await found('чайнику'))[0]);
  expect(hits(hit.text)).toEqual(['чайники']);
  expect(whole(hit.text)).toBe('Подскажите, КОГДА привезёте «чайники» на Лесную?');
  expect(hit).toMatchObject({ number: anna.number, contact: { id: anna.contactId, name: 'Анна Петрова' }, author: { kind: 'client' } });
});

test('English words are found in every form beside the Russian ones', async () => {
  const id = await write(anna, 'Have the kettles been delivered? Жду доставку');
  for (const q of ['kettle', 'deliver', 'delivering kettles', 'доставка kettle']) expect(await ids(q)).toEqual([id]);
  expect(hits(message((await found('kettle'))[0]).text)).toEqual(['kettles']);
});

test('the last word may be half typed, numbers and addresses too', async () => {
  const id = await write(oleg, 'Заказ 48151623 на почту Oleg.Mail@example.com, тел. 8 (912) 345-67-89');
  for (const q of ['зак', '4815', 'oleg.mail@example.com', 'oleg.mail@exam', 'почта 48151', '+7 912 345 67 89', '9123456789', '912345'])
    expect({ q, ids: await ids(q) }).toEqual({ q, ids: [id] });
  expect(hits(message((await found('+79123456789'))[0]).text)).toEqual(['912) 345-67-89']);
});

test('what a client wrote stays text, marks and quotes included', async () => {
  const id = await write(oleg, `<b onclick="x()">Скидка</b> & 'всё'`);
  const hit = message((await found("скидка' | <b"))[0]);
  expect(hit.id).toBe(id);
  expect(whole(hit.text)).toBe(`<b onclick="x()">Скидка</b> & 'всё'`);
  for (const q of ["'", '\\', ':*', '!&|', '  ', '\uE000']) expect(await found(q)).toEqual([]);
});

test('an edited message is found by its new words, a deleted one by none', async () => {
  const id = await write(anna, 'Синий абажур');
  await world.sql`update messages set text = 'Зелёный торшер', status = 'read' where account_id = ${ada.accountId} and id = ${id}`;
  expect(await ids('абажур')).toEqual([]);
  expect(await ids('торшеры')).toEqual([id]);
  await world.sql`delete from messages where account_id = ${ada.accountId} and id = ${id}`;
  expect(await ids('торшеры')).toEqual([]);
});

test('filters narrow: channel, contact, author, period', async () => {
  const first = await write(anna, 'ключевой вопрос', { at: START - 3_600_000 });
  const second = await write(oleg, 'ключевой ответ', { kind: 'user', by: ada.userId, at: START - 1_800_000 });
  expect(await ids('ключевой')).toEqual([second, first]);
  expect(await ids('ключевой', { channel: anna.channelId })).toEqual([first]);
  expect(await ids('ключевой', { contact: oleg.contactId })).toEqual([second]);
  expect(await ids('ключевой', { author: 'client' })).toEqual([first]);
  expect(await ids('ключевой', { user: ada.userId })).toEqual([second]);
  expect(await ids('ключевой', { user: manager.userId })).toEqual([]);
  expect(await ids('ключевой', { from: START - 2_000_000 })).toEqual([second]);
  expect(await ids('ключевой', { to: START - 2_000_000 })).toEqual([first]);
});

for (const order of ['newest', 'relevance'] as const)
  test(`pages hold each hit once (${order})`, async () => {
    const all = await Promise.all(
      Array.from({ length: 7 }, (_, index) => write(anna, `${'самовар '.repeat(1 + (index % 3))} ${order} ${index}`)),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: SearchPage = await search(ada, { q: `самовар ${order}`, order, limit: 3, ...(cursor === null ? {} : { cursor }) });
      seen.push(...page.items.map(({ id }) => String(id)));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(all.toSorted());
    if (order === 'newest') expect(seen).toEqual(all.toReversed());
  });

test('a word that thousands of messages hold is found page by page, newest first, and a rare one among them at once', async () => {
  await world.sql`
    insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, conversation_number, text, status, written_at)
    select ${ada.accountId}, gen_random_uuid(), ${anna.chatId}, ${anna.channelId}, 100000 + i, 'in', 'client', ${anna.number},
      case when i % 10 = 0 then 'частое слово' when i = 4001 then 'уникум' else 'прочее' end, 'accepted', ${START}::timestamptz - make_interval(days => 30, secs => i)
    from generate_series(1, 25000) i`;
  const seen = new Set<string>();
  let cursor: string | null = null;
  let before = Number.MAX_SAFE_INTEGER;
  do {
    const page: SearchPage = await search(ada, { q: 'частые слова', limit: 200, ...(cursor === null ? {} : { cursor }) });
    for (const hit of page.items) {
      const { id, writtenAt } = message(hit);
      expect(seen.has(id)).toBe(false);
      expect(writtenAt).toBeLessThanOrEqual(before);
      seen.add(id);
      before = writtenAt;
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen.size).toBe(2500);
  expect(await found('уникум')).toHaveLength(1);
  expect(await found('слово', { order: 'relevance', limit: 5 })).toHaveLength(5);
  // Nobody but its manager sees Oleg, and the manager nobody else: a page may be empty, the end is told all the same.
  expect(await ids('частое', {}, manager)).toEqual([]);
});

test('another account finds nothing, whoever sees own clients only finds theirs', async () => {
  const theirs = await write(oleg, 'секретное слово дуб');
  const others = await write(anna, 'секретное слово ясень');
  expect((await ids('секретное')).toSorted()).toEqual([theirs, others].toSorted());
  expect(await ids('секретное', {}, manager)).toEqual([theirs]);
  expect(await ids('секретное', { contact: anna.contactId }, manager)).toEqual([]);
  expect(await ids('секретное', {}, stranger)).toEqual([]);
  for (const in_ of ['contacts', 'leads']) {
    expect(await ids('Петрова', { in: in_ }, manager)).toEqual([]);
    expect(await ids('Петрова', { in: in_ }, stranger)).toEqual([]);
  }
  expect((await search(manager, { q: String(anna.number) })).conversation).toBeNull();
  expect((await search(stranger, { q: `#${anna.number}` })).conversation).toBeNull();
});

test('contacts are found by name, phone in any writing, e-mail, name in a messenger and the number of a conversation', async () => {
  await world.sql`
    insert into contact_identities (account_id, channel_id, external_user_id, contact_id, name, username, created_at)
    values (${ada.accountId}, ${anna.channelId}, 'x1', ${anna.contactId}, 'Anyuta', 'anna_tea', ${START})`;
  const contacts = (q: string) => ids(q, { in: 'contacts' });
  for (const q of ['Петрова', 'анн', 'петрова анна', 'anna_tea', 'anyuta'])
    expect({ q, ids: await contacts(q) }).toEqual({ q, ids: [anna.contactId] });
  expect(await contacts(`#${anna.number}`)).toContain(anna.contactId);
  for (const q of ['олег', '89991234567', '+7 999 123', 'oleg@shop.ru', 'oleg@'])
    expect({ q, ids: await contacts(q) }).toEqual({ q, ids: [oleg.contactId] });
  const [hit] = await found('8 999 123-45-67', { in: 'contacts' });
  if (hit?.kind !== 'contact') throw new Error('no contact was found');
  expect(hits(hit.details)).toEqual(['999) 123-45-67']);
  expect(hit).toMatchObject({ number: oleg.number, leadId: oleg.leadId, responsible: { id: manager.userId } });
});

test('leads are found by name, by number and by their contact', async () => {
  await world.sql`update leads set name = 'Ремонт самокатов' where account_id = ${ada.accountId} and id = ${anna.leadId}`;
  for (const q of ['самокат', 'ремонтом', 'Петрова', String(anna.leadId)])
    expect({ q, ids: await ids(q, { in: 'leads' }) }).toEqual({ q, ids: [anna.leadId] });
});

test('a number names its conversation, with what was found by it as a word', async () => {
  const page = await search(ada, { q: `#${anna.number}` });
  expect(page.conversation).toMatchObject({ number: anna.number, contact: { id: anna.contactId } });
});

test('what cannot be a search is refused by the name of the field', async () => {
  for (const [path, field] of [
    ['/api/search', 'q'],
    ['/api/search?q=a&in=users', 'in'],
    ['/api/search?q=a&cursor=abc', 'cursor'],
    [`/api/search?q=a&cursor=${Buffer.from('[1,"x",0]').toString('base64url')}`, 'cursor'],
  ]) {
    const answer = await world.call(ada, 'GET', path!);
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { fields: { field: string }[] }).fields[0]?.field).toBe(field);
  }
});
