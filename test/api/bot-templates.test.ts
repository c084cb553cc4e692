/** Bots with approved templates over the API: what saving, publishing and trying them out say of templates. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { webchatChannel } from '../../channels/webchat/webchat.ts';
import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import type { ApprovedTemplate } from '../../domain/message/template.ts';
import { orderReady } from '../../domain/message/template-for-tests.ts';
import { pause, say } from '../../domain/scenario/play-for-tests.ts';
import type { TranscriptLine } from '../../domain/scenario/simulate.ts';
import { makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

const WEEK_SECONDS = 7 * 24 * 3600;
const ready = orderReady({ buttons: [] });
let approved: ApprovedTemplate[] = [];
let asked = 0;
const whatsapp = {
  ...whatsappChannel(),
  templates: async () => {
    asked += 1;
    return approved;
  },
};

let world: World;
let ada: Person;
let channelId = 0;
beforeAll(async () => {
  world = await startWorld([whatsapp, webchatChannel()]);
}, 120_000);
afterAll(() => world.stop());
beforeEach(async () => {
  ada = await world.makePerson();
  ({ channelId } = await makeCard(world, ada));
  await world.sql`update channels set type = 'whatsapp', state = 'connected', updated_at = ${Date.now() - 60_000} where id = ${channelId}`;
  approved = [ready];
  asked = 0;
});

const values = { 'text.1': '{{contact.first_name}}', 'text.2': '17' };
const message = (template: object) => ({ handler: 'send_message', params: { type: 'external', text: '', templateType: 'waba', template } });
const bot = (template: object) => ({ 0: { question: [pause(WEEK_SECONDS, 1)] }, 1: { question: [message(template)] } });
interface Answer {
  id: number;
  code: string;
  problems: { code: string; step: number | null; message: { en: string } }[];
  data: { problems: Answer['problems'] };
  transcript: TranscriptLine[];
}
const call = async (method: string, path: string, body?: unknown) => {
  const answer = await world.call(ada, method, path, body);
  return { status: answer.status, body: (await answer.json()) as Answer };
};
const codes = (problems: Answer['problems']) => problems.map(({ code, step }) => `${code} ${step}`);

test('a bot whose template is approved is published without a word, and the messenger is asked once', async () => {
  const { body } = await call('POST', '/api/bots/import', bot({ name: 'order_ready', language: 'ru', values }));
  expect(body.problems).toEqual([]);
  expect((await call('POST', `/api/bots/${body.id}/publish`)).status).toBe(200);
  expect(asked).toBe(1);
});

test('an unknown template, or one with places too few, is a warning that names its step and stops nobody who accepts it', async () => {
  const { body: unknown } = await call('POST', '/api/bots/import', bot({ name: 'order_ready', language: 'en', values }));
  expect(codes(unknown.problems)).toEqual(['unknown_template 1']);
  const { body } = await call('POST', '/api/bots/import', bot({ name: 'order_ready', language: 'ru', values: { 'text.1': 'Анна' } }));
  expect(codes(body.problems)).toEqual(['template_misfit 1']);
  expect(body.problems[0]!.message.en).toContain('template.values.text.2');
  expect((await call('POST', `/api/bots/${body.id}/publish`)).body).toMatchObject({
    code: 'unpublishable',
    data: { problems: body.problems },
  });
  expect(await call('POST', `/api/bots/${body.id}/publish`, { acceptWarnings: true })).toMatchObject({
    status: 200,
    body: { problems: body.problems },
  });
});

test('what was withdrawn or approved since the bot was saved is known when it is published', async () => {
  const { body } = await call('POST', '/api/bots/import', bot({ name: 'order_ready', language: 'ru', values }));
  approved = [];
  await world.sql`update channel_templates set fetched_at = ${Date.now() - 11 * 60_000} where channel_id = ${channelId}`;
  const refused = await call('POST', `/api/bots/${body.id}/publish`);
  expect(codes(refused.body.data.problems)).toEqual(['unknown_template 1']);
  // Approved a moment ago: what was kept is not believed when a template is not in it.
  approved = [ready];
  await world.sql`update channel_templates set fetched_at = ${Date.now() - 6_000} where channel_id = ${channelId}`;
  expect((await call('POST', `/api/bots/${body.id}/publish`)).status).toBe(200);
});

test('a text behind a long pause is a hint where there is WhatsApp; without templates no messenger is asked', async () => {
  const late = { 0: { question: [pause(WEEK_SECONDS, 1)] }, 1: { question: [say('Ещё здесь?')] } };
  const { body } = await call('POST', '/api/bots/import', late);
  expect(codes(body.problems)).toEqual(['window_closes 1']);
  expect((await call('POST', `/api/bots/${body.id}/publish`)).status).toBe(200);
  expect(asked).toBe(0);
  await world.sql`update channels set type = 'webchat' where id = ${channelId}`;
  expect((await call('POST', '/api/bots/import', late)).body.problems).toEqual([]);
});

test('where nobody could be asked nothing is wrong, and the simulator shows the name and what fills it', async () => {
  await world.sql`update channels set state = 'disconnected' where id = ${channelId}`;
  const { body } = await call('POST', '/api/bots/import', bot({ name: 'order_ready', language: 'ru', values }));
  expect(body.problems).toEqual([]);
  const simulate = () => call('POST', `/api/bots/${body.id}/simulate`, { script: '+7 d' });
  const said = ({ transcript }: Answer) => transcript.find((line) => line.type === 'bot');
  expect(said((await simulate()).body)).toMatchObject({ template: 'order_ready', text: 'order_ready: Анна, 17' });
  await world.sql`update channels set state = 'connected' where id = ${channelId}`;
  expect(said((await simulate()).body)).toMatchObject({ template: 'order_ready', text: 'Анна, заказ 17 готов' });
});
