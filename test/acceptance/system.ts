import { describe, expect, test } from 'vitest';
import { ask, choose, goto, Line, newBotToken, say } from './line.ts';
import { eventually, type World } from './world.ts';

interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  fields?: { field: string; message: string }[];
}

/** The shape of every refusal of the own API. */
export function expectProblem(answer: { status: number; type: string; body: unknown; text: string }, status: number, field?: string): void {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: answer.text });
  expect(answer.type).toMatch(/^application\/problem\+json/);
  const body = answer.body as Problem;
  expect(body).toMatchObject({
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code: expect.any(String),
    requestId: expect.any(String),
  });
  if (field !== undefined) expect(body.fields?.map((one) => one.field)).toContain(field);
}

/** As it stands in a file to be imported. */
export const GREETING = {
  0: { question: [ask('Привет', ['Да', 'Нет'])], answer: choose({ Да: [goto(1)], else: [goto(2)] }) },
  1: { question: [say('Хорошо')] },
  2: { question: [say('Жаль')] },
  conversation: false,
};

export function systemTests(world: () => World): void {
  describe.concurrent('the system and its accounts', () => {
    test('it tells that it lives, is ready, what it measures and what it can', async () => {
      const { call } = world();
      expect(await call('GET', '/healthz', undefined, { token: null })).toMatchObject({ status: 200 });
      expect(await call('GET', '/readyz', undefined, { token: null })).toMatchObject({
        status: 200,
        body: { status: 'ready', missing: [] },
      });
      const metrics = await call('GET', '/metrics', undefined, { token: null });
      expect(metrics.status).toBe(200);
      expect(metrics.text).toMatch(/^# HELP /m);
      const openapi = await call<{ openapi: string; paths: Record<string, unknown> }>('GET', '/openapi.json', undefined, { token: null });
      expect(openapi.body.openapi).toMatch(/^3\.1/);
      for (const path of [
        '/api/channels',
        '/api/conversations/{number}/messages',
        '/api/bots/import',
        '/api/bots/{id}/triggers',
        '/api/settings',
        '/api/files',
      ])
        expect(Object.keys(openapi.body.paths)).toContain(path);
      expect((await call('GET', '/', undefined, { token: null })).type).toContain('text/html');
    });

    test('without a token every address of the API answers 401 as problem+json, an unknown one 404', async () => {
      const { call } = world();
      for (const path of ['/api/settings', '/api/bots', '/api/conversations', '/api/channels', '/api/leads/1']) {
        expectProblem(await call('GET', path, undefined, { token: null }), 401);
        expectProblem(await call('GET', path, undefined, { token: 'wrong' }), 401);
      }
      expectProblem(await call('GET', '/api/nothing-here'), 404);
      expectProblem(await call('POST', '/webhooks/telegram/999999999', {}), 404);
      for (const path of ['/api/v4/talks', '/api/v4/leads/1', '/api/v4/events']) {
        const answer = await call<Problem>('GET', path, undefined, { token: null });
        expect(answer).toMatchObject({ status: 401, body: { status: 401, title: expect.any(String), detail: expect.any(String) } });
        expect(answer.type).toContain('application/problem+json');
      }
    });

    test('the operator makes another account, whose token works and sees nothing of the first', async () => {
      const { call } = world();
      const made = await call<{ id: number; token: string; administrator: { id: number } }>('POST', '/api/accounts', { name: 'Second' });
      expect(made).toMatchObject({ status: 201, body: { token: expect.any(String) } });
      const { token } = made.body;
      expect(await call('GET', '/api/me', undefined, { token })).toMatchObject({
        status: 200,
        body: { account: { id: made.body.id }, role: 'administrator' },
      });
      expectProblem(await call('POST', '/api/accounts', { name: 'Third' }, { token }), 403);
      expectProblem(await call('POST', '/api/accounts', {}), 422, 'name');

      const line = await Line.connect(world());
      const bot = await line.bot(GREETING, { on: 'conversation_started' });
      const client = line.client();
      await client.write('Hello');
      await client.got(1);
      const talk = await client.talk();
      const [run] = await client.runs();
      const [message] = await client.messages();
      const file = await upload(world(), 'a.txt', 'hello');
      const { number } = talk;
      const lead = talk.entity!.id;
      const reading = [
        `/api/channels/${line.channelId}`,
        `/api/bots/${bot}`,
        `/api/bots/${bot}/export`,
        `/api/bots/${bot}/versions`,
        `/api/bots/${bot}/triggers`,
        `/api/bots/${bot}/versions/1/source`,
        `/api/leads/${lead}`,
        `/api/leads/${lead}/runs`,
        `/api/leads/${lead}/thread`,
        `/api/contacts/${talk.contact.id}`,
        `/api/contacts/${talk.contact.id}/thread`,
        `/api/contacts/${talk.contact.id}/runs`,
        `/api/runs/${run!.id}`,
        `/api/runs/${run!.id}/trace`,
        `/api/files/${file.id}`,
        `/api/v4/bots/${bot}`,
        `/api/v4/leads/${lead}`,
        `/api/v4/contacts/${talk.contact.id}`,
      ];
      for (const path of reading)
        expect({ path, status: (await call('GET', path, undefined, { token })).status }).toEqual({ path, status: 404 });
      const changing: [string, string, object?][] = [
        ['PATCH', `/api/channels/${line.channelId}`, { name: 'x' }],
        ['POST', `/api/channels/${line.channelId}/test`],
        ['DELETE', `/api/channels/${line.channelId}`],
        ['PATCH', `/api/bots/${bot}`, { name: 'x' }],
        ['POST', `/api/bots/${bot}/publish`, {}],
        ['POST', `/api/bots/${bot}/off`, {}],
        ['POST', `/api/bots/${bot}/on`],
        ['DELETE', `/api/bots/${bot}`],
        ['PUT', `/api/bots/${bot}/triggers`, []],
        ['POST', `/api/bots/${bot}/simulate`, { script: '' }],
        ['POST', `/api/bots/${bot}/start`, { leadId: lead }],
        ['POST', `/api/bots/${bot}/rollback`, { version: 1 }],
        ['PATCH', `/api/leads/${lead}`, { name: 'x' }],
        ['PATCH', `/api/contacts/${talk.contact.id}`, { name: 'x' }],
        ['POST', `/api/runs/${run!.id}/stop`],
        ['POST', `/api/messages/${message!.id}/retry`],
        ['POST', `/api/chats/${talk.chatId}/messages`, { text: 'x' }],
        ['POST', `/api/v4/bots/${bot}/run`, { entity_id: lead, entity_type: 'leads' }],
        ['POST', `/api/v4/bots/${bot}/stop`, { entity_id: lead, entity_type: 'leads' }],
        ['PATCH', `/api/v4/leads/${lead}`, { name: 'x' }],
      ];
      for (const [method, path, body] of changing) {
        const { status } = await call(method, path, body, { token });
        expect({ method, path, refused: status === 404 || status === 403 }).toEqual({ method, path, refused: true });
      }
      // numbers belong to an account: the second one has none of its own yet
      for (const path of [
        `/api/conversations/${number}`,
        `/api/conversations/${number}/messages`,
        `/api/v4/talks/${number}`,
        `/api/v4/talks/${number}/messages`,
      ])
        expect({ path, status: (await call('GET', path, undefined, { token })).status }).toEqual({ path, status: 404 });
      for (const path of [
        `/api/conversations/${number}/close`,
        `/api/conversations/${number}/no-reply-needed`,
        `/api/v4/talks/${number}/close`,
      ])
        expect({ path, status: (await call('POST', path, {}, { token })).status }).toEqual({ path, status: 404 });
      expect((await call('GET', '/api/v4/talks', undefined, { token })).status).toBe(204);
      expect((await call<{ items: unknown[] }>('GET', '/api/bots', undefined, { token })).body.items).toEqual([]);
      expect((await client.talk()).status).toBe('in_work');
      // its own trigger may not name another account's channel
      const own = await call<{ id: number }>('POST', '/api/bots/import', GREETING, { token });
      expectProblem(
        await call(
          'PUT',
          `/api/bots/${own.body.id}/triggers`,
          [{ type: 'conversation_started', filter: { channelIds: [line.channelId] } }],
          { token },
        ),
        422,
      );
      expectProblem(await call('POST', `/api/bots/${own.body.id}/start`, { leadId: lead }, { token }), 404);
    });

    test('settings change what is named, in seconds, and name the field that is wrong', async () => {
      const { call } = world();
      const { token } = (await call<{ token: string }>('POST', '/api/accounts', { name: 'Settings' })).body;
      const put = (body: unknown) => call<Record<string, unknown>>('PUT', '/api/settings', body, { token });
      const before = await call<Record<string, unknown>>('GET', '/api/settings', undefined, { token });
      expect(before.body).toMatchObject({
        newConversation: { rule: 'reopen' },
        thanksDoNotReopen: false,
        responseTime: { enabled: false },
        personReplyEndsBot: true,
        unknownOutcome: 'sendAgain',
        joinSeconds: 2,
      });
      const changed = await put({ responseTime: { enabled: true, seconds: 1 }, newConversation: { rule: 'newAfter', hours: 2 } });
      expect(changed).toMatchObject({
        status: 200,
        body: {
          responseTime: { enabled: true, seconds: 1, stoppedBy: 'person' },
          newConversation: { rule: 'newAfter', hours: 2 },
          joinSeconds: 2,
        },
      });
      expect((await call('GET', '/api/settings', undefined, { token })).body).toEqual(changed.body);
      expectProblem(await put({ responseTime: { seconds: 0 } }), 422, 'responseTime.seconds');
      expectProblem(await put({ joinSeconds: 31 }), 422, 'joinSeconds');
      expectProblem(await put({ newConversation: { rule: 'sometimes' } }), 422, 'newConversation.rule');
      expectProblem(await put({ schedule: { timeZone: 'Mars/Olympus' } }), 422, 'schedule.timeZone');
      expectProblem(await put({ unknownOutcome: 'panic' }), 422, 'unknownOutcome');
      const garbage = await call('PUT', '/api/settings', undefined, {
        token,
        raw: '{"a":',
        headers: { 'content-type': 'application/json' },
      });
      expectProblem(garbage, 400);
      expect((await call('GET', '/api/settings', undefined, { token })).body).toEqual(changed.body);
    });

    test('a channel that cannot be connected says why and names the field', async () => {
      const { call, fake } = world();
      const connect = (body: object) => call('POST', '/api/channels', body);
      expectProblem(await connect({ type: 'pigeon', credentials: {} }), 422, 'type');
      expectProblem(await connect({ type: 'telegram', credentials: {} }), 422, 'credentials.token');
      expectProblem(await connect({ type: 'telegram', credentials: { token: 'nonsense' } }), 422, 'credentials.token');
      expectProblem(
        await connect({ type: 'telegram', credentials: { token: newBotToken() }, apiRoot: fake.url }),
        422,
        'credentials.token',
      );
      const { token } = await fake.control.addBot({ token: newBotToken() });
      await fake.control.revokeToken(token);
      expectProblem(await connect({ type: 'telegram', credentials: { token }, apiRoot: fake.url }), 422, 'credentials.token');
      expectProblem(await connect({ type: 'telegram', credentials: { token }, apiRoot: 'not an address' }), 422, 'apiRoot');
      const nobody = await connect({ type: 'telegram', credentials: { token }, apiRoot: 'http://127.0.0.1:9' });
      expectProblem(nobody, 422);
    });

    test('an Idempotency-Key repeated gives the same answer and one object; for another request it is refused', async () => {
      const { call } = world();
      const headers = { 'Idempotency-Key': `import-${Date.now()}-${Math.random()}` };
      const [one, two] = [
        await call<{ id: number }>('POST', '/api/bots/import', GREETING, { headers }),
        await call<{ id: number }>('POST', '/api/bots/import', GREETING, { headers }),
      ];
      expect(two).toMatchObject({ status: one.status, body: one.body });
      expectProblem(await call('POST', '/api/bots/import', { ...GREETING, conversation: true }, { headers }), 409);
      expectProblem(
        await call('POST', '/api/bots/import', GREETING, { headers: { 'Idempotency-Key': 'with space' } }),
        422,
        'Idempotency-Key',
      );
    });

    test('events of the own API can be streamed: resync first, then what changed', async () => {
      const { url, token } = world();
      const line = await Line.connect(world());
      const abort = new AbortController();
      const stream = await fetch(`${url}/api/stream`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
      expect(stream.headers.get('content-type')).toContain('text/event-stream');
      let heard = '';
      const reading = (async () => {
        for await (const chunk of stream.body!) heard += new TextDecoder().decode(chunk as Uint8Array);
      })().catch(() => {});
      await eventually(
        async () => heard,
        (text) => text.includes('event: resync'),
      );
      await line.client().write('Hello');
      await eventually(
        async () => heard,
        (text) => text.includes('"kind":"conversation"') && text.includes('"kind":"chat"'),
      );
      abort.abort();
      await reading;
    });
  });
}

export interface Uploaded {
  id: string;
  url: string;
  kind: string;
}
export async function upload(world: World, name: string, content: BlobPart, type = 'text/plain'): Promise<Uploaded> {
  const form = new FormData();
  form.append('file', new Blob([content], { type }), name);
  const answer = await world.call<Uploaded>('POST', '/api/files', undefined, { raw: form });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}
