import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeIntegration } from '../fakes/custom/index.ts';
import { rfc2822, signedHeaders } from '../fakes/custom/sign.ts';
import { UUID } from './talk.ts';
import { type ChatsApiWorld, type Connected, startChatsApi } from './world.ts';

const refusal = (status: number, words: RegExp) => ({
  error_code: status,
  error_type: expect.stringMatching(/^[A-Z_]+$/),
  error_description: expect.stringMatching(words),
});

let world: ChatsApiWorld;
let shop: Connected;
let other: Connected;
beforeAll(async () => {
  world = await startChatsApi();
  shop = await world.account();
  other = await world.account();
});
afterAll(() => world.end());

describe('a channel is connected in two steps', () => {
  test('the account gets the id and the secret once, for the integration; the secret is sealed at rest', async () => {
    const fresh = await world.account({ connected: false });
    expect(fresh.integration.channelId).toMatch(UUID);
    expect(fresh.integration.secret).toMatch(/^[0-9a-f]{40}$/);
    const shown = await (await world.api.call(fresh.person, 'GET', `/api/channels/${fresh.channel}`)).text();
    expect(shown).toContain(fresh.integration.channelId);
    expect(shown).not.toContain(fresh.integration.secret);
    const [row] = await world.api.sql`select to_jsonb(c)::text as all from channels c where id = ${fresh.channel}`;
    expect(row!.all).not.toContain(fresh.integration.secret);
  });

  test('the integration connects the account, as often as it likes; without a version it gets the old hooks', async () => {
    const fresh = await world.account({ connected: false });
    const { integration, amojoId } = fresh;
    const test = () => world.api.call(fresh.person, 'POST', `/api/channels/${fresh.channel}/test`).then((answer) => answer.json());
    expect(await test()).toMatchObject({ ok: false, words: expect.stringContaining('/connect') });
    for (const [wanted, version] of [
      [undefined, 'v1'],
      ['v2', 'v2'],
      ['v2', 'v2'],
    ] as const) {
      const reply = await integration.call('POST', `/v2/origin/custom/${integration.channelId}/connect`, {
        account_id: amojoId,
        title: 'My chat',
        ...(wanted === undefined ? {} : { hook_api_version: wanted }),
      });
      expect(reply.status).toBe(200);
      expect(reply.json).toEqual({
        account_id: amojoId,
        scope_id: `${integration.channelId}_${amojoId}`,
        title: 'My chat',
        hook_api_version: version,
      });
    }
    expect(await test()).toMatchObject({ ok: true });
  });

  test('another account, an unknown version and a body that is none are refused by name', async () => {
    const { integration, amojoId } = shop;
    const connect = (body: unknown) => integration.call('POST', `/v2/origin/custom/${integration.channelId}/connect`, body);
    expect(await connect({ account_id: other.amojoId })).toMatchObject({ status: 403, json: refusal(403, /account_id/) });
    expect(await connect({ account_id: amojoId, hook_api_version: 'v3' })).toMatchObject({
      status: 400,
      json: refusal(400, /hook_api_version/),
    });
    expect(await connect({})).toMatchObject({ status: 400, json: refusal(400, /account_id/) });
    expect(await connect('no json')).toMatchObject({ status: 400, json: refusal(400, /JSON/) });
    expect(await integration.call('POST', `/v2/origin/custom/${randomUUID()}/connect`, { account_id: amojoId })).toMatchObject({
      status: 404,
    });
  });

  test('disconnecting ends the scope and tells the account; connecting again mends it', async () => {
    const fresh = await world.account();
    const { integration, amojoId } = fresh;
    const disconnect = () => integration.call('DELETE', `/v2/origin/custom/${integration.channelId}/disconnect`, { account_id: amojoId });
    expect(await disconnect()).toMatchObject({ status: 200, text: '{}' });
    expect(await disconnect()).toMatchObject({ status: 200 });
    expect(await integration.scoped('POST', '', integration.newMessage('c', { type: 'text', text: 'x' }))).toMatchObject({ status: 404 });
    const state = async () => (await (await world.api.call(fresh.person, 'GET', `/api/channels/${fresh.channel}`)).json()) as object;
    expect(await state()).toMatchObject({ state: 'disconnected', words: expect.stringContaining('integration') });
    const told = () =>
      world.api
        .sql`select 1 from notifications where account_id = ${fresh.person.accountId} and what = 'channelDisconnected' and withdrawn_at is null`;
    expect(await told()).toHaveLength(1);
    expect(await integration.connect(amojoId)).toMatchObject({ status: 200 });
    expect(await state()).toMatchObject({ state: 'connected', words: '' });
    expect(await told()).toHaveLength(0);
  });

  test('another webhook address keeps id, secret and connection; an id and a secret used elsewhere may be brought along', async () => {
    const fresh = await world.account();
    const changed = await world.api.call(fresh.person, 'PATCH', `/api/channels/${fresh.channel}`, {
      credentials: { webhookUrl: `${fresh.integration.url}/elsewhere/:scope_id` },
    });
    expect(await changed.json()).toMatchObject({
      channelId: fresh.integration.channelId,
      secret: fresh.integration.secret,
      facts: { scopeId: fresh.integration.scopeId, hookVersion: 'v2' },
    });
    const channelId = randomUUID();
    const made = await world.api.call(fresh.person, 'POST', '/api/channels', {
      type: 'custom',
      credentials: { webhookUrl: 'https://integration.example/:scope_id', channelId, secret: 'c506ff3d57fca1998e50ea8076ef7afc27934f65' },
    });
    expect(await made.json()).toMatchObject({ channelId, secret: 'c506ff3d57fca1998e50ea8076ef7afc27934f65', externalId: channelId });
    expect((await world.api.call(fresh.person, 'POST', '/api/channels', { type: 'custom', credentials: {} })).status).toBe(422);
  });
});

describe('nothing is believed without its signature', () => {
  test.each([
    ['no signature', { 'X-Signature': undefined }],
    ['another signature', { 'X-Signature': 'a'.repeat(40) }],
    ['the digest of another body', { 'Content-MD5': 'd41d8cd98f00b204e9800998ecf8427e' }],
    ['no digest', { 'Content-MD5': undefined }],
    ['an old date', { Date: rfc2822(new Date(Date.now() - 16 * 60_000)) }],
    ['no date', { Date: undefined }],
    ['another content type', { 'Content-Type': 'text/plain' }],
  ])('%s: 403, and nothing happens', async (_what, change) => {
    const before = world.facts.length;
    const { scopeId } = shop.integration;
    const reply = await shop.integration.call(
      'POST',
      `/v2/origin/custom/${scopeId}`,
      shop.integration.newMessage('c-x', { type: 'text', text: 'x' }),
      change,
    );
    expect(reply).toMatchObject({ status: 403, json: refusal(403, /header/) });
    expect(world.facts).toHaveLength(before);
  });

  test('a signature of another method or path does not carry over; the query is not signed', async () => {
    const { integration } = shop;
    const path = `/v2/origin/custom/${integration.scopeId}/chats/${randomUUID()}/history`;
    const headers = signedHeaders(integration.secret, { method: 'GET', path, body: '' });
    const ask = (method: string, at: string) => world.api.app.request(`http://localhost${at}`, { method, headers });
    expect((await ask('GET', `${path}?limit=5`)).status).toBe(204);
    expect((await ask('GET', path.replace(/.history$/, 'x/history'))).status).toBe(403);
    const typing = `/v2/origin/custom/${integration.scopeId}/typing`;
    const posted = signedHeaders(integration.secret, { method: 'GET', path: typing, body: '{"conversation_id":"c"}' });
    expect(
      (await world.api.app.request(`http://localhost${typing}`, { method: 'POST', headers: posted, body: '{"conversation_id":"c"}' }))
        .status,
    ).toBe(403);
  });

  test('signatures hold over a real connection, with letters outside ASCII in body and address', async () => {
    const server = serve({ fetch: world.api.app.fetch, port: 0, hostname: '127.0.0.1' });
    try {
      await new Promise((resolve) => (server.listening ? resolve(undefined) : server.once('listening', resolve)));
      const caller = await startFakeIntegration({ secret: shop.integration.secret, channelId: shop.integration.channelId });
      caller.api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await caller.connect(shop.amojoId)).toMatchObject({ status: 200 });
      const event = caller.newMessage('разговор-1', { type: 'text', text: 'Привет 👋' });
      expect(await caller.scoped('POST', '', event)).toMatchObject({ status: 200 });
      expect(await caller.scoped('POST', `/${encodeURIComponent('не наш')}/delivery_status?x=1`, { delivery_status: 1 })).toMatchObject({
        status: 404,
      });
      await caller.stop();
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test("another account's scope is not reached, with whatever secret", async () => {
    const event = other.integration.newMessage('c-1', { type: 'text', text: 'x' });
    const before = world.facts.length;
    expect(await other.integration.call('POST', `/v2/origin/custom/${shop.integration.scopeId}`, event)).toMatchObject({ status: 403 });
    const mixed = `${other.integration.channelId}_${shop.amojoId}`;
    expect(await other.integration.call('POST', `/v2/origin/custom/${mixed}`, event)).toMatchObject({ status: 404 });
    expect(world.facts).toHaveLength(before);
  });
});
