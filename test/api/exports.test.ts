import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ExportDeps, startExports } from '../../activities/exports/exports.ts';
import type { ExportJob } from '../../api/contract/index.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage, type NewFile } from '../../files/storage.ts';
import { insertEvent, makeCard, read } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let owner: Person;
let other: Person;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  [owner, other] = await Promise.all([world.makePerson(), world.makePerson()]);
});

const get = <Answer>(person: Person, path: string) => read<Answer>(world, person, path);
const event = (person: Person, row: Record<string, unknown>) => insertEvent(world, person, row);

describe('exports of the list of events', () => {
  let folder: string;
  let running: { stop(): Promise<void> }[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'beseda-exports-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    running = [];
  });
  const files = () => createFileStorage({ sql: world.sql, bytes: folderByteStore(folder), now: () => Date.now() });
  const begin = (options: Partial<ExportDeps> = {}) => {
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const one = startExports({ sql: world.sql, files: files(), log: quiet, now: () => Date.now(), lookEveryMs: 50, ...options });
    running.push(one);
    return one;
  };
  const ask = async (person: Person, body: unknown) => (await (await world.call(person, 'POST', '/api/exports', body)).json()) as ExportJob;
  const until = async (person: Person, id: string, status: ExportJob['status']): Promise<ExportJob> => {
    for (;;) {
      const job = await get<ExportJob>(person, `/exports/${id}`);
      if (job.status === status) return job;
      await delay(20);
    }
  };
  const textOf = async (person: Person, id: string) => {
    const [row] = await world.sql<{ file_id: string }[]>`select file_id from exports where account_id = ${person.accountId} and id = ${id}`;
    const [file] = await files().find(person.accountId, [row!.file_id]);
    const chunks: Buffer[] = [];
    for await (const chunk of await files().open(file!)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  };
  const lines = (text: string) => text.trimEnd().split('\r\n');

  test('hold what the filter and the sight of their user let through, with headers in a language, and are told when ready', async () => {
    const card = await makeCard(world, owner);
    await world.sql`update contacts set name = '=HYPERLINK("http://x")' where account_id = ${owner.accountId} and id = ${card.contactId}`;
    await event(owner, { contact_id: card.contactId, conversation_number: card.number });
    await event(owner, { type: 'talk_closed', author_kind: 'user', author_id: owner.userId });
    await event(other, {});
    const job = await ask(owner, { filter: { type: 'talk_created' }, language: 'ru' });
    expect(job).toMatchObject({ status: 'waiting', url: null });
    begin();
    const done = await until(owner, job.id, 'done');
    expect(done).toMatchObject({ rowsDone: 1, rowsTotal: 1 });
    expect(done.url).toMatch(/^\/files\/.+\.csv$/);
    const text = await textOf(owner, job.id);
    expect(text.startsWith('\uFEFF№;Время;Событие;')).toBe(true);
    expect(lines(text)).toHaveLength(2);
    expect(text).toContain('Беседа создана;клиент');
    expect(text).toContain(`"'=HYPERLINK(""http://x"")"`);
    const told = await world.sql`select user_id, data from notifications where account_id = ${owner.accountId} and what = 'exportReady'`;
    expect(told).toMatchObject([{ user_id: owner.userId, data: { exportId: job.id, rows: 1 } }]);
  });

  test('begin anew with another worker when theirs dies in the middle, and end with every row once', async () => {
    for (let index = 0; index < 25; index += 1) await event(owner, { entity_id: index + 1, at: Date.now() - index });
    const job = await ask(owner, { filter: {}, language: 'en' });
    let died = false;
    // A worker that is killed says nothing any more: its claim runs out.
    const dead = begin({
      pageRows: 10,
      leaseMs: 300,
      afterPage: async () => {
        died = true;
        await new Promise(() => undefined);
      },
    });
    while (!died) await delay(10);
    expect((await get<ExportJob>(owner, `/exports/${job.id}`)).rowsDone).toBe(10);
    running = running.filter((one) => one !== dead);
    begin({ pageRows: 10 });
    await until(owner, job.id, 'done');
    const rows = lines(await textOf(owner, job.id)).slice(1);
    expect(new Set(rows.map((row) => row.split(',')[0])).size).toBe(25);
    expect(rows).toHaveLength(25);
    const [attempts] = await world.sql`select attempts from exports where id = ${job.id}`;
    expect(attempts).toMatchObject({ attempts: 2 });
  });

  test('have one file, also when a worker dies between the file and the row; cancelled, they have none', async () => {
    await event(owner, {});
    const cancel = (id: string) => world.call(owner, 'POST', `/api/exports/${id}/cancel`);
    const saved: string[] = [];
    const dies = async (file: NewFile) => {
      saved.push((await files().save(file)).id);
      return new Promise<never>(() => undefined);
    };
    const [finished, cancelled] = [await ask(owner, {}), await ask(owner, {})];
    for (let dead = 1; dead <= 2; dead += 1) {
      const worker = begin({ leaseMs: 600_000, files: { ...files(), save: dies } });
      while (saved.length < dead) await delay(10);
      running = running.filter((one) => one !== worker);
    }
    expect(saved.sort()).toEqual([finished.id, cancelled.id].sort());
    expect((await cancel(cancelled.id)).status).toBe(200);
    await world.sql`update exports set owned_until = now() - interval '1 second' where id = ${finished.id}`;
    begin();
    await until(owner, finished.id, 'done');
    expect(lines(await textOf(owner, finished.id))).toHaveLength(2);

    await running.pop()!.stop();
    const late = await ask(owner, {});
    let over: string | undefined;
    const comesLate = async (file: NewFile) => {
      const made = await files().save(file);
      // Cancelled too late for whoever cancels to find the file.
      await world.sql`update exports set status = 'cancelled' where id = ${made.id}`;
      over = made.id;
      return made;
    };
    begin({ files: { ...files(), save: comesLate } });
    while (over === undefined) await delay(10);
    await running.pop()!.stop();
    expect(over).toBe(late.id);
    expect(await world.sql`select id from files where account_id = ${owner.accountId}`).toEqual([{ id: finished.id }]);
  });

  test('left by a worker that is stopped, are taken over at once', async () => {
    for (let index = 0; index < 12; index += 1) await event(owner, {});
    const job = await ask(owner, {});
    let stopped: Promise<void> | undefined;
    const first: { stop(): Promise<void> } = begin({
      pageRows: 5,
      afterPage: async () => {
        stopped ??= first.stop();
      },
    });
    while (stopped === undefined) await delay(5);
    await stopped;
    begin({ pageRows: 5 });
    expect((await until(owner, job.id, 'done')).rowsDone).toBe(12);
  });

  test('are cancelled while they are written', async () => {
    for (let index = 0; index < 9; index += 1) await event(owner, {});
    const job = await ask(owner, {});
    let cancelled = false;
    begin({
      pageRows: 2,
      afterPage: async (row) => {
        if (row.id !== job.id || cancelled) return;
        cancelled = true;
        expect((await world.call(owner, 'POST', `/api/exports/${job.id}/cancel`)).status).toBe(200);
      },
    });
    const gone = await until(owner, job.id, 'cancelled');
    expect(gone).toMatchObject({ url: null });
    expect(await world.sql`select 1 from notifications where account_id = ${owner.accountId} and what = 'exportReady'`).toHaveLength(0);
  });

  test('belong to whoever asked, need the right, and fail when it is lost before they are made', async () => {
    const bob = await world.addUser(owner, { role: 'manager' });
    const job = await ask(owner, {});
    for (const person of [other]) {
      expect((await world.call(person, 'GET', `/api/exports/${job.id}`)).status).toBe(404);
      expect((await world.call(person, 'POST', `/api/exports/${job.id}/cancel`)).status).toBe(404);
      expect((await get<{ items: ExportJob[] }>(person, '/exports')).items).toEqual([]);
    }
    expect((await world.call(bob, 'POST', '/api/exports', {})).status).toBe(403);
    await world.sql`update exports set user_id = ${bob.userId} where id = ${job.id}`;
    begin();
    for (let status = ''; status !== 'failed'; await delay(10)) {
      const [row] = await world.sql<{ status: string }[]>`select status from exports where id = ${job.id}`;
      status = row!.status;
    }
  });
});
