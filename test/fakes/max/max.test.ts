/** The local MAX is held to what the real one does: other tests are worth no more than it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_PNG } from '../telegram/images.ts';
import { type FakeMax, remoteFakeMax, startFakeMax } from './index.ts';

const ANNA = 182_182_182;

describe('the local MAX', () => {
  let fake: FakeMax;
  let hook: Server;
  let hookUrl: string;
  let deliveries: { body: string; secret: string | undefined }[];
  /** What the webhook answers; the first of the list, as long as there is one. */
  let answers: number[];

  beforeEach(async () => {
    fake = await startFakeMax({ timeScale: 0.0002 });
    deliveries = [];
    answers = [];
    hook = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const secret = request.headers['x-max-bot-api-secret'];
        deliveries.push({ body: Buffer.concat(chunks).toString(), secret: Array.isArray(secret) ? secret[0] : secret });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    await fake.clientWrites(ANNA, 'hello');
  });
  afterEach(async () => {
    await fake.stop();
    hook.closeAllConnections();
    await new Promise((resolve) => hook.close(resolve));
  });

  async function call(verb: string, path: string, body?: unknown, headers: Record<string, string> = { authorization: fake.token }) {
    const answer = await fetch(`${fake.url}/${path}`, {
      method: verb,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, json: JSON.parse(text) as Record<string, unknown>, headers: answer.headers };
  }
  const message = (body: unknown, chat: number | string = ANNA) => call('POST', `messages?chat_id=${chat}`, body);
  const subscribe = (fields: object = {}) => call('POST', 'subscriptions', { url: hookUrl, secret: 'abcde_12345', ...fields });
  const keyboard = (buttons: object[][]) => ({ text: 'a', attachments: [{ type: 'inline_keyboard', payload: { buttons } }] });
  const button = (fields: object = {}) => ({ type: 'callback', text: 'x', payload: 'k', ...fields });
  async function upload(type: string, bytes: Buffer = SAMPLE_PNG, field = 'data', headers: Record<string, string> = {}) {
    const { json } = await call('POST', `uploads?type=${type}`);
    const form = new FormData();
    form.append(field, new File([new Uint8Array(bytes)], 'a.bin'));
    const answer = await fetch(String(json.url), { method: 'POST', body: form, headers });
    return { token: json.token as string | undefined, status: answer.status, text: await answer.text() };
  }

  test('every call needs the bare token in its header', async () => {
    for (const headers of [{}, { authorization: 'wrong' }, { authorization: `Bearer ${fake.token}` }] as Record<string, string>[]) {
      const answer = await call('GET', `me?access_token=${fake.token}`, undefined, headers);
      expect([answer.status, answer.json.code]).toEqual([401, 'verify.token']);
    }
    expect((await call('GET', 'me')).json).toMatchObject({ user_id: 229_229_229, is_bot: true });
    await fake.revokeToken(fake.token);
    expect((await call('GET', 'me')).status).toBe(401);
  });

  test('numbers are written as digits that JavaScript cannot hold, and the id says them too', async () => {
    const { text, json } = await message({ text: 'a' });
    const seq = /"seq":(\d+)/.exec(text)?.[1] ?? '';
    expect(Number.isSafeInteger(Number(seq))).toBe(false);
    expect(json).toMatchObject({
      message: { body: { mid: `mid.${ANNA.toString(16).padStart(16, '0')}${BigInt(seq).toString(16).padStart(16, '0')}` } },
    });
  });

  test.each([
    ['a body that is no JSON', '{', 400],
    ['nothing to say', { text: '' }, 400],
    ['a text of 4001', { text: 'x'.repeat(4001) }, 400],
    ['half a character', { text: 'a\ud83d' }, 400],
    ['a text that is a number', { text: 5 }, 400],
    ['an unknown field', { text: 'a', keyboard: {} }, 400],
    ['an unknown format', { text: 'a', format: 'rtf' }, 400],
    ['an answer to nothing', { text: 'a', link: { type: 'reply', mid: 'mid.gone' } }, 404],
    ['thirteen attachments', { attachments: Array.from({ length: 13 }, () => ({ type: 'image', payload: { token: 't' } })) }, 400],
    ['an unknown kind', { attachments: [{ type: 'hologram', payload: {} }] }, 400],
    ['an unknown token', { attachments: [{ type: 'file', payload: { token: 't' } }] }, 400],
    ['a file by its address', { attachments: [{ type: 'file', payload: { url: 'https://x.example/a' } }] }, 400],
    ['31 rows', keyboard(Array.from({ length: 31 }, () => [button()])), 400],
    ['8 buttons in a row', keyboard([Array.from({ length: 8 }, () => button())]), 400],
    ['4 in a row with a link', keyboard([[button(), button(), button(), button({ type: 'link', url: 'https://x.example' })]]), 400],
    ['an empty row', keyboard([[]]), 400],
    ['a label of 129', keyboard([[button({ text: 'x'.repeat(129) })]]), 400],
    ['a button without its key', keyboard([[button({ payload: '' })]]), 400],
    ['a link that is none', keyboard([[button({ type: 'link', url: 'nowhere' })]]), 400],
    ['two keyboards', { text: 'a', attachments: [...keyboard([[button()]]).attachments, ...keyboard([[button()]]).attachments] }, 400],
  ])('refuses %s', async (_name, body, status) => {
    expect((await message(body)).status).toBe(status);
    expect(await fake.sentTo(ANNA)).toEqual([]);
  });

  test('a chat must be named once and be known, and its client must not have stopped the bot', async () => {
    expect((await call('POST', 'messages', { text: 'a' })).status).toBe(400);
    expect((await call('POST', `messages?chat_id=${ANNA}&user_id=1`, { text: 'a' })).status).toBe(400);
    expect((await message({ text: 'a' }, 'anna')).status).toBe(400);
    expect((await message({ text: 'a' }, 99)).json.code).toBe('chat.not.found');
    await fake.clientStops(ANNA);
    expect((await message({ text: 'a' })).json).toEqual({ code: 'chat.denied', message: 'error.dialog.suspended' });
    await fake.clientStarts(ANNA);
    expect((await message({ text: 'a' })).status).toBe(200);
    expect((await call('POST', `messages?user_id=${500_000_000 + ANNA}`, { text: 'b' })).status).toBe(200);
  });

  test('a file alone, pictures together, and a video only once its bytes are there', async () => {
    const image = JSON.parse((await upload('image')).text) as { photos: object };
    const file = JSON.parse((await upload('file')).text) as { token: string };
    const pictures = [
      { type: 'image', payload: image },
      { type: 'image', payload: image },
    ];
    const alone = { type: 'file', payload: { token: file.token } };
    expect((await message({ attachments: pictures })).status).toBe(200);
    expect((await message({ attachments: [alone] })).status).toBe(200);
    expect((await message({ attachments: [...pictures, alone] })).status).toBe(400);
    expect((await message({ attachments: [alone, ...keyboard([[button()]]).attachments] })).status).toBe(400);
    expect((await message({ attachments: [{ type: 'image', payload: { token: file.token } }] })).status).toBe(400);
    const { json } = await call('POST', 'uploads?type=video');
    expect((await message({ attachments: [{ type: 'video', payload: { token: json.token } }] })).json.code).toBe('attachment.not.ready');
    const video = await upload('video');
    expect(video.text).toContain('<retval>1</retval>');
    await fake.notReady(1);
    const withVideo = { attachments: [{ type: 'video', payload: { token: video.token } }] };
    expect([(await message(withVideo)).status, (await message(withVideo)).status]).toEqual([400, 200]);
  });

  test('the upload server wants one picture in its field, and must not see the token', async () => {
    expect((await call('POST', 'uploads?type=photo')).status).toBe(400);
    expect((await upload('image', Buffer.from('no picture'))).status).toBe(400);
    expect((await upload('image', SAMPLE_PNG, 'file')).status).toBe(400);
    expect((await upload('file', SAMPLE_PNG, 'data', { authorization: fake.token })).status).toBe(400);
    expect((await fetch(`${fake.url}/upload/229229229/guessed`, { method: 'POST' })).status).toBe(404);
  });

  test('a subscription wants an https address, a secret of its form and known kinds', async () => {
    for (const fields of [
      { url: 'http://shop.example.org/' },
      { url: 'nowhere' },
      { secret: 'four' },
      { secret: 'a b c d e' },
      { update_types: ['hologram'] },
    ])
      expect((await subscribe(fields)).status).toBe(400);
    expect((await subscribe({ update_types: ['message_created'] })).json).toEqual({ success: true });
    await fake.clientStarts(ANNA);
    await fake.clientWrites(ANNA, 'told');
    await fake.waitUntilTaken();
    expect(deliveries.map(({ body, secret }) => [JSON.parse(body).update_type, secret])).toEqual([['message_created', 'abcde_12345']]);
    expect((await call('DELETE', `subscriptions?url=${encodeURIComponent(hookUrl)}`)).json).toEqual({ success: true });
    expect((await call('DELETE', `subscriptions?url=${encodeURIComponent(hookUrl)}`)).json).toMatchObject({ success: false });
    expect((await call('GET', 'subscriptions')).json).toEqual({ subscriptions: [] });
  });

  test('an update is delivered again until it is answered 200, and when asked for', async () => {
    await subscribe();
    answers = [503, 204];
    const { key } = await fake.clientWrites(ANNA, 'again');
    await fake.waitUntilTaken();
    expect(new Set(deliveries.map(({ body }) => body)).size).toBe(1);
    expect(deliveries).toHaveLength(3);
    expect(await fake.redeliver(key)).toEqual([200]);
    expect(await fake.counters()).toMatchObject({ delivered: 1, failedAttempts: 2, pending: 0 });
  });

  test('a poll gives what was not committed; beside a subscription there is none', async () => {
    const poll = async (query: string) => {
      const { text, json } = await call('GET', `updates?timeout=0${query}`);
      return { updates: json.updates as { update_type: string }[], marker: /"marker":(\d+)/.exec(text)?.[1] };
    };
    const first = await poll('');
    expect(first.updates).toHaveLength(1);
    expect(await poll('')).toEqual(first);
    await fake.clientStarts(ANNA);
    const second = await poll(`&marker=${first.marker}`);
    expect(second.updates.map(({ update_type }) => update_type)).toEqual(['bot_started']);
    expect((await poll(`&marker=${second.marker}`)).updates).toEqual([]);
    await fake.clientStarts(ANNA);
    expect((await poll('&types=message_created')).updates).toEqual([]);
    expect((await call('GET', 'updates?limit=1001')).status).toBe(400);
    await subscribe();
    expect((await call('GET', 'updates?timeout=0')).status).toBe(405);
  });

  test('a press is answered with a notice or another message, not with nothing', async () => {
    await message(keyboard([[button({ text: 'Yes', payload: 'y' })]]));
    const { callbackId, key } = await fake.clientPresses(ANNA, 'last', 'Yes');
    expect(JSON.parse(await fake.updateOf(key))).toMatchObject({ callback: { callback_id: callbackId, payload: 'y' } });
    expect((await call('POST', `answers?callback_id=${callbackId}`, {})).status).toBe(400);
    expect(await fake.pressAnswered(callbackId)).toBe(false);
    expect((await call('POST', `answers?callback_id=${callbackId}`, { notification: 'ok' })).json).toEqual({ success: true });
    expect(await fake.pressAnswered(callbackId)).toBe(true);
    expect((await call('POST', 'answers?callback_id=unknown', { notification: 'ok' })).status).toBe(404);
  });

  test('too many calls are answered 429, with the time to wait where it is told', async () => {
    await fake.rateLimit(3);
    await fake.rateLimit();
    const waits = [await message({ text: 'a' }), await message({ text: 'a' })].map(({ status, headers }) => [
      status,
      headers.get('retry-after'),
    ]);
    expect(waits).toEqual([
      [429, '3'],
      [429, null],
    ]);
    expect(await fake.sentTo(ANNA)).toEqual([]);
  });

  test('in a process of its own it is driven over HTTP and ends with its parent’s pipe', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fakes/max/main.ts', '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, token } = JSON.parse(line.toString()) as { url: string; token: string };
    const remote = remoteFakeMax(url);
    expect(await remote.info()).toMatchObject({ url, token });
    await remote.clientWrites(ANNA, 'hello');
    expect(await remote.transcript(ANNA)).toMatchObject([{ from: 'client', text: 'hello' }]);
    await expect(remote.clientPresses(ANNA, 'last', 'Yes')).rejects.toThrow('no button "Yes"');
    child.stdin.end();
    await once(child, 'exit');
  });
});
