/** Lists as long as an account of some years has them: what is drawn, fetched and kept in place while somebody scrolls and clients write. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { seedAccount } from '../../bin/seed/seed-account.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Manager, openPages, openShop, type Visitor } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 60_000;
const CONVERSATIONS = 10_000;
/** Rows of the window, what stands beyond its edges, and some air. */
const MOST_DRAWN = 50;

/** A list of the page: `row` is the attribute that carries the id of each of its rows. */
function listOf(page: Page, row: string) {
  /** What is drawn, and what of it is seen whole, from top to bottom. */
  const look = () =>
    page.evaluate((name) => {
      const drawn = [...document.querySelectorAll<HTMLElement>(`[${name}]`)];
      const scroller = drawn[0]!.parentElement!.parentElement!;
      const edges = scroller.getBoundingClientRect();
      const seen = drawn
        .map((element) => ({ id: Number(element.getAttribute(name)), ...element.getBoundingClientRect().toJSON() }))
        .filter(({ top, bottom }) => top >= edges.top - 1 && bottom <= edges.bottom + 1)
        .map(({ id, top }) => ({ id: Number(id), top: Math.round(top) }))
        .sort((one, other) => one.top - other.top);
      return { drawn: drawn.length, seen, rowsPx: drawn[0]!.parentElement!.offsetHeight, scrollTop: scroller.scrollTop };
    }, row);
  const ids = async () => (await look()).seen.map(({ id }) => id);
  return {
    look,
    ids,
    /** As a wheel does it, all at once. */
    scrollTo: (top: number) =>
      page.evaluate(
        ([name, to]) => {
          document.querySelector(`[${name}]`)!.parentElement!.parentElement!.scrollTop = to;
        },
        [row, top] as const,
      ),
  };
}

/** What the page was given of a list the last time it asked for it from the beginning, page by page. */
function pagesOf(page: Page, path: string): () => number[][] {
  const pages: { isFirst: boolean; ids: number[] }[] = [];
  page.on('response', async (response) => {
    const url = new URL(response.url());
    if (url.pathname !== path) return;
    const one = { isFirst: !url.searchParams.has('cursor'), ids: [] as number[] };
    pages.push(one);
    const { items } = (await response.json().catch(() => ({ items: [] }))) as { items: { number?: number; id?: number }[] };
    one.ids = items.map(({ number, id }) => number ?? id ?? 0);
  });
  return () => pages.slice(pages.findLastIndex(({ isFirst }) => isFirst)).map(({ ids }) => ids);
}

describe.skipIf(chromiumPath === undefined)('lists of 10,000, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  let sql: Sql;
  let accountId = 0;
  const opened: (Manager | Visitor)[] = [];
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
    sql = connect(system.databaseUrl, { max: 2, name: 'long-lists' });
    const [demo] = await sql<{ id: number }[]>`select id from accounts where is_demo`;
    accountId = demo!.id;
    const size = { conversations: CONVERSATIONS, messages: 2 * CONVERSATIONS, seed: 1, untilAt: Date.now() - 60_000 };
    await seedAccount({ databaseUrl: system.databaseUrl, sql, accountId, ...size, force: true, say: () => undefined });
    // Nobody has closed any of them.
    await sql`update conversations set status = 'in_work', closed_at = null where account_id = ${accountId}`;
  }, 300_000);
  afterEach(async () => {
    const troubles = opened.flatMap((each) => each.troubles);
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
    expect(troubles).toEqual([]);
  });
  afterAll(async () => {
    await sql?.end({ timeout: 5 });
    await browser?.close();
    await system?.stop();
  });

  async function openManager(): Promise<Manager> {
    const made = await openPages(browser, system.url, 'en');
    made.page.setDefaultTimeout(PATIENCE_MS);
    opened.push(made);
    return made;
  }
  /** A new client whose first message the demo bot has answered. */
  async function openClient(): Promise<Visitor> {
    const made = await openShop(browser, system.url, 'en');
    made.page.setDefaultTimeout(PATIENCE_MS);
    opened.push(made);
    await made.write('Do you deliver?');
    await made.option('Позвать человека').waitFor();
    return made;
  }
  const eventually = <Value>(what: () => Promise<Value>) => expect.poll(what, { timeout: PATIENCE_MS });
  const byTime = async () =>
    (
      await sql<{ number: number }[]>`
        select number from conversations where account_id = ${accountId} order by last_message_at desc, number desc`
    ).map(({ number }) => number);
  /** What the views say of themselves, in the words of the page. */
  async function counted({ t }: Manager): Promise<string[]> {
    const [row] = await sql<Record<'mine' | 'unassigned' | 'waiting' | 'unread' | 'all', number>[]>`
      select count(*) filter (where c.responsible_user_id = u.id)::int mine, count(*) filter (where c.responsible_user_id is null)::int unassigned,
        count(*) filter (where t.waiting_since is not null)::int waiting, count(*) filter (where not t.is_read)::int unread, count(*)::int "all"
      from conversations t join contacts c on c.account_id = t.account_id and c.id = t.contact_id
      join (select id from users where account_id = ${accountId} order by id limit 1) u on true
      where t.account_id = ${accountId} and t.status <> 'closed'`;
    return (['mine', 'unassigned', 'waiting', 'unread', 'all'] as const).map(
      (view) => `${t[`inbox.view.${view}`]}${row![view] >= 1000 ? '1000+' : row![view]}`,
    );
  }
  const shownCounts = async ({ page, t }: Manager) =>
    (await page.getByRole('navigation', { name: t['inbox.views'] }).first().getByRole('link').allTextContents()).slice(0, -1);

  test('the inbox draws what is seen, fetches no row twice on the way to the end, and keys go on from where the reader is', async () => {
    const who = await openManager();
    const { page } = who;
    const pages = pagesOf(page, '/api/conversations');
    await page.goto(`${system.url}/inbox?order=time`);
    await page.locator('[data-row]').first().waitFor();
    const list = listOf(page, 'data-row');
    const order = await byTime();
    expect(order).toHaveLength(CONVERSATIONS);
    expect(await list.ids()).toEqual(order.slice(0, (await list.ids()).length));
    await eventually(() => shownCounts(who)).toEqual(await counted(who));

    await eventually(async () => {
      await list.scrollTo(1e9);
      return (await list.ids()).at(-1);
    }).toBe(order.at(-1));
    expect((await list.look()).drawn).toBeLessThan(MOST_DRAWN);
    await eventually(async () => pages().flat().length).toBe(CONVERSATIONS);
    expect(new Set(pages().flat())).toEqual(new Set(order));
    expect(pages().length).toBe(1 + Math.ceil((CONVERSATIONS - 50) / 200));

    // Keys pressed faster than rows are drawn.
    const focused = () => page.evaluate(() => Number(document.activeElement?.getAttribute('data-number')));
    await page.locator(`[data-number="${order.at(-1)}"]`).focus();
    await page.evaluate(() => {
      for (let press = 0; press < 30; press += 1)
        document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyK', key: 'k', bubbles: true, cancelable: true }));
    });
    await eventually(focused).toBe(order.at(-31));
    expect(await list.ids()).toContain(order.at(-31));
    for (let press = 0; press < 5; press += 1) await page.keyboard.press('j');
    await eventually(focused).toBe(order.at(-26));
    // Scrolled away from there by the wheel.
    await list.scrollTo(5_000 * 76);
    await eventually(list.ids).toContain(order[5_001]);
    await page.keyboard.press('j');
    await eventually(focused).toBe(order[5_000]);
    await page.keyboard.press('j');
    await eventually(focused).toBe(order[5_001]);
    expect((await list.look()).seen[0]).toMatchObject({ id: order[5_000] });
  }, 240_000);

  test('what happens far above does not move what the reader looks at, however much happens; at the top the newest is seen at once', async () => {
    const who = await openManager();
    const { page } = who;
    await page.goto(`${system.url}/inbox?order=time`);
    await page.locator('[data-row]').first().waitFor();
    const list = listOf(page, 'data-row');
    const top = (await list.ids())[0]!;
    await eventually(async () => {
      await list.scrollTo(1_500 * 76);
      return (await list.look()).rowsPx >= 1_600 * 76;
    }).toBe(true);
    await eventually(async () => (await list.ids()).length).toBeGreaterThan(5);
    const before = await list.look();

    // Something of the account changes all the while, as it does where dozens of people work.
    const busy = setInterval(() => notify(sql, [{ accountId, kind: 'conversation', id: top }]), 100);
    try {
      const client = await openClient();
      await eventually(async () => (await list.look()).scrollTop).toBe(before.scrollTop + 76);
      expect((await list.look()).seen).toEqual(before.seen);
      await list.scrollTo(0);
      const number = (await byTime())[0]!;
      await eventually(async () => (await list.ids()).slice(0, 2)).toEqual([number, top]);
      await eventually(() => shownCounts(who)).toEqual(await counted(who));

      // The conversation lies a hundred rows down, before the reader's eyes, when its client writes again.
      const order = (await byTime()).slice(1);
      await sql`update conversations t set last_message_at = b.last_message_at from conversations b
        where b.account_id = ${accountId} and b.number = ${order[100]!} and t.account_id = ${accountId} and t.number = ${number}`;
      await eventually(list.ids).not.toContain(number);
      await list.scrollTo(95 * 76);
      await eventually(list.ids).toContain(number);
      const then = (await list.look()).seen;
      await client.option('Позвать человека').click();
      await eventually(list.ids).not.toContain(number);
      const now = (await list.look()).seen;
      const at = then.findIndex(({ id }) => id === number);
      expect(now.slice(0, at)).toEqual(then.slice(0, at));
      expect(now.slice(at, -1).map(({ id }) => id)).toEqual(then.slice(at + 1).map(({ id }) => id));
      await list.scrollTo(0);
      await eventually(async () => (await list.ids()).slice(0, 2)).toEqual([number, top]);

      // Whoever is at the top stays there.
      await openClient();
      await eventually(async () => (await list.ids())[1]).toBe(number);
    } finally {
      clearInterval(busy);
    }
  }, 240_000);

  test('the list of leads draws what is seen, fetches no row twice, and keeps its place when one changes', async () => {
    const who = await openManager();
    const { page } = who;
    const pages = pagesOf(page, '/api/leads');
    await page.goto(`${system.url}/leads?view=list`);
    await page.locator('[data-lead]').first().waitFor();
    const list = listOf(page, 'data-lead');
    await eventually(async () => {
      await list.scrollTo(1e9);
      return (await list.look()).rowsPx >= 1_000 * 56;
    }).toBe(true);
    expect((await list.look()).drawn).toBeLessThan(MOST_DRAWN);
    await eventually(async () => pages().flat().length * 56 - (await list.look()).rowsPx).toBe(0);
    expect(new Set(pages().flat()).size).toBe(pages().flat().length);
    await list.scrollTo(500 * 56);
    await eventually(async () => (await list.ids()).length).toBeGreaterThan(5);
    const before = await list.look();
    await openClient();
    await eventually(async () => (await list.look()).scrollTop).toBe(before.scrollTop + 56);
    expect((await list.look()).seen).toEqual(before.seen);
  }, 240_000);
});
