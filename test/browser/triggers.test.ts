/** What starts a bot, chosen by name on its page and kept whole: against the real system. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bot, Channels, Pipeline } from '../../api/contract/index.ts';
import { connect } from '../../db/connection.ts';
import { chromiumPath, openBrowser } from '../webchat/browser.ts';
import { audit } from './axe.ts';
import { openPages } from './people.ts';
import { takePicture } from './picture.ts';
import { startSystem, type TestSystem } from './system.ts';

const TOKEN = 'demo-token-of-the-test-of-triggers';
const PATIENCE_MS = 20_000;
const folder = 'test/output/triggers';

describe.skipIf(chromiumPath === undefined)('triggers of a bot, in a real browser', () => {
  let system: TestSystem;
  let browser: Browser;
  beforeAll(async () => {
    [system, browser] = await Promise.all([startSystem({ demoToken: TOKEN }), openBrowser()]);
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await system?.stop();
  });

  async function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(system.url + path, {
      method,
      headers: { Authorization: `Bearer ${TOKEN}`, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<Answer>;
  }

  test('channel, pipeline and stage are chosen by name, and nothing that came by the API is lost when the page saves', async () => {
    // A second pipeline: stages say whose they are, and those of another are not offered.
    const sql = connect(system.databaseUrl, { max: 1 });
    await sql`
      with account as (select id from accounts where is_demo),
        made as (insert into pipelines (account_id, name, is_main) select id, 'Опт', false from account returning account_id, id)
      insert into stages (account_id, pipeline_id, name, kind, sort) select account_id, id, 'Договор', 'open', 1 from made`.finally(() =>
      sql.end(),
    );
    const pipelines = (await call<{ items: Pipeline[] }>('GET', '/api/pipelines')).items;
    const main = pipelines.find(({ isMain }) => isMain)!;
    const wholesale = pipelines.find(({ name }) => name === 'Опт')!;
    const first = main.stages.find(({ kind }) => kind === 'open')!;
    const contract = wholesale.stages[0]!;
    const channel = (await call<Channels>('GET', '/api/channels')).items[0]!;
    const [listed] = (await call<{ items: Bot[] }>('GET', '/api/bots')).items;
    const path = `/api/bots/${listed!.id}/triggers`;
    const stored = async () => (await call<Bot['triggers']>('GET', path)).map(({ id: _, ...trigger }) => trigger);
    const whole = {
      type: 'message_received',
      filter: { channelIds: [channel.id], pipelineIds: [main.id], statusIds: [first.id], alsoWhileBotWaits: true },
      delaySeconds: 90,
      cooldownSeconds: 7200,
    };
    await call('PUT', path, [whole, { type: 'conversation_started', filter: { firstOnly: true } }]);

    const { page, t, troubles, context } = await openPages(browser, system.url, 'ru');
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${system.url}/bots/${listed!.id}/triggers`);
    const [one, two] = [page.locator('fieldset').nth(0), page.locator('fieldset').nth(1)];
    for (const name of [channel.name, main.name, `${main.name}: ${first.name}`]) {
      await one.getByRole('button', { name: t['common.remove'].replace('{{name}}', name), exact: true }).waitFor();
    }

    // The second is narrowed by keyboard and list; of the wholesale pipeline only its own stage is offered.
    await two.getByLabel(t['trigger.pipelines']).selectOption(wholesale.name);
    const stages = two.getByLabel(t['trigger.stages']);
    expect(await stages.locator('option').allTextContents()).toEqual([t['trigger.anyStage'], `${wholesale.name}: ${contract.name}`]);
    await stages.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await two.getByRole('button', { name: t['common.remove'].replace('{{name}}', `${wholesale.name}: ${contract.name}`) }).waitFor();
    expect(await audit(page)).toEqual([]);
    await takePicture(page, { file: `${folder}/wide` });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await takePicture(page, { file: `${folder}/phone` });
    await page.getByRole('button', { name: t['common.save'] }).click();
    await page.getByText(t['trigger.saved']).waitFor();
    expect(await stored()).toEqual([
      whole,
      {
        type: 'conversation_started',
        filter: { firstOnly: true, pipelineIds: [wholesale.id], statusIds: [contract.id] },
        delaySeconds: 0,
        cooldownSeconds: 0,
      },
    ]);

    // What the API changes meanwhile is shown before it could be written over.
    await call('PUT', path, [whole]);
    await two.waitFor({ state: 'detached' });

    // A pipeline taken away again, by its chip: the stage of another pipeline than the chosen one says that nothing would start.
    await one.getByRole('button', { name: t['common.remove'].replace('{{name}}', main.name), exact: true }).click();
    await one.getByLabel(t['trigger.pipelines']).selectOption(wholesale.name);
    await one.getByText(t['trigger.stageElsewhere']).waitFor();
    await one.getByRole('button', { name: t['common.remove'].replace('{{name}}', wholesale.name), exact: true }).click();
    await page.getByRole('button', { name: t['common.save'] }).click();
    await expect
      .poll(stored, { timeout: PATIENCE_MS })
      .toEqual([{ ...whole, filter: { channelIds: whole.filter.channelIds, statusIds: whole.filter.statusIds, alsoWhileBotWaits: true } }]);
    expect(troubles).toEqual([]);
    await context.close();
  }, 120_000);
});
