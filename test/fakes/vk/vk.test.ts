/** The local VK is held to what the real one does: other tests are worth no more than it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLE_PNG } from '../telegram/images.ts';
import { type FakeVk, remoteFakeVk, startFakeVk } from './index.ts';

interface Answer {
  response?: never;
  error?: { error_code: number; error_msg: string; request_params: { key: string; value: string }[] };
}

describe('the local VK', () => {
  let fake: FakeVk;
  beforeEach(async () => {
    fake = await startFakeVk({ timeScale: 0.00001 });
  });
  afterEach(() => fake.stop());

  async function call(method: string, params: Record<string, string | number> = {}, token = fake.token): Promise<Answer> {
    const body = new URLSearchParams({ access_token: token, v: '5.199' });
    for (const [name, value] of Object.entries(params)) body.set(name, String(value));
    const answer = await fetch(`${fake.url}/method/${method}`, { method: 'POST', body });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Answer;
  }
  const keyboard = (buttons: unknown, inline = true) => JSON.stringify({ inline, buttons });
  const button = (fields: object = {}) => ({ action: { type: 'text', label: 'x', payload: '{"b":"k"}', ...fields } });

  test.each([
    ['an empty text', { message: ' ' }, 100],
    ['a text over 4096 characters', { message: 'я'.repeat(4097) }, 914],
    ['a random_id beyond int32', { message: 'a', random_id: 2 ** 31 }, 100],
    ['an unknown person', { message: 'a', peer_id: 5 }, 901],
    ['an unknown group chat', { message: 'a', peer_id: 2_000_000_001 }, 917],
    ['an unknown file', { attachment: 'photo1_1' }, 100],
    ['eleven files', { attachment: Array.from({ length: 11 }, () => 'photo1_1').join(',') }, 100],
    ['a keyboard that is no JSON', { message: 'a', keyboard: '{' }, 911],
    ['six buttons a row', { message: 'a', keyboard: keyboard([Array.from({ length: 6 }, () => button())]) }, 911],
    ['eleven inline buttons', { message: 'a', keyboard: keyboard(Array.from({ length: 6 }, () => [button(), button()])) }, 911],
    ['a label over 40 characters', { message: 'a', keyboard: keyboard([[button({ label: 'я'.repeat(41) })]]) }, 911],
    ['a payload that is no JSON', { message: 'a', keyboard: keyboard([[button({ payload: 'k' })]]) }, 911],
    ['a payload over 255 characters', { message: 'a', keyboard: keyboard([[button({ payload: JSON.stringify('k'.repeat(254)) })]]) }, 911],
    [
      'a coloured link',
      { message: 'a', keyboard: keyboard([[{ action: { type: 'open_link', label: 'x', link: 'https://a.b' }, color: 'primary' }]]) },
      911,
    ],
  ])('refuses %s', async (_name, params, code) => {
    await fake.clientWrites(1, 'hello');
    const answer = await call('messages.send', { peer_id: 1, random_id: 7, ...params });
    expect(answer.error).toMatchObject({
      error_code: code,
      request_params: expect.arrayContaining([{ key: 'method', value: 'messages.send' }]),
    });
    expect(await fake.sentTo(1)).toEqual([]);
  });

  test('wants its key, its version, a form body and a method it knows', async () => {
    await fake.clientWrites(1, 'hello');
    const params = { peer_id: 1, random_id: 7, message: 'a' };
    expect((await call('messages.send', params, 'wrong')).error).toMatchObject({ error_code: 5 });
    expect((await call('messages.send', { ...params, v: '5.101' })).error).toMatchObject({ error_code: 8 });
    expect((await call('messages.sing', params)).error).toMatchObject({ error_code: 3 });
    const json = await fetch(`${fake.url}/method/messages.send?v=5.199`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${fake.token}` },
      body: JSON.stringify(params),
    });
    expect(await json.json()).toMatchObject({ error: { error_code: 100 } });
    const { error } = await call('messages.send', { peer_id: 1, message: 'a' });
    expect(error).toMatchObject({ error_code: 100, error_msg: expect.stringContaining('random_id') });
    expect(JSON.stringify(error)).not.toContain(fake.token);
  });

  test('a random_id that was seen in the dialog gives the earlier message; 0 switches that off', async () => {
    for (const peerId of [1, 2]) await fake.clientWrites(peerId, 'hello');
    const send = async (peer_id: number, random_id: number) => (await call('messages.send', { peer_id, random_id, message: 'a' })).response;
    const first = await send(1, 7);
    expect(await send(1, 7)).toBe(first);
    expect(await send(2, 7)).not.toBe(first);
    expect(await send(1, 0)).not.toBe(await send(1, 0));
    for (let number = 100; number < 200; number += 1) await send(1, number);
    expect(await send(1, 7)).not.toBe(first);
  });

  test('takes a photo in three steps, each by its ticket, and tells what is none', async () => {
    await fake.clientWrites(1, 'hello');
    const { upload_url } = (await call('photos.getMessagesUploadServer', { peer_id: 1 })).response as unknown as { upload_url: string };
    const upload = async (content: Buffer, name: string) => {
      const form = new FormData();
      form.append('photo', new Blob([new Uint8Array(content)]), name);
      return (await (await fetch(upload_url, { method: 'POST', body: form })).json()) as { server: number; photo: string; hash: string };
    };
    expect(await upload(Buffer.from('text'), 'a.png')).toMatchObject({ photo: '[]' });
    const ticket = await upload(SAMPLE_PNG, 'a.png');
    expect((await call('photos.saveMessagesPhoto', { ...ticket, hash: 'x' })).error).toMatchObject({ error_code: 121 });
    const [photo] = (await call('photos.saveMessagesPhoto', { ...ticket })).response as unknown as { owner_id: number; id: number }[];
    expect((await call('photos.saveMessagesPhoto', { ...ticket })).error).toMatchObject({ error_code: 121 });
    await call('messages.send', { peer_id: 1, random_id: 7, attachment: `photo${photo!.owner_id}_${photo!.id}` });
    expect(await fake.sentTo(1)).toMatchObject([{ text: '', files: [{ kind: 'photo', sizeBytes: SAMPLE_PNG.length }] }]);
  });

  describe('delivers to a callback server', () => {
    let hook: Server;
    let answers: [number, string, Record<string, string>?][];
    let seen: { type: string; text?: string; secret?: string; repeat?: string }[];
    let url: string;
    beforeEach(async () => {
      answers = [];
      seen = [];
      hook = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          const event = JSON.parse(body) as { type: string; secret?: string; object?: { message?: { text: string } } };
          const repeat = request.headers['x-retry-counter'];
          seen.push({
            type: event.type,
            ...(event.object?.message === undefined ? {} : { text: event.object.message.text }),
            ...(event.secret === undefined ? {} : { secret: event.secret }),
            ...(repeat === undefined ? {} : { repeat: String(repeat) }),
          });
          const [status, text, headers] = answers.shift() ?? [200, event.type === 'confirmation' ? 'c0de' : 'ok'];
          response.writeHead(status, headers).end(text);
        });
      });
      hook.listen(0, '127.0.0.1');
      await once(hook, 'listening');
      url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    });
    afterEach(() => {
      hook.closeAllConnections();
      hook.close();
    });

    test('only once it has answered the handshake with its code', async () => {
      answers = [[200, 'wrong']];
      expect(await fake.addServerByHand(url, 's', { code: 'c0de' })).toMatchObject({ status: 'failed' });
      await fake.clientWrites(1, 'unheard');
      expect(await fake.addServerByHand(url, 's', { code: 'c0de' })).toMatchObject({ status: 'ok' });
      await fake.clientWrites(1, 'a < b');
      await fake.waitUntilTaken();
      expect(seen).toEqual([{ type: 'confirmation' }, { type: 'confirmation' }, { type: 'message_new', text: 'a &lt; b', secret: 's' }]);
    });

    test('again until exactly "ok", five times at most, sooner or later as it is told', async () => {
      await fake.addServerByHand(url, 's', { code: 'c0de' });
      answers = [
        [200, 'OK'],
        [503, '', { 'retry-after': '1' }],
      ];
      await fake.clientWrites(1, 'a');
      await fake.waitUntilTaken();
      expect(seen.slice(1).map(({ repeat }) => repeat)).toEqual([undefined, '1', '2']);
      expect(await fake.counters()).toMatchObject({ delivered: 1, givenUp: 0, failedAttempts: 2 });
      answers = Array.from({ length: 6 }, () => [500, '']);
      await fake.clientWrites(1, 'b');
      await fake.waitUntilTaken();
      expect(seen.filter(({ text }) => text === 'b').map(({ repeat }) => repeat)).toEqual([undefined, '1', '2', '3', '4', '5']);
      expect(await fake.counters()).toMatchObject({ delivered: 1, givenUp: 1 });
    });

    test('"remove" takes the server away', async () => {
      await fake.addServerByHand(url, 's', { code: 'c0de' });
      answers = [[200, 'remove']];
      await fake.clientWrites(1, 'a');
      await expect.poll(() => fake.servers()).toEqual([]);
    });

    test('twice and backwards on demand', async () => {
      await fake.addServerByHand(url, 's', { code: 'c0de' });
      const { eventId } = await fake.clientWrites(1, 'a');
      await fake.waitUntilTaken();
      await fake.redeliver(eventId);
      await fake.hold();
      for (const text of ['1', '2', '3']) await fake.clientWrites(1, text);
      await fake.release('reversed');
      await fake.waitUntilTaken();
      expect(seen.slice(1).map(({ text }) => text)).toEqual(['a', 'a', '3', '2', '1']);
    });
  });

  test('runs as a process of its own, with the same control over HTTP', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'test/fakes/vk/main.ts', '--port', '0', '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { url, token } = JSON.parse(line.toString()) as { url: string; token: string };
      const remote = remoteFakeVk(url);
      await remote.clientWrites(1, 'hello');
      await remote.stall(10, { when: 'after' });
      const body = new URLSearchParams({ access_token: token, v: '5.199', peer_id: '1', random_id: '7', message: 'hi' });
      await fetch(`${url}/method/messages.send`, { method: 'POST', body });
      expect(await remote.waitForSent(1, 1)).toMatchObject([{ from: 'community', text: 'hi' }]);
      expect(await remote.counters()).toMatchObject({ accepted: 1, byMethod: { 'messages.send': 1 } });
      await expect(remote.waitForSent(1, 2, { timeoutMs: 20 })).rejects.toThrow('got 1 of 2 messages');
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });
});
