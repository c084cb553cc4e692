import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Settings } from '../../api/contract/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { type Language, openPages } from './people.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const pictures = 'test/output/response-time';

describe.skipIf(chromiumPath === undefined)('the editor of response time, in a real browser against the real system', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem(), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  const stored = (page: Page) => page.evaluate(() => fetch('/api/settings').then((answer) => answer.json())) as Promise<Settings>;

  test.each<Language>(['ru', 'en'])(
    'the week is drawn with the pointer and the keyboard, and one sentence says what will happen (%s)',
    async (language) => {
      const { page, t, troubles, context } = await openPages(browser, system.url, language);
      page.setDefaultTimeout(PATIENCE_MS);
      const put = (body: object) =>
        page.evaluate(
          (change) =>
            fetch('/api/settings', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: change }).then(
              ({ status }) => status,
            ),
          JSON.stringify(body),
        );
      const day = [{ from: 540, to: 1080 }];
      expect(
        await put({
          responseTime: { enabled: false, seconds: 900, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] },
          schedule: { timeZone: 'Europe/Moscow', week: [day, day, day, day, day, [], []], holidays: [] },
        }),
      ).toBe(200);
      await page.goto(`${system.url}/settings/chats`);
      const section = page.getByRole('region', { name: t['settings.response.title'] });
      await section.getByRole('switch', { name: t['settings.response.title'] }).click();
      await section.getByLabel(t['settings.response.working']).click();
      const example = section.getByRole('status').first();
      const friday = t['settings.response.example']
        .replace('{{day}}', t['settings.day.4'])
        .replace('{{time}}', '17:50')
        .replace('{{dueDay}}', t['settings.day.0'])
        .replace('{{dueTime}}', '09:05');
      await expect.poll(() => example.textContent(), { timeout: PATIENCE_MS }).toBe(friday);

      // Saturday's hours are drawn: the example moves to Saturday evening.
      const saturday = section.locator('[data-day="5"]');
      const box = (await saturday.locator('[data-bar]').boundingBox())!;
      await page.mouse.move(box.x + (box.width * 10) / 24, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + (box.width * 13) / 24, box.y + box.height / 2, { steps: 4 });
      await page.mouse.up();
      await expect.poll(async () => (await stored(page)).schedule.week[5], { timeout: PATIENCE_MS }).toEqual([{ from: 600, to: 780 }]);
      await expect.poll(() => example.textContent(), { timeout: PATIENCE_MS }).toContain(`${t['settings.day.5']}`);

      // Its end moves by the keyboard, and more hours follow on the same day.
      const end = saturday.getByRole('slider').last();
      await end.focus();
      await page.keyboard.press('ArrowRight');
      await expect.poll(async () => (await stored(page)).schedule.week[5], { timeout: PATIENCE_MS }).toEqual([{ from: 600, to: 795 }]);
      await saturday.getByRole('button', { name: new RegExp(t['settings.week.add']) }).click();
      await expect.poll(async () => (await stored(page)).schedule.week[5]?.length, { timeout: PATIENCE_MS }).toBe(2);
      await saturday.getByRole('button', { name: new RegExp(t['settings.week.copy']) }).click();
      await page.getByRole('menuitem', { name: t['settings.week.copyNext'] }).click();
      await expect.poll(async () => (await stored(page)).schedule.week[6]?.length, { timeout: PATIENCE_MS }).toBe(2);
      await saturday.getByRole('slider').first().focus();
      await page.keyboard.press('Delete');
      await expect.poll(async () => (await stored(page)).schedule.week[5]?.length, { timeout: PATIENCE_MS }).toBe(1);

      // A day that is unlike its weekday, another zone, and a head who is told.
      await section.getByLabel(t['settings.holidays.from'], { exact: true }).fill('2027-01-01');
      await section.getByLabel(t['settings.holidays.to'], { exact: true }).fill('2027-01-03');
      await section.getByRole('button', { name: t['settings.holidays.add'], exact: true }).click();
      await expect
        .poll(async () => (await stored(page)).schedule.holidays.map(({ date }) => date), { timeout: PATIENCE_MS })
        .toEqual(['2027-01-01', '2027-01-02', '2027-01-03']);
      const zone = section.getByLabel(t['settings.zone.title']);
      await zone.fill('Asia/Nowhere');
      await section.getByText(t['settings.zone.wrong']).waitFor();
      await zone.fill('Asia/Yekaterinburg');
      await zone.blur();
      await expect.poll(async () => (await stored(page)).schedule.timeZone, { timeout: PATIENCE_MS }).toBe('Asia/Yekaterinburg');
      await section.getByLabel(t['settings.response.heads']).selectOption({ index: 1 });
      await expect.poll(async () => (await stored(page)).responseTime.notifyUserIds.length, { timeout: PATIENCE_MS }).toBe(1);

      await page.setViewportSize({ width: 1280, height: 1400 });
      await section.screenshot({ path: `${pictures}/editor-${language}.png` });
      expect(await audit(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 1700 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await section.screenshot({ path: `${pictures}/editor-phone-dark-${language}.png` });
      expect(troubles).toEqual([]);
      await context.close();
    },
    120_000,
  );
});
