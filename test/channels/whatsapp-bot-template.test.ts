/** A bot that waits for a week in WhatsApp, from the real turns through the real adapter to what the messenger is called with. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConnectedChannel } from '../../channels/channel.ts';
import { fetchTemplates } from '../../channels/whatsapp/templates.ts';
import { keepTemplates } from '../../db/stores/templates.ts';
import { go, options, pause, say } from '../../domain/scenario/play-for-tests.ts';
import type { FakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { createTurns, type Turns } from '../turns/world.ts';
import { channel, connectWhatsApp } from './whatsapp-bench.ts';

const WEEK_SECONDS = 7 * 24 * 3600;
const CHAT = '+79990000001';

let t: Turns;
let fake: FakeWhatsApp;
let connected: ConnectedChannel;
const { factsOf } = connectWhatsApp((started) => {
  ({ fake, connected } = started);
});
/** Bodies of the calls that send, as they went over the wire. */
const sent: unknown[] = [];
const relay = createServer((request, response) => {
  const pass = async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (request.url?.endsWith('/messages') === true) sent.push(JSON.parse(body.toString()));
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await fetch(`${fake.url}${request.url}`, { method: 'POST', headers: { authorization, 'content-type': type }, body });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  };
  pass().catch(() => response.destroy());
});

beforeAll(async () => {
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  t = await createTurns({ deps: { channels: new Map([['whatsapp', channel]]), openCredentials: () => connected.credentials } });
  const { port } = relay.address() as AddressInfo;
  await t.sql`update channels set api_root = ${fake.apiRoot.replace(fake.url, `http://127.0.0.1:${port}`)} where account_id = ${t.accountId} and id = ${t.whatsapp}`;
  t.forget();
  await fake.approveTemplate('order_ready', 'ru', {
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Заказ {{1}}', example: { header_text: ['17'] } },
      { type: 'BODY', text: '{{1}}, заказ {{2}} ждёт', example: { body_text: [['Анна', '17']] } },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Где он', url: 'https://shop.example/o/{{1}}', example: ['https://shop.example/o/a17'] },
          { type: 'QUICK_REPLY', text: 'Заберу' },
        ],
      },
    ],
  });
});
afterAll(async () => {
  await t.end();
  relay.closeAllConnections();
  await new Promise((resolve) => relay.close(resolve));
});

const client = async (act: () => Promise<unknown>) => {
  for (const fact of await factsOf(act)) await t.turn(fact.chat.externalChatId, [t.fact(fact)], t.whatsapp);
  await t.drain(CHAT, t.whatsapp);
};

test('after the week the window has closed, the template goes out exactly as Meta wants it, and the press of its answer is the bot’s answer', async () => {
  const templates = await fetchTemplates(connected, new AbortController().signal);
  await keepTemplates(t.sql, t.accountId, t.whatsapp, { templates, fetchedAt: t.at });
  const template = {
    name: 'order_ready',
    language: 'ru',
    values: {
      'heading.1': '№ {{message_text}}',
      'text.1': '{{contact.name}}',
      'text.2': '{{message_text}}',
      'button.0': 'a{{message_text}}',
    },
  };
  await t.bot({
    0: { question: [pause(WEEK_SECONDS, 1)] },
    1: {
      question: [{ handler: 'send_message', params: { type: 'external', templateType: 'waba', template } }],
      answer: [options({ value: 'Заберу', params: [go(2)] })],
    },
    2: { question: [say('Ждём вас')] },
  });
  await client(() => fake.clientWrites(CHAT, '17', { name: 'Анна' }));
  expect(sent).toEqual([]);
  t.at += WEEK_SECONDS * 1000;
  await fake.closeWindow(CHAT);
  await t.run(t.wakes.at(-1)!);
  const [message] = await t.sql<{ id: string; text: string }[]>`
    select id, text from messages where account_id = ${t.accountId} and direction = 'out'`;
  expect(sent).toEqual([
    {
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '79990000001',
      biz_opaque_callback_data: `${message!.id}:0`,
      type: 'template',
      template: {
        name: 'order_ready',
        language: { code: 'ru' },
        components: [
          { type: 'header', parameters: [{ type: 'text', text: '№ 17' }] },
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Анна' },
              { type: 'text', text: '17' },
            ],
          },
          {
            type: 'button',
            sub_type: 'quick_reply',
            index: '1',
            parameters: [{ type: 'payload', payload: expect.stringMatching(/^[\w-]{22}\.1$/) }],
          },
          { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'a17' }] },
        ],
      },
    },
  ]);
  expect(message!.text).toBe('Заказ № 17\n\nАнна, заказ 17 ждёт');
  expect(await fake.sentTo(CHAT)).toMatchObject([
    { kind: 'template', template: { name: 'order_ready', variables: ['Анна', '17'], heading: '№ 17' } },
  ]);

  await client(() => fake.clientPresses(CHAT, 'Заберу'));
  expect((await fake.sentTo(CHAT)).at(-1)).toMatchObject({ kind: 'text', text: 'Ждём вас' });
});
