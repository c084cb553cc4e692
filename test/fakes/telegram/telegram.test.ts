/** The local Telegram is held to what the real one does: other tests are worth no more than it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_PNG } from './images.ts';
import { type FakeTelegram, remoteFakeTelegram, startFakeTelegram } from './index.ts';

describe('the local Telegram', () => {
  let fake: FakeTelegram;
  beforeEach(async () => {
    fake = await startFakeTelegram({ timeScale: 0.01 });
  });
  afterEach(() => fake.stop());

  async function call(method: string, params: Record<string, unknown> = {}, token = fake.token) {
    const body = Object.values(params).some((value) => value instanceof Blob) ? form(params) : JSON.stringify(params);
    const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined;
    const answer = await fetch(`${fake.url}/bot${token}/${method}`, { method: 'POST', body, headers });
    const json = (await answer.json()) as { ok: boolean; error_code?: number; description?: string; result?: never; parameters?: object };
    expect(json.ok ? 200 : json.error_code).toBe(answer.status);
    return json;
  }
  function form(params: Record<string, unknown>): FormData {
    const data = new FormData();
    for (const [name, value] of Object.entries(params)) {
      if (value instanceof Blob) data.append(name, value, `${name}.png`);
      else data.append(name, typeof value === 'string' ? value : JSON.stringify(value));
    }
    return data;
  }
  const png = () => new Blob([SAMPLE_PNG]);
  const photos = (count: number) => Array.from({ length: count }, () => ({ type: 'photo', media: 'attach://a' }));
  const button = (data: string) => ({ inline_keyboard: [[{ text: 'x', callback_data: data }]] });

  test.each([
    ['an empty text', 'sendMessage', { text: ' ' }, 'Bad Request: message text is empty'],
    ['a text over 4096 characters', 'sendMessage', { text: 'я'.repeat(4097) }, 'Bad Request: message is too long'],
    ['an unknown chat', 'sendMessage', { chat_id: 2, text: 'a' }, 'Bad Request: chat not found'],
    ['no chat', 'sendMessage', { chat_id: '', text: 'a' }, 'Bad Request: chat_id is empty'],
    ['65 bytes behind a button', 'sendMessage', { text: 'a', reply_markup: button('я'.repeat(33)) }, 'Bad Request: BUTTON_DATA_INVALID'],
    ['no data behind a button', 'sendMessage', { text: 'a', reply_markup: button('') }, 'Bad Request: BUTTON_DATA_INVALID'],
    ['a long caption', 'sendPhoto', { photo: 'x', caption: 'a'.repeat(1025) }, 'Bad Request: message caption is too long'],
    ['an unknown file', 'sendPhoto', { photo: 'x' }, 'Bad Request: wrong file identifier/HTTP URL specified'],
    ['an album of one', 'sendMediaGroup', { a: png(), media: photos(1) }, 'Bad Request: an album needs at least 2 messages'],
    ['an album of eleven', 'sendMediaGroup', { a: png(), media: photos(11) }, 'Bad Request: too many messages to send as an album'],
    [
      'an album with buttons',
      'sendMediaGroup',
      { a: png(), media: photos(2), reply_markup: button('k') },
      'Bad Request: reply_markup is not supported in an album',
    ],
    [
      'photos beside documents',
      'sendMediaGroup',
      { a: png(), media: [...photos(1), { type: 'document', media: 'attach://a' }] },
      "Bad Request: document can't be mixed with other media types",
    ],
    [
      'voice in an album',
      'sendMediaGroup',
      { a: png(), media: [...photos(1), { type: 'voice', media: 'attach://a' }] },
      "Bad Request: Can't use the media of the specified type in the album",
    ],
    [
      'a broken second item',
      'sendMediaGroup',
      { a: png(), media: [...photos(1), { type: 'photo', media: 'gone' }] },
      'Bad Request: failed to send message #2 with the error message "wrong file identifier/HTTP URL specified"',
    ],
    ['a photo over 10 MB', 'sendPhoto', { photo: new Blob([SAMPLE_PNG, Buffer.alloc(10 * 1024 * 1024)]) }, /is too big for a photo/],
    ['a photo that is none', 'sendPhoto', { photo: new Blob(['text']) }, 'Bad Request: IMAGE_PROCESS_FAILED'],
    ['a plain HTTP webhook', 'setWebhook', { url: 'http://example.org/' }, /An HTTPS URL must be provided/],
    ['a wild secret', 'setWebhook', { url: 'https://example.org/', secret_token: 'ö' }, /unallowed characters/],
    ['a strange press', 'answerCallbackQuery', { callback_query_id: '1' }, /query is too old/],
  ])('refuses %s', async (_name, method, params, description) => {
    await fake.clientWrites(1, 'hello');
    const answer = await call(method, { chat_id: 1, ...params });
    expect(answer.description).toEqual(typeof description === 'string' ? description : expect.stringMatching(description));
    expect(await fake.sentTo(1)).toEqual([]);
  });

  test('a wrong token is 401, a malformed one 404, an unknown method 404, a file over 50 MB 413', async () => {
    await fake.clientWrites(1, 'hello');
    expect(await call('getMe', {}, '1:wrong')).toMatchObject({ error_code: 401, description: 'Unauthorized' });
    expect(await call('getMe', {}, 'wrong')).toMatchObject({ error_code: 404 });
    expect(await call('sendNothing')).toMatchObject({ error_code: 404 });
    expect(await call('sendDocument', { chat_id: 1, document: new Blob([Buffer.alloc(50 * 1024 * 1024 + 1)]) })).toMatchObject({
      error_code: 413,
    });
  });

  test('4096 characters outside of the basic plane are not too long', async () => {
    await fake.clientWrites(1, 'hello');
    expect(await call('sendMessage', { chat_id: 1, text: '👍'.repeat(4096) })).toMatchObject({ ok: true });
  });

  test('a poll waits for an update, repeats it until the offset confirms it, and loses to a newer poll', async () => {
    const waiting = call('getUpdates', { timeout: 30 });
    await expect.poll(async () => (await fake.counters()).received).toBe(1);
    const { updateId } = await fake.clientWrites(1, 'a');
    expect((await waiting).result).toMatchObject([{ update_id: updateId, message: { text: 'a' } }]);
    await fake.clientWrites(1, 'b');
    expect((await call('getUpdates')).result).toHaveLength(2);
    expect((await call('getUpdates', { offset: updateId + 1, limit: 1 })).result).toMatchObject([{ message: { text: 'b' } }]);
    expect((await call('getUpdates', { offset: updateId + 2 })).result).toEqual([]);

    const older = call('getUpdates', { timeout: 30 });
    await expect.poll(async () => (await fake.counters()).received).toBe(5);
    const newer = call('getUpdates', { timeout: 30 });
    expect(await older).toMatchObject({ error_code: 409, description: expect.stringContaining('terminated by other getUpdates request') });
    await fake.clientWrites(1, 'c');
    expect((await newer).result).toHaveLength(1);
  });

  test('kinds the bot did not ask for are not delivered', async () => {
    await call('getUpdates', { allowed_updates: ['message'] });
    await fake.block(1);
    await fake.clientWrites(1, 'a');
    expect((await call('getUpdates')).result).toHaveLength(1);
  });

  describe('delivers to a webhook', () => {
    let hook: Server;
    let answers: ((text: string) => number | Promise<number>)[];
    let seen: string[];
    beforeEach(async () => {
      answers = [];
      seen = [];
      hook = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', async () => {
          const update = JSON.parse(body) as { message?: { text: string }; callback_query?: { data: string } };
          const text = update.message?.text ?? update.callback_query?.data ?? '?';
          seen.push(`${text} ${request.headers['x-telegram-bot-api-secret-token']}`);
          response.writeHead((await answers.shift()?.(text)) ?? 200).end();
        });
      });
      hook.listen(0, '127.0.0.1');
      await once(hook, 'listening');
    });
    afterEach(() => {
      hook.closeAllConnections();
      hook.close();
    });
    const connect = () => call('setWebhook', { url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`, secret_token: 's' });

    test('what waited before it was set, and with the secret; polling is refused meanwhile', async () => {
      await fake.clientWrites(1, 'early');
      await connect();
      await fake.waitUntilTaken();
      expect(seen).toEqual(['early s']);
      expect(await call('getUpdates')).toMatchObject({ error_code: 409, description: expect.stringContaining('webhook is active') });
      await call('deleteWebhook');
      await fake.clientWrites(1, 'later');
      expect((await call('getUpdates')).result).toHaveLength(1);
    });

    test('again until 2xx; a refused message holds up its own chat only, in order', async () => {
      answers = [() => 503, () => 200, () => 500];
      await connect();
      await fake.hold();
      for (const text of ['a', 'b']) await fake.clientWrites(1, text);
      await fake.clientWrites(2, 'other');
      await fake.release();
      await fake.waitUntilTaken();
      expect(seen.filter((one) => !one.startsWith('other'))).toEqual(['a s', 'a s', 'a s', 'b s']);
      expect(seen.indexOf('other s')).toBeLessThan(seen.indexOf('b s'));
      expect(await fake.counters()).toMatchObject({ delivered: 3, failedAttempts: 2, pending: 0 });
      expect((await call('getWebhookInfo')).result).toMatchObject({ last_error_message: expect.stringContaining('500') });
    });

    test('twice on demand, and out of order on demand', async () => {
      await connect();
      const { updateId } = await fake.clientWrites(1, 'a');
      await fake.waitUntilTaken();
      await expect(fake.redeliver(updateId)).resolves.toEqual({ status: 200 });
      await fake.hold();
      for (const text of ['1', '2', '3']) await fake.clientWrites(1, text);
      await fake.release('reversed');
      await fake.waitUntilTaken();
      expect(seen).toEqual(['a s', 'a s', '3 s', '2 s', '1 s']);
    });

    test('a press, which can be answered once it came', async () => {
      await connect();
      await fake.clientWrites(1, 'a');
      await call('sendMessage', { chat_id: 1, text: 'Sure?', reply_markup: button('key') });
      const { callbackId } = await fake.clientPresses(1, 'last', 'x');
      await fake.waitUntilTaken();
      expect(seen.at(-1)).toBe('key s');
      expect(await fake.pressAnswered(callbackId)).toBe(false);
      expect(await call('answerCallbackQuery', { callback_query_id: callbackId })).toMatchObject({ result: true });
      expect(await fake.pressAnswered(callbackId)).toBe(true);
    });
  });

  test('runs as a process of its own, with the same control over HTTP', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fakes/telegram/main.ts', '--port', '0', '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { url, token } = JSON.parse(line.toString()) as { url: string; token: string };
      const remote = remoteFakeTelegram(url);
      await remote.clientWrites(1, 'hello');
      await remote.stall(10, { when: 'after' });
      await fetch(`${url}/bot${token}/sendMessage`, { method: 'POST', body: new URLSearchParams({ chat_id: '1', text: 'hi' }) });
      expect(await remote.waitForSent(1, 1)).toMatchObject([{ from: 'bot', kind: 'text', text: 'hi' }]);
      expect(await remote.counters()).toMatchObject({ accepted: 1, byMethod: { sendMessage: 1 } });
      await expect(remote.waitForSent(1, 2, { timeoutMs: 20 })).rejects.toThrow('got 1 of 2 messages');
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });
});
