/**
 * A worker killed with -9 at every point of a message in parts: between two of them, in a call that was not taken, and after the messenger took it. Each
 * point of each messenger is a chat of its own, so that one kill meets them all. What may be repeated is what the channel table says, and nothing else.
 */
import { mkdirSync, rmSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { connect, type Sql } from '../../db/connection.ts';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { temporaryFolder } from '../../embedded/testing.ts';
import { type ApiClient, apiClient } from '../system/api-client.ts';
import { until } from '../system/processes.ts';
import { type Product, startProduct } from '../system/product.ts';
import { startPostgresPart, startTemporalPart } from '../system/servers.ts';
import type { Point, Stop } from './parts-gate.ts';
import { MESSENGERS, type SplittingMessenger } from './parts-messengers.ts';

const PATIENCE_MS = 240_000;
const POINTS: Point[] = ['between', 'left', 'taken'];
const BUTTONS = ['Yes', 'No'];
/** VK carries files and text in one call: only a text of several calls is split there. */
const textFor = (type: string) => (type === 'vk' ? 'word '.repeat(1_800).trim() : 'All about your order');

interface Case {
  messenger: SplittingMessenger;
  id: string;
  stop: Stop;
}

interface Side {
  api: ApiClient;
  accountId: number;
  asks: boolean;
  messengers: SplittingMessenger[];
  /** What a client sees whose message met no crash, by type. */
  whole: Map<string, string[]>;
  cases: Case[];
}

test('no part is lost, and none comes twice but where the table says so', { timeout: 600_000 }, async () => {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  try {
    const servers = { folder, durable: false };
    const [postgres, temporal] = await Promise.all([startPostgresPart(servers), startTemporalPart(servers)]);
    stops.push(
      () => postgres.part.stop(),
      () => temporal.part.stop(),
    );
    const product = await startProduct({ folder, databaseUrl: postgres.url, temporalAddress: temporal.address, workers: 1, apis: 1 });
    stops.push(() => product.stop());
    const sql = connect(postgres.url, { max: 3, name: 'crash-parts' });
    stops.push(() => sql.end({ timeout: 5 }));
    const sides = [await startSide(product, sql, false, stops), await startSide(product, sql, true, stops)];

    for (const side of sides) await seesWhole(side);
    const cases = sides.flatMap((side) => side.cases);
    await Promise.all(cases.map(({ messenger, id }) => messenger.writes(id)));
    await until('every chat stands at its point', PATIENCE_MS, async () =>
      cases.every(({ messenger, id }) => messenger.gate.reached.has(inCallsOf(messenger, id))),
    );
    const worker = product.workers[0]!;
    await worker.kill9();
    for (const { messengers } of sides) for (const { gate } of messengers) gate.open();
    await worker.restart();
    await settled(sql);

    for (const side of sides) await comparesAll(side, sql);
    const asking = sides.find(({ asks }) => asks)!;
    await answersQuestions(asking, sql);
    await settled(sql);
    // Whoever is asked looks into the chat: with their answers every part has come exactly once.
    for (const { messenger, id, stop } of asking.cases)
      expect(await messenger.sees(id), name(messenger, stop)).toEqual(asking.whole.get(messenger.type));
  } finally {
    for (const end of stops.reverse()) await end().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
});

const name = ({ type }: SplittingMessenger, { point, part }: Stop) => `${type}, ${point} part ${part}`;

function inCallsOf(messenger: SplittingMessenger, id: string): string {
  for (let index = 0; ; index += 1) {
    const chat = messenger.chat(index);
    if (chat.id === id) return chat.inCalls;
  }
}

/** An account with one channel of each messenger and a bot in it. */
async function startSide(product: Product, sql: Sql, asks: boolean, stops: (() => Promise<void>)[]): Promise<Side> {
  const made = asks
    ? await product.api.call<{ id: number; token: string }>('POST', '/api/accounts', { name: 'Asks', language: 'en' })
    : undefined;
  const token = made?.token ?? product.token;
  const api = apiClient(product.url, token);
  if (asks) await api.call('PUT', '/api/settings', { unknownOutcome: 'markAndAsk' });
  const upload = async (fileName: string, bytes: Uint8Array, type: string) => {
    const form = new FormData();
    form.set('file', new File([bytes as Uint8Array<ArrayBuffer>], fileName, { type }));
    const answer = await fetch(`${product.url}/api/files`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: form });
    if (!answer.ok) throw new Error(`the file was not taken: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  };
  const picture = (background: string) =>
    sharp({ create: { width: 40, height: 30, channels: 3, background } })
      .jpeg()
      .toBuffer();
  const attachments = [
    { type: 'picture', value: await upload('one.jpg', await picture('#a33'), 'image/jpeg') },
    { type: 'picture', value: await upload('two.jpg', await picture('#3a3'), 'image/jpeg') },
    {
      type: 'file',
      value: await upload('price.pdf', Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'), 'application/pdf'),
    },
  ];
  const messengers: SplittingMessenger[] = [];
  let accountId = 0;
  for (const start of Object.values(MESSENGERS)) {
    const messenger = await start(asks);
    stops.push(() => messenger.stop());
    messengers.push(messenger);
    const { type, credentials, apiRoot } = messenger;
    const asked = { type, name: type, credentials, apiRoot, receive: 'webhook' };
    const channel = await api.call<{ id: number; channelId?: string; secret?: string }>('POST', '/api/channels', asked);
    await messenger.join?.(channel, api, product.url);
    const [row] = await sql<{ accountId: number }[]>`select account_id "accountId" from channels where id = ${channel.id}`;
    accountId = row!.accountId;
    const params = { type: 'external', text: textFor(type), attachments, buttons: BUTTONS.map((text) => ({ type: 'inline', text })) };
    await api.addBot({
      file: { 0: { question: [{ handler: 'send_message', params }] }, conversation: false },
      joinSeconds: 0,
      triggers: [{ type: 'conversation_started', filter: { channelIds: [channel.id] } }],
    });
  }
  return { api, accountId, asks, messengers, whole: new Map(), cases: [] };
}

/** One message through each messenger undisturbed; then every point of such a message gets a chat. */
async function seesWhole(side: Side): Promise<void> {
  for (const messenger of side.messengers) {
    const { id } = messenger.chat(0);
    await messenger.writes(id);
    let seen: string[] = [];
    await until(`the buttons came in ${messenger.type}`, PATIENCE_MS, async () => {
      seen = await messenger.sees(id);
      return seen.at(-1)?.includes(`[${BUTTONS[0]}]`) === true;
    });
    expect(seen.length, messenger.type).toBeGreaterThan(1);
    side.whole.set(messenger.type, seen);
    let index = 0;
    for (const point of side.asks ? POINTS.slice(1) : POINTS) {
      for (let part = 1; part <= seen.length; part += 1) {
        index += 1;
        const chat = messenger.chat(index);
        messenger.gate.stops.set(chat.inCalls, { point, part });
        side.cases.push({ messenger, id: chat.id, stop: { point, part } });
      }
    }
  }
}

/** Nothing stands in any lane. */
async function settled(sql: Sql): Promise<void> {
  await until('all lanes are empty', PATIENCE_MS, async () => {
    const [row] = await sql<{ count: number }[]>`select count(*) count from parts where status in ('planned', 'claimed')`;
    return row?.count === 0;
  });
}

async function comparesAll({ asks, whole, cases, accountId }: Side, sql: Sql): Promise<void> {
  for (const { messenger, id, stop } of cases) {
    const { point, part } = stop;
    const lines = whole.get(messenger.type)!;
    const isSafe = abilitiesOf(messenger.type).idempotentSend || point === 'between';
    let expected = lines;
    // A repeat of what had come already: the client sees it twice. Without a repeat the message ends there, and somebody is asked.
    if (!isSafe && !asks && point === 'taken') expected = lines.toSpliced(part, 0, lines[part - 1]!);
    if (!isSafe && asks) expected = lines.slice(0, point === 'taken' ? part : part - 1);
    expect(await messenger.sees(id), name(messenger, stop)).toEqual(expected);
    const [message] = await messageOf(sql, accountId, messenger, id);
    expect(message?.status, name(messenger, stop)).toBe(!isSafe && asks ? 'unknown' : 'accepted');
  }
}

const messageOf = (sql: Sql, accountId: number, { type }: SplittingMessenger, id: string) => sql<{ id: string; status: string }[]>`
  select m.id, case when m.status in ('delivered', 'read') then 'accepted' else m.status end status
  from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id join channels c on c.account_id = m.account_id and c.id = m.channel_id
  where m.account_id = ${accountId} and c.type = ${type} and h.external_chat_id = ${id} and m.direction = 'out'`;

/** A person looks into the messenger and answers for every message that is asked about: it arrived, or send it again. */
async function answersQuestions({ cases, accountId, api }: Side, sql: Sql): Promise<void> {
  for (const { messenger, id, stop } of cases) {
    const [message] = await messageOf(sql, accountId, messenger, id);
    if (message?.status !== 'unknown') continue;
    await api.call('POST', `/api/messages/${message.id}/${stop.point === 'taken' ? 'arrived' : 'retry'}`);
  }
}
