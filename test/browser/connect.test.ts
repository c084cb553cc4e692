import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../db/connection.ts';
import { type ConnectType, connectTypes } from '../../web/settings/connect-forms.ts';
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { startFakeMax } from '../fakes/max/index.ts';
import { startFakeTelegram } from '../fakes/telegram/index.ts';
import { startFakeViber } from '../fakes/viber/index.ts';
import { startFakeVk } from '../fakes/vk/index.ts';
import { startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { type Language, type Manager, openPages } from './people.ts';
import { picturesOf, settled, takePicture } from './picture.ts';
import { startSystem, type TestSystem } from './system.ts';

const PATIENCE_MS = 20_000;
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 780 };

/** What a manager writes into a form, first wrongly, then rightly. */
interface Attempt {
  type: ConnectType;
  right: Record<string, string>;
  /** Instead of the right ones: the field at which the server must say so, and what it says. */
  wrong: { values: Record<string, string>; at: string; says: RegExp };
  /** What the messenger answers when it is asked whether the connection works. */
  tested: RegExp;
}

/** Services that speak like the messengers, and what each of them wants to hear. */
async function startMessengers() {
  const [telegram, vk, viber, max, whatsapp, integration] = await Promise.all([
    startFakeTelegram(),
    startFakeVk({ timeScale: 0.01 }),
    startFakeViber({ timeScale: 0.01 }),
    startFakeMax({ timeScale: 0.01 }),
    startFakeWhatsApp({ timeScale: 0.01 }),
    startFakeIntegration(),
  ]);
  const attempts: Attempt[] = [
    {
      type: 'telegram',
      right: { token: telegram.token, apiRoot: telegram.url },
      wrong: {
        values: { token: '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
        at: 'token',
        says: /does not know this token|не знает такого токена/,
      },
      tested: /@\w+; (pending updates|ждут доставки): 0/,
    },
    {
      type: 'vk',
      right: { token: vk.token, groupId: `club${vk.groupId}`, receive: 'webhook', apiRoot: vk.url },
      wrong: { values: { groupId: '5' }, at: 'groupId', says: /another community|не от сообщества 5/ },
      tested: /vk\.com\//,
    },
    {
      type: 'viber',
      right: { token: viber.token, senderName: 'Tea', apiRoot: viber.apiRoot },
      wrong: {
        values: { token: '445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9' },
        at: 'token',
        says: /does not accept this token|не принимает этот токен/,
      },
      tested: /subscribers|подписчиков/,
    },
    {
      type: 'max',
      right: { token: max.token, receive: 'polling', apiRoot: max.url },
      wrong: { values: { token: 'f9LHodD0cOI-wrong' }, at: 'token', says: /does not know this token|не знает такого токена/ },
      tested: /./,
    },
    {
      type: 'whatsapp',
      right: {
        token: whatsapp.token,
        phoneNumberId: whatsapp.phoneNumberId,
        appSecret: whatsapp.appSecret,
        businessAccountId: whatsapp.businessAccountId,
        apiRoot: whatsapp.apiRoot,
      },
      wrong: { values: { phoneNumberId: '+79990001122' }, at: 'phoneNumberId', says: /not the number itself|не сам номер/ },
      tested: /./,
    },
    {
      type: 'custom',
      right: { webhookUrl: `${integration.url}/hooks/:scope_id` },
      wrong: { values: { secret: 'short' }, at: 'secret', says: /16 to 200 characters|от 16 до 200 знаков/ },
      tested: /Shop chat; (hooks|уведомления) v2/,
    },
    {
      type: 'webchat',
      right: { title: 'Ask us', origins: 'https://tea.example' },
      wrong: { values: { origins: 'tea shop' }, at: 'origins', says: /no site address|не адрес сайта/ },
      tested: /./,
    },
  ];
  const fakes = [telegram, vk, viber, max, whatsapp, integration];
  return { attempts, integration, vk, stop: () => Promise.all(fakes.map((fake) => fake.stop())) };
}

test.each(['connecting.ru.md', 'connecting.md'])('docs/%s shows the form of every messenger', (page) => {
  expect(picturesOf(page)).toHaveLength(connectTypes.length + 1);
  expect(picturesOf(page).filter((path) => !existsSync(join('docs', path)))).toEqual([]);
});

describe.skipIf(chromiumPath === undefined)('messengers are connected by their forms, in a real browser', () => {
  let system: TestSystem;
  let browser: Browser;
  let messengers: Awaited<ReturnType<typeof startMessengers>>;
  let amojoId: string;
  beforeAll(async () => {
    [system, browser, messengers] = await Promise.all([startSystem({ allowPrivateAddresses: true }), openBrowser(), startMessengers()]);
    const sql = connect(system.databaseUrl, { max: 1 });
    amojoId = (await sql<{ amojoId: string }[]>`select amojo_id "amojoId" from accounts where is_demo`)[0]!.amojoId;
    await sql.end();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await messengers?.stop();
    await system?.stop();
  });

  /** The form of a messenger, empty. */
  async function openForm({ page, t }: Manager, type: ConnectType): Promise<Locator> {
    await page.goto(`${system.url}/settings/channels`);
    await page.getByRole('button', { name: t['inbox.connect'] }).first().click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: t[`channel.type.${type}`] })
      .click();
    return page.getByRole('dialog', { name: t[`channel.type.${type}`] });
  }

  /** Writes the values, opening what is folded where a field stands in it. */
  async function fill(form: Locator, values: Record<string, string>): Promise<void> {
    for (const [name, value] of Object.entries(values)) {
      const field = form.locator(`[name="${name}"]`);
      if (!(await field.isVisible()))
        await form
          .locator('details')
          .filter({ has: form.page().locator(`[name="${name}"]`) })
          .locator('summary')
          .click();
      if (name === 'receive') await field.selectOption(value);
      else await field.fill(value);
    }
  }

  const submit = ({ t }: Manager, form: Locator) => form.getByRole('button', { name: t['connect.connect'], exact: true }).click();

  /** The words beside a field, which reads them out as its own. */
  async function words(form: Locator, name: string): Promise<string | null> {
    const field = form.locator(`[name="${name}"][aria-invalid="true"]`);
    await field.waitFor();
    return form.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).textContent();
  }

  describe.each<Language>(['ru', 'en'])('in %s', (language) => {
    let manager: Manager;
    beforeAll(async () => {
      manager = await openPages(browser, system.url, language);
      manager.page.setDefaultTimeout(PATIENCE_MS);
    }, 60_000);
    afterAll(() => manager?.context.close());

    const picture = (name: string, part?: Locator) =>
      takePicture(
        manager.page,
        { file: join('test/output/connect', language, name), kept: join('images/connect', language, `${name}.png`) },
        part,
      );
    const look = (name: string) => takePicture(manager.page, { file: join('test/output/connect', language, name) });

    test('every form fits a wide screen and a phone', async () => {
      const { page, t } = manager;
      await page.setViewportSize(WIDE);
      await page.goto(`${system.url}/settings/channels`);
      await page.getByRole('button', { name: t['inbox.connect'] }).first().click();
      await page.getByRole('dialog').getByRole('button').last().waitFor();
      await picture('messengers', page.getByRole('dialog'));
      for (const { type } of messengers.attempts) {
        await page.setViewportSize(WIDE);
        const form = await openForm(manager, type);
        await settled(page);
        await picture(type, form);
        await page.setViewportSize(PHONE);
        await look(`phone-${type}`);
      }
    }, 120_000);

    test('wrong values are said at their field, right ones connect, the connection is tested and ended', async () => {
      const { page, t } = manager;
      await page.setViewportSize(WIDE);
      for (const { type, right, wrong, tested } of messengers.attempts) {
        const name = `${type} ${language}`;
        let form = await openForm(manager, type);
        await fill(form, { ...right, ...wrong.values, name });
        await submit(manager, form);
        expect(await words(form, wrong.at), type).toMatch(wrong.says);
        await look(`wrong-${type}`);
        expect(await page.locator('[data-channel]').filter({ hasText: name }).count(), type).toBe(0);

        form = await openForm(manager, type);
        await fill(form, { ...right, name });
        await submit(manager, form);
        if (type === 'custom') {
          await page.getByText(t['custom.once']).waitFor();
          const value = (label: string) => page.getByRole('dialog').getByLabel(label, { exact: true }).inputValue();
          const [channelId, secret] = [await value(t['custom.channelId']), await value(t['custom.secret'])];
          Object.assign(messengers.integration, { api: system.url, channelId, secret });
          await look('keys-custom');
          await page.getByRole('dialog').getByRole('button', { name: t['common.close'] }).last().click();
          expect((await messengers.integration.connect(amojoId)).status).toBe(200);
        }
        const card = page.locator('[data-channel]').filter({ has: page.getByRole('heading', { name, exact: true }) });
        await card.getByText(t['channel.state.connected'], { exact: true }).waitFor();
        await page.getByRole('dialog').waitFor({ state: 'hidden' });
        await card.getByRole('button', { name: t['channel.test'] }).click();
        await card.locator('[role="status"][data-state="ok"]').filter({ hasText: tested }).waitFor();
        await look(`tested-${type}`);

        await card.getByRole('button', { name: t['channel.disconnect'] }).click();
        await card.getByRole('button', { name: t['channel.disconnectSure'] }).click();
        // Nobody wrote through it: nothing is left of it.
        await card.waitFor({ state: 'hidden' });
      }
      expect(manager.troubles.filter((trouble) => !trouble.includes('422'))).toEqual([]);
    }, 240_000);

    test('a server of VK made by hand is told its address, to be copied', async () => {
      const { page, t } = manager;
      const form = await openForm(manager, 'vk');
      const { vk } = messengers;
      await fill(form, { token: vk.token, groupId: String(vk.groupId), confirmationCode: 'a1b2c3', apiRoot: vk.url });
      await submit(manager, form);
      expect(await words(form, 'secret')).toMatch(/needs a secret|нужен секрет/);
      await fill(form, { secret: 'tea', name: 'VK by hand' });
      await submit(manager, form);
      const address = page.getByRole('dialog').getByLabel(t['connect.vk.address'], { exact: true });
      await expect.poll(() => address.inputValue(), { timeout: PATIENCE_MS }).toMatch(/\/webhooks\/vk\/\d+$/);
      await look('address-vk');
      await page.keyboard.press('Escape');
      const card = page.locator('[data-channel]').filter({ hasText: 'VK by hand' });
      await card.getByRole('button', { name: t['channel.disconnect'] }).click();
      await card.getByRole('button', { name: t['channel.disconnectSure'] }).click();
      await card.waitFor({ state: 'hidden' });
    }, 60_000);
  });
});
