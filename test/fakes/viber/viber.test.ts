/** The local Viber is held to what the real one does: other tests are worth no more than it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeViber, remoteFakeViber, startFakeViber } from './index.ts';

interface Delivery {
  body: string;
  signature: string;
}

describe('the local Viber', () => {
  let fake: FakeViber;
  let hook: Server;
  let hookUrl: string;
  let deliveries: Delivery[];
  /** What the webhook answers; the first of the list, as long as there is one. */
  let answers: number[];

  beforeEach(async () => {
    fake = await startFakeViber({ timeScale: 0.002 });
    deliveries = [];
    answers = [];
    hook = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        deliveries.push({ body: Buffer.concat(chunks).toString(), signature: String(request.headers['x-viber-content-signature']) });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    await fake.stop();
    hook.closeAllConnections();
    await new Promise((resolve) => hook.close(resolve));
  });

  async function call(method: string, body: unknown, token = fake.token) {
    const answer = await fetch(`${fake.apiRoot}/${method}`, {
      method: 'POST',
      headers: token === '' ? {} : { 'X-Viber-Auth-Token': token },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.status).toBe(200);
    return { text, json: JSON.parse(text) as { status: number; status_message: string } };
  }
  const subscribeClient = async () => {
    await call('set_webhook', { url: hookUrl });
    await fake.clientWrites('anna', 'hello');
  };
  const message = (fields: Record<string, unknown> = {}) => ({
    receiver: 'anna',
    sender: { name: 'Shop' },
    type: 'text',
    text: 'a',
    ...fields,
  });
  const keyboard = (button: Record<string, unknown>, count = 1) => ({
    min_api_version: 6,
    keyboard: { Type: 'keyboard', Buttons: Array.from({ length: count }, () => ({ ActionBody: 'k', Text: 'x', ...button })) },
  });
  const media = 'http://127.0.0.1:1/a.png';

  test('the webhook is called during set_webhook, signed, and must answer 200', async () => {
    expect((await call('set_webhook', { url: hookUrl, event_types: ['seen'] })).json).toMatchObject({ status: 0, event_types: ['seen'] });
    expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ event: 'webhook', timestamp: expect.any(Number) });
    expect(deliveries[0]!.signature).toBe(await fake.sign(deliveries[0]!.body));
    answers = [401];
    expect((await call('set_webhook', { url: hookUrl })).json.status).toBe(1);
    for (const url of ['http://shop.example.com/', 'nowhere', 'http://127.0.0.1:1/'])
      expect((await call('set_webhook', { url })).json.status).toBe(1);
    expect((await call('set_webhook', { url: hookUrl, event_types: ['hologram'] })).json.status).toBe(3);
    expect((await call('set_webhook', {})).json.status).toBe(4);
  });

  test('every call needs a token it knows', async () => {
    for (const token of ['', 'wrong']) expect((await call('get_account_info', {}, token)).json.status).toBe(2);
    await fake.revokeToken(fake.token);
    expect((await call('get_account_info', {})).json.status).toBe(2);
  });

  test('tokens are written as digits that JavaScript cannot hold, each another', async () => {
    await subscribeClient();
    const tokens = [];
    for (let index = 0; index < 3; index += 1) tokens.push(/"message_token":(\d+)/.exec((await call('send_message', message())).text)?.[1]);
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(Number.isSafeInteger(Number(token))).toBe(false);
    await fake.waitUntilTaken();
    expect(deliveries.at(-1)?.body).toMatch(/"message_token":49\d{17},/);
  });

  test('a text that looks like a marked number stays a text', async () => {
    await subscribeClient();
    await fake.clientWrites('anna', 'int:1 "int:5" 12345678901234567890');
    await fake.waitUntilTaken();
    expect(JSON.parse(deliveries.at(-1)!.body).message.text).toBe('int:1 "int:5" 12345678901234567890');
  });

  test.each([
    ['a body that is no JSON', '{', 3],
    ['more than 30 KB', message({ tracking_data: 'x'.repeat(31_000) }), 3],
    ['no receiver', message({ receiver: undefined }), 4],
    ['an unknown receiver', message({ receiver: 'nobody' }), 5],
    ['no sender', message({ sender: undefined }), 4],
    ['no name of the sender', message({ sender: {} }), 4],
    ['a name of 29 characters', message({ sender: { name: 'x'.repeat(29) } }), 3],
    ['a text of 7001', message({ text: 'x'.repeat(7001) }), 3],
    ['no text', message({ text: '' }), 4],
    ['half a character', message({ text: 'a\ud83d' }), 3],
    ['an unknown type', message({ type: 'hologram' }), 3],
    ['a picture without text', message({ type: 'picture', media, text: undefined }), 4],
    ['a picture with 513 characters', message({ type: 'picture', media, text: 'x'.repeat(513) }), 3],
    ['a picture whose address has no ending', message({ type: 'picture', media: 'https://x.example/a', text: '' }), 3],
    ['a file without size', message({ type: 'file', media, file_name: 'a.pdf' }), 4],
    ['a file name without ending', message({ type: 'file', media, size: 1, file_name: 'a' }), 3],
    ['a program', message({ type: 'file', media, size: 1, file_name: 'a.exe' }), 3],
    ['a file of 51 MB', message({ type: 'file', media, size: 51 * 1024 * 1024, file_name: 'a.pdf' }), 3],
    ['a video without size', message({ type: 'video', media }), 4],
    ['an address of 2001', message({ type: 'url', media: `https://x.example/${'x'.repeat(1983)}` }), 3],
    ['tracking data of 4001', message({ tracking_data: 'x'.repeat(4001) }), 3],
    ['an API version of the future', message({ min_api_version: 11 }), 13],
    ['a keyboard without its type', message({ keyboard: { Buttons: [] } }), 3],
    ['13 rows', message(keyboard({ Columns: 6 }, 13)), 3],
    ['7 columns', message(keyboard({ Columns: 7 })), 3],
    ['a label of 251', message(keyboard({ Text: 'x'.repeat(251) })), 3],
    ['a label with raw signs', message(keyboard({ Text: 'a < b & c' })), 3],
    ['an unknown action', message(keyboard({ ActionType: 'fly' })), 3],
    ['a link that is none', message(keyboard({ ActionType: 'open-url' })), 3],
    ['no ActionBody', message(keyboard({ ActionBody: undefined })), 4],
    ['Silent for old clients', message({ ...keyboard({ Silent: true }), min_api_version: 1 }), 13],
  ])('refuses %s', async (_name, body, status) => {
    await subscribeClient();
    expect((await call('send_message', body)).json.status).toBe(status);
    expect(await fake.sentTo('anna')).toEqual([]);
  });

  test('sending needs a webhook, a subscriber, and patience after a hundred messages', async () => {
    await fake.clientWrites('anna', 'hello');
    expect((await call('send_message', message())).json.status).toBe(10);
    await subscribeClient();
    await fake.block('anna');
    expect((await call('send_message', message())).json.status).toBe(6);
    await fake.unblock('anna');
    for (let index = 0; index < 100; index += 1) expect((await call('send_message', message())).json.status).toBe(0);
    expect((await call('send_message', message())).json.status).toBe(12);
    await fake.clientWrites('anna', 'stop it');
    expect((await call('send_message', message())).json.status).toBe(0);
  });

  test('opening a chat does not subscribe, and its context is told', async () => {
    await call('set_webhook', { url: hookUrl });
    await fake.clientOpens('boris', { context: 'promo7' });
    await fake.waitUntilTaken();
    expect(JSON.parse(deliveries.at(-1)!.body)).toMatchObject({ event: 'conversation_started', context: 'promo7', subscribed: false });
    expect((await call('send_message', message({ receiver: 'boris' }))).json.status).toBe(6);
  });

  test('an event is delivered again until it is answered 200, and when asked for', async () => {
    await call('set_webhook', { url: hookUrl });
    answers = [503, 204];
    const { messageToken } = await fake.clientWrites('anna', 'again');
    await fake.waitUntilTaken();
    expect(new Set(deliveries.slice(1).map(({ body }) => body)).size).toBe(1);
    expect(deliveries).toHaveLength(4);
    expect(await fake.redeliver(messageToken)).toEqual({ status: 200 });
    expect(await fake.counters()).toMatchObject({ events: 1, delivered: 1, failedAttempts: 2, pending: 0 });
  });

  test('a file that cannot be read afterwards makes the message fail', async () => {
    await subscribeClient();
    const { text } = await call('send_message', message({ type: 'picture', text: '', media }));
    await expect.poll(() => deliveries.at(-1)?.body).toContain('"event":"failed"');
    expect(/"message_token":(\d+)/.exec(deliveries.at(-1)!.body)?.[1]).toBe(/"message_token":(\d+)/.exec(text)?.[1]);
  });

  test('receipts name the message, delivered once a device', async () => {
    await subscribeClient();
    await call('send_message', message());
    await fake.deliver('anna', 'last', { devices: 2 });
    await fake.see('anna', 'last');
    await fake.waitUntilTaken();
    const [sent] = await fake.sentTo('anna');
    const told = deliveries.slice(-3).map(({ body }) => [JSON.parse(body).event, /"message_token":(\d+)/.exec(body)?.[1]]);
    expect(told).toEqual([
      ['delivered', sent?.messageToken],
      ['delivered', sent?.messageToken],
      ['seen', sent?.messageToken],
    ]);
  });

  test('in a process of its own it is driven over HTTP and ends with its parent’s pipe', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fakes/viber/main.ts', '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, apiRoot, token } = JSON.parse(line.toString()) as { url: string; apiRoot: string; token: string };
    const remote = remoteFakeViber(url);
    expect(await remote.info()).toMatchObject({ url, apiRoot, token });
    await remote.clientWrites('anna', 'hello');
    expect(await remote.transcript('anna')).toMatchObject([{ from: 'client', text: 'hello' }]);
    await expect(remote.clientPresses('anna', 'Yes')).rejects.toThrow('no button "Yes"');
    child.stdin.end();
    await once(child, 'exit');
  });
});
