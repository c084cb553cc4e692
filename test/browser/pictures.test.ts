import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Lively, makeLively } from './lively.ts';
import { livelyWords } from './lively-words.ts';
import { type Language, type Manager, openPages, openShop } from './people.ts';
import { picturesOf, settled, takePicture } from './picture.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const TOKEN = 'pictures-of-the-pages';
const WIDE = { width: 1360, height: 820 };
const PHONE = { width: 390, height: 780 };

/** Pictures that the page of a language shows, as it names them. */
const pictures = (language: Language): string[] => picturesOf(language === 'ru' ? 'managers.ru.md' : 'managers.md');

test.each<Language>(['ru', 'en'])('the page for managers shows pictures that are there: %s', (language) => {
  expect(pictures(language).length).toBeGreaterThan(20);
  expect(pictures(language).filter((path) => !existsSync(join('docs', path)))).toEqual([]);
});

describe.skipIf(chromiumPath === undefined).each<Language>(['ru', 'en'])('pictures of the pages for managers: %s', (language) => {
  const words = livelyWords[language];
  const folder = join('test/output/managers', language);
  let system: TestSystem;
  let browser: Browser;
  let sql: Sql;
  let lively: Lively;
  let manager: Manager;
  let shopLead: number;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN, allowPrivateAddresses: true }), openBrowser()]);
    sql = connect(system.databaseUrl, { max: 2 });
    lively = await makeLively({ url: system.url, sql, token: TOKEN, language });
    shopLead = await visit();
    // Badges of messengers; nothing more is sent.
    await sql`update channels set type = 'telegram', facts = '{"username":"tea_room_bot"}' where id = ${lively.channels.first}`;
    await sql`update channels set type = 'vk' where id = ${lively.channels.second}`;
    manager = await openPages(browser, system.url, language);
    manager.page.setDefaultTimeout(PATIENCE_MS);
    await manager.page.setViewportSize(WIDE);
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await lively?.stop();
    await sql?.end();
    await system?.stop();
  });

  /** A visitor of the site talks with the bot, which goes on waiting. Answers the lead. */
  async function visit(): Promise<number> {
    const client = await openShop(browser, system.url, language);
    client.page.setDefaultTimeout(PATIENCE_MS);
    await client.write(words.visitor.hello);
    await client.option(words.visitor.price).click();
    await client.option(words.visitor.price).waitFor();
    await client.context.close();
    const [row] = await sql<{ id: number }[]>`
      select t.entity_id id from conversations t join channels c on c.account_id = t.account_id and c.id = t.channel_id
      where c.type = 'webchat' order by t.number desc limit 1`;
    return row!.id;
  }

  /** The page once everything on it has come. */
  async function open(path: string): Promise<Page> {
    const { page } = manager;
    await page.goto(system.url + path);
    await settled(page);
    return page;
  }

  /** Kept for who wants to look, and for the documentation if that is asked for. */
  async function picture(name: string): Promise<void> {
    const kept = join('images/managers', language, `${name}.png`);
    await takePicture(manager.page, { file: join(folder, name), kept: pictures(language).includes(kept) ? kept : undefined });
  }

  const client = (key: string) => words.clients.find((one) => one.key === key)!;

  test('the inbox shows who waits how long, its filters and its search', async () => {
    const { t } = manager;
    const number = lively.numbers.delivery!;
    const page = await open(`/inbox/${number}?view=all`);
    await page
      .locator(`a[data-number="${lively.numbers.late!}"]`)
      .filter({ hasText: client('late').name })
      .waitFor();
    await manager.bubble(client('delivery').lines.at(-1)![1]).first().waitFor();
    await page
      .locator('[data-note]')
      .filter({ hasText: client('delivery').lines[3]![1] })
      .waitFor();
    await picture('inbox');

    await page.getByRole('button', { name: t['inbox.addFilter'] }).click();
    await page.getByRole('menuitem', { name: t['inbox.filter.responsible'], exact: true }).waitFor();
    await picture('filters');
    await page.keyboard.press('Escape');

    await open('/inbox');
    await page.keyboard.press('/');
    await page.keyboard.type(language === 'ru' ? 'суббота' : 'saturday');
    await page.locator('[data-results] a[data-hit] mark').first().waitFor();
    await picture('search');
  }, 120_000);

  test('many conversations are chosen at once', async () => {
    const { t } = manager;
    const page = await open('/inbox');
    await page.getByRole('button', { name: t['bulk.start'] }).click();
    for (const key of ['late', 'delivery']) await page.locator(`a[data-number="${lively.numbers[key]!}"]`).click();
    await page.getByRole('toolbar', { name: t['bulk.label'] }).getByRole('button', { name: t['bulk.close'], exact: true }).waitFor();
    await picture('many');
  }, 60_000);

  test('a conversation is closed, handed over and talked about by its number', async () => {
    const { t } = manager;
    const number = lively.numbers.delivery!;
    const page = await open(`/inbox/${number}`);
    await page.getByRole('button', { name: t['talk.menu'].replace('{{number}}', String(number)) }).click();
    await page.getByRole('menuitem', { name: t['talk.closeForce'] }).waitFor();
    await page.getByRole('menuitem', { name: t['talk.noReplyNeeded'] }).waitFor();
    await picture('number-menu');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: new RegExp(`^${t['team.people']}`) }).click();
    await page.getByRole('heading', { name: t['team.add'] }).waitFor();
    await picture('people');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: t['team.add'] }).waitFor({ state: 'hidden' });

    await page.keyboard.press('t');
    await page.getByRole('combobox', { name: t['team.search'] }).fill(words.colleagues[0].slice(0, 4));
    await page.keyboard.press('Enter');
    await page.getByLabel(t['transfer.comment']).waitFor();
    await picture('transfer');
    await page.getByRole('dialog').getByRole('button', { name: t['common.cancel'] }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    await page.locator('textarea[data-composer]').fill('/');
    await page.getByRole('option', { name: words.quick[0]![0] }).waitFor();
    await picture('quick-replies');
    await page.locator('textarea[data-composer]').fill('');
  }, 90_000);

  test('a bot at work stands on the card with what it waits for', async () => {
    const { t } = manager;
    const page = await open(`/leads/${shopLead}`);
    await page.getByRole('button', { name: t['run.stopNamed'].replace('{{name}}', words.bot) }).waitFor();
    await page.locator('[data-message]').filter({ hasText: words.visitor.hello }).first().waitFor();
    await picture('bot');
  }, 60_000);

  test('leads stand on a board and in a list, incoming ones to be accepted', async () => {
    const { t } = manager;
    const page = await open('/leads?view=board');
    await page
      .locator('[data-lead]')
      .filter({ hasText: client('delivery').lead })
      .waitFor();
    await page
      .locator('[data-lead]')
      .filter({ hasText: client('nobody').lead })
      .getByRole('button', { name: t['lead.accept'] })
      .waitFor();
    await picture('board');
    await open('/leads?view=list&conversations=unread');
    await page.getByText(`${t['leads.conversations']}: ${t['leads.conversations.unread']}`).waitFor();
    await picture('leads');
    await open('/customers');
    await page.getByText(t['customers.empty']).waitFor();
  }, 60_000);

  test('colleagues have chats of their own', async () => {
    const page = await open(`/team/${lively.teamChat}`);
    await page.getByText(words.team[0]!.theirs).first().waitFor();
    await page.locator('[data-internal-composer]').getByText(manager.t['internal.notForClient']).waitFor();
    await picture('team');
  }, 60_000);

  test('the bell tells what happened, and everybody chooses what to be told', async () => {
    const { t } = manager;
    const page = await open('/inbox');
    await page.getByRole('button', { name: t['bell.title'] }).first().click();
    await page.getByRole('toolbar', { name: t['centre.filters'] }).waitFor();
    await picture('bell');
    await page.keyboard.press('Escape');
    await open('/settings/notifications');
    await page.getByText(t['settings.tell.kind.missed']).waitFor();
    await picture('notifications');
  }, 60_000);

  test('rules of chats: response time with the week drawn, the poll as the client sees it', async () => {
    const { t } = manager;
    const page = await open('/settings/chats');
    await page.getByText(t['settings.new.reopen']).waitFor();
    await picture('rules');
    await page
      .getByRole('region', { name: t['settings.response.title'] })
      .evaluate((section) => section.scrollIntoView({ block: 'start' }));
    await page.getByLabel(t['settings.response.working']).check();
    await page.getByText(t['settings.holidays.title']).first().waitFor();
    await picture('response-time');
    await page.getByRole('heading', { name: t['nps.preview'] }).waitFor();
    await page
      .getByText(t['nps.title'])
      .first()
      .evaluate((words) => words.scrollIntoView({ block: 'start' }));
    await picture('nps');
  }, 60_000);

  test('reports say what they show', async () => {
    const { t } = manager;
    for (const report of ['conversations', 'speed', 'nps', 'managers', 'bots'] as const) {
      const page = await open(`/analytics/${report}?period=month`);
      await page.locator('.recharts-surface').first().waitFor();
      await page.locator(`nav a[href^="/analytics/${report}"][aria-current="page"]`).waitFor();
      await picture(`analytics-${report}`);
    }
    const page = await open('/analytics/events');
    await page.locator('[data-event]').first().waitFor();
    await page.getByRole('button', { name: t['analytics.export'] }).waitFor();
    await picture('events');
  }, 90_000);

  test('rights are given by person and group', async () => {
    const { t } = manager;
    const page = await open('/settings/users');
    await page.getByText(words.colleagues[0]).first().waitFor();
    await picture('users');
    await page.getByRole('button', { name: t['users.rightsOf'].replace('{{name}}', words.colleagues[0]) }).click();
    await page.getByRole('dialog').getByText(t['right.closeConversations']).waitFor();
    await picture('rights');
    await page.keyboard.press('Escape');
    for (const section of ['channels', 'quick', 'programs']) {
      await open(`/settings/${section}`);
      await picture(`settings-${section}`);
    }
  }, 60_000);

  test('dark, and on a phone', async () => {
    const { t } = manager;
    const { page } = manager;
    await page.emulateMedia({ colorScheme: 'dark' });
    await open(`/inbox/${lively.numbers.delivery!}?view=all`);
    await manager.bubble(client('delivery').lines.at(-1)![1]).first().waitFor();
    await picture('inbox-dark');
    await open('/leads?view=board');
    await page.locator('[data-lead]').first().waitFor();
    await picture('board-dark');
    await open('/analytics/speed?period=month');
    await page.locator('.recharts-surface').first().waitFor();
    await picture('analytics-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(PHONE);
    await open('/inbox');
    await page.locator(`a[data-number="${lively.numbers.late!}"]`).waitFor();
    await picture('phone-inbox');
    await page.getByRole('button', { name: t['person.menu'] }).click();
    await page.getByRole('menuitem', { name: t['nav.analytics'] }).waitFor();
    await page.getByRole('menuitem', { name: t['nav.settings'] }).waitFor();
    await picture('phone-menu');
    await page.keyboard.press('Escape');
    await open(`/inbox/${lively.numbers.delivery!}`);
    await manager.bubble(client('delivery').lines.at(-1)![1]).first().waitFor();
    await picture('phone-conversation');
    for (const [name, path, shown] of [
      ['leads', '/leads?view=list', client('delivery').lead],
      ['board', '/leads?view=board', client('nobody').lead],
      ['team', `/team/${lively.teamChat}`, words.team[0]!.theirs],
      ['bots', '/bots', words.bot],
      ['analytics', '/analytics/conversations?period=month', t['analytics.conversations.flow']],
      ['settings', '/settings/chats', t['settings.new.reopen']],
      ['card', `/leads/${shopLead}`, words.visitor.hello],
    ] as const) {
      await open(path);
      await page.getByText(shown).first().waitFor();
      await picture(`phone-${name}`);
    }
    expect(manager.troubles).toEqual([]);
  }, 120_000);
});
