/** What the end of a process without warning costs: at most the clicks it had not yet handed to Postgres. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { linksFor } from '../../db/stores/links.ts';
import { type Card, makeCard } from '../api/data.ts';
import { type Person, startWorld, type World } from '../api/world.ts';
import { runProgram } from '../embedded/children.ts';

const EACH = 20;
let world: World;
let ada: Person;
let card: Card;
let codes: string[];
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
  card = await makeCard(world, ada);
  const urls = Array.from({ length: 3 * EACH }, (_, index) => `https://shop.example/${index}`);
  const made = await linksFor(world.sql, ada.accountId, card.contactId, urls, Date.now());
  codes = urls.map((url) => made.get(url)!);
});
afterAll(() => world.stop());

async function startServer() {
  const program = runProgram('test/links/programs/redirect-server.ts', [], { DATABASE_URL: world.databaseUrl });
  const port = /\d+/.exec(await program.line(/^port \d+/))![0];
  const open = async (some: string[]) => {
    const answers = await Promise.all(
      some.map((code) =>
        fetch(`http://127.0.0.1:${port}/s/${code}`, {
          redirect: 'manual',
          headers: {
            'User-Agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36',
          },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(some.map(() => 302));
  };
  const kill9 = async () => {
    program.process.kill('SIGKILL');
    await program.exited;
  };
  return { open, kill9 };
}

const stored = async () => {
  const rows = await world.sql<{ code: string; kinds: string[]; notes: number; events: number }[]>`
    select l.code, array_agg(k.kind order by k.id) kinds,
      (select count(*) from notes n where n.account_id = l.account_id and n.type = 'link_followed' and n.params ->> 'url' = l.url) notes,
      (select count(*) from events e where e.account_id = l.account_id and e.type = 'link_followed' and e.value_after #>> '{0,url}' = l.url) events
    from short_links l join link_clicks k on k.account_id = l.account_id and k.link_id = l.id where l.account_id = ${ada.accountId} group by l.account_id, l.code, l.url`;
  return new Map(rows.map(({ code, ...row }) => [code, row]));
};

test('a process killed with kill -9 takes no click along that Postgres had, and leaves none half written', async () => {
  const [first, second, third] = [codes.slice(0, EACH), codes.slice(EACH, 2 * EACH), codes.slice(2 * EACH)];
  const server = await startServer();
  try {
    // Nobody asks for it: what was clicked is written by itself, within the bound.
    await server.open(first);
    await expect.poll(async () => (await stored()).size, { timeout: 20_000, interval: 20 }).toBe(EACH);
    // Killed right behind the answers: these clicks are the ones that may be lost, as a whole each.
    await server.open(second);
  } finally {
    await server.kill9();
  }
  const left = await stored();
  const whole = { kinds: ['person'], notes: 1, events: 1 };
  for (const code of first) expect([code, left.get(code)]).toEqual([code, whole]);
  for (const code of second) expect([code, left.get(code) ?? whole]).toEqual([code, whole]);

  // The next process goes on as if nothing had been: nothing of the old one comes twice.
  const next = await startServer();
  try {
    await next.open(third);
    // Counted by name: what Postgres had of the killed process may still be on its way into the tables.
    const come = async () => {
      const now = await stored();
      return third.filter((code) => now.has(code)).length;
    };
    await expect.poll(come, { timeout: 20_000, interval: 20 }).toBe(EACH);
    const after = await stored();
    for (const [code, row] of after) expect([code, row]).toEqual([code, whole]);
  } finally {
    await next.kill9();
  }
}, 120_000);
