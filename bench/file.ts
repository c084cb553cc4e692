/**
 * A file of 10 MB through the product, both ways, beside a plain stream of the same bytes over loopback HTTP by turns in the same run. A leg ends where the
 * next one could begin: the answer of the upload, the messenger's acceptance, our own copy stored, the last byte of the download.
 */
import { createHash, randomBytes } from 'node:crypto';
import { until } from '../test/system/processes.ts';
import { forgetPeak, memoryOf } from './memory.ts';
import { median } from './numbers.ts';
import type { BenchSystem } from './system.ts';

const FILE_BYTES = 10_000_000;
const COPY_TIMEOUT_MS = 60_000;
/** Of the silent channel; nobody else writes there. */
const CHAT = 910_001;
const LEGS = ['upload', 'send', 'fetch', 'download'] as const;
type Leg = (typeof LEGS)[number];

const WORDS: Record<Leg, string> = {
  upload: 'POST /api/files',
  send: 'to the messenger',
  fetch: 'from the messenger',
  download: 'GET of its address',
};

export interface FileResult {
  bytes: number;
  rounds: number;
  /** MB a second, the middle of the rounds; of a leg also the middle of the rounds' ratios to the floor. */
  floorMbPerSecond: number;
  legs: Record<Leg, { mbPerSecond: number; ratio: number }>;
  /** By process: resident before the first file, and by how much the peak over all rounds stood above it. Without the processes that the system tells nothing of. */
  memory: Record<string, { beforeMiB: number; grownMiB: number }>;
}

/** One file at a time. Throws when bytes come out other than they went in. */
export async function measureFile(system: BenchSystem, rounds: number): Promise<FileResult> {
  const { driver, product, sql, accountId, silent, pids } = system;
  const { url: plainUrl } = await driver.order({ type: 'takeStreams' }, 'takingStreams');
  await driver.order({ type: 'pour', token: silent.token, firstChat: CHAT, chats: 1, each: 1 }, 'poured');
  const number = await conversationOf(system, silent.channelId, CHAT);
  const page = `/api/conversations/${number}/messages`;
  const observed = Object.entries({ api: pids.api!, worker: pids.worker! });
  const before = observed.map(([, pid]) => {
    forgetPeak(pid);
    return memoryOf(pid);
  });

  const times: Record<Leg | 'floor', number[]> = { floor: [], upload: [], send: [], fetch: [], download: [] };
  // The first round warms up; what memory it takes counts.
  for (let round = -1; round < rounds; round += 1) {
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(FILE_BYTES - 9)]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const noted = (leg: Leg | 'floor', ms: number) => round >= 0 && times[leg].push(ms);

    noted('floor', await timed(() => post(plainUrl, bytes)));
    const form = new FormData();
    form.append('file', new File([bytes], `report ${round}.pdf`, { type: 'application/pdf' }));
    let id = '';
    noted(
      'upload',
      await timed(async () => {
        id = ((await post(`${product.url}/api/files`, form, product.token)) as { id: string }).id;
      }),
    );
    const order = { token: silent.token, chat: CHAT };
    const begin = Date.now();
    await product.api.call('POST', page, { attachments: [{ id }] });
    const sent = await driver.order({ type: 'awaitFile', sha256, ...order }, 'fileCame');
    noted('send', sent.at - begin);

    const written = await driver.order({ type: 'sendFile', content: bytes.toString('base64'), ...order }, 'fileSent');
    let copied: { createdAt: number } | undefined;
    await until('the copy of a file is stored', COPY_TIMEOUT_MS, async () => {
      [copied] = await sql<{ createdAt: number }[]>`
        select f.created_at "createdAt" from attachments a join files f on f.account_id = a.account_id and f.id = a.file_id
        where a.account_id = ${accountId} and f.sha256 = ${sha256} and f.created_by = ${`channel:${silent.channelId}`}`;
      return copied !== undefined;
    });
    noted('fetch', copied!.createdAt - written.at);

    const address = await addressOf(system, page);
    const chunks: Uint8Array[] = [];
    noted(
      'download',
      await timed(async () => {
        const answer = await fetch(address);
        if (!answer.ok || answer.body === null) throw new Error(`${address} answered ${answer.status}`);
        for await (const chunk of answer.body) chunks.push(chunk as Uint8Array);
      }),
    );
    const taken = createHash('sha256').update(Buffer.concat(chunks));
    if (taken.digest('hex') !== sha256) throw new Error('a file came out other than it went in');
  }

  const mbPerSecond = (ms: number) => FILE_BYTES / 1000 / ms;
  const legs = Object.fromEntries(
    LEGS.map((leg) => [
      leg,
      { mbPerSecond: mbPerSecond(median(times[leg])), ratio: median(times[leg].map((ms, index) => ms / times.floor[index]!)) },
    ]),
  ) as FileResult['legs'];
  const memory = Object.fromEntries(
    observed.flatMap(([name, pid], index) => {
      const [was, is] = [before[index], memoryOf(pid)];
      return was === undefined || is === undefined
        ? []
        : [[name, { beforeMiB: was.residentMiB, grownMiB: Math.max(0, is.peakMiB - was.residentMiB) }]];
    }),
  );
  return { bytes: FILE_BYTES, rounds, floorMbPerSecond: mbPerSecond(median(times.floor)), legs, memory };
}

/** The number of the conversation that a client's first message has begun, once it is there. */
export async function conversationOf({ sql, accountId }: BenchSystem, channelId: number, chat: number): Promise<number> {
  let number: number | undefined;
  await until('the conversation has its number', COPY_TIMEOUT_MS, async () => {
    const [row] = await sql<{ number: number }[]>`
      select v.number from conversations v join chats h on h.account_id = v.account_id and h.id = v.chat_id
      where v.account_id = ${accountId} and h.channel_id = ${channelId} and h.external_chat_id = ${String(chat)}`;
    number = row?.number;
    return number !== undefined;
  });
  return number!;
}

/** The address of the newest message's file, once its copy is stored. */
async function addressOf({ product }: BenchSystem, page: string): Promise<string> {
  let address: string | null | undefined;
  await until('the file has an address', COPY_TIMEOUT_MS, async () => {
    const { items } = await product.api.call<{ items: { direction: string; attachments: { url: string | null }[] }[] }>(
      'GET',
      `${page}?limit=1`,
    );
    address = items[0]?.direction === 'in' ? items[0].attachments[0]?.url : undefined;
    return typeof address === 'string';
  });
  return address!;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

async function post(url: string, body: FormData | Uint8Array<ArrayBuffer>, token?: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** The result for people. */
export function describeFile({ bytes, rounds, floorMbPerSecond, legs, memory }: FileResult): string {
  const lines = LEGS.map((leg) => {
    const { mbPerSecond, ratio } = legs[leg];
    return `${`file, ${WORDS[leg]}`.padEnd(31)} ${mbPerSecond.toFixed(0).padStart(6)} MB/s, ${ratio.toFixed(1)} of the floor's time`;
  });
  const grown = Object.entries(memory).map(([name, one]) => `${name} ${one.grownMiB.toFixed(0)} MiB over ${one.beforeMiB.toFixed(0)}`);
  return [
    `${`file of ${bytes / 1e6} MB, plain stream`.padEnd(31)} ${floorMbPerSecond.toFixed(0).padStart(6)} MB/s, ${rounds} rounds`,
    ...lines,
    `file, growth of the peak of memory: ${grown.length === 0 ? 'not known here' : grown.join(', ')}`,
  ].join('\n');
}
