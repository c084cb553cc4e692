/** A local Telegram that keeps to its published rates as strictly as they can be read: whoever calls faster is answered 429, as by the real one. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/index.ts';

const PER_SECOND = 30;
const CHAT_PER_SECOND = 1;
/** "Bursts are tolerated": a few messages of one chat. Ours are three; their calls reach the server at uneven distances. */
const CHAT_BURST = 4;

/** This process is late when its beat is so much later than it should be. */
const BEAT_MS = 20;
const LATE_MS = 30;

interface Bucket {
  perSecond: number;
  most: number;
  tokens: number;
  at: number;
}

export interface StrictTelegram {
  fake: FakeTelegram;
  /** The `apiRoot` behind which the rates hold. */
  url: string;
  /** Sends that were let through, in order: when, and into which chat. */
  taken: { at: number; chat: string }[];
  /** Sends that were answered 429. */
  refused: { at: number; chat: string; why: 'bot' | 'chat' }[];
  stop(): Promise<void>;
}

/**
 * Starts it. Every bot has 30 sends a second, every chat one a second after its burst. While this process stands still no call can leave it, and then those of
 * all that time leave at once: they are judged as if they had been spread over it.
 */
export async function startStrictTelegram(): Promise<StrictTelegram> {
  const fake = await startFakeTelegram({ timeScale: 0.01 });
  const buckets = new Map<string, Bucket>();
  const taken: StrictTelegram['taken'] = [];
  const refused: StrictTelegram['refused'] = [];

  function fill(bucket: Bucket, at: number): void {
    const { most, tokens } = bucket;
    const drops = (Math.max(0, at - bucket.at) / 1000) * bucket.perSecond;
    // What a standstill brought over the brim is gone as soon as it came.
    bucket.tokens = tokens > most ? Math.max(most, tokens - drops) : Math.min(most, tokens + drops);
    bucket.at = at;
  }

  let beatAt = performance.now();
  function notice(): void {
    const at = performance.now();
    const lateMs = at - beatAt - BEAT_MS;
    beatAt = at;
    if (lateMs <= LATE_MS) return;
    for (const bucket of buckets.values()) {
      fill(bucket, at - lateMs);
      Object.assign(bucket, { tokens: bucket.tokens + (lateMs / 1000) * bucket.perSecond, at });
    }
  }
  const beat = setInterval(notice, BEAT_MS);

  function take(name: string, perSecond: number, most: number): boolean {
    const at = performance.now();
    if (at - beatAt > BEAT_MS + LATE_MS) notice();
    const bucket = buckets.get(name) ?? { perSecond, most, tokens: most, at };
    buckets.set(name, bucket);
    fill(bucket, Math.max(at, bucket.at));
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await bodyOf(request);
      const path = /^\/bot([^/]+)\/send/.exec(request.url!);
      if (path !== null) {
        const at = performance.now();
        const chat = String(JSON.parse(body.toString()).chat_id);
        const why = !take(`bot ${path[1]}`, PER_SECOND, PER_SECOND)
          ? 'bot'
          : !take(`chat ${path[1]} ${chat}`, CHAT_PER_SECOND, CHAT_BURST)
            ? 'chat'
            : '';
        if (why !== '') {
          refused.push({ at, chat, why });
          const parameters = { retry_after: 1 };
          const words = { ok: false, error_code: 429, description: 'Too Many Requests: retry after 1', parameters };
          return void response.writeHead(429, { 'content-type': 'application/json' }).end(JSON.stringify(words));
        }
        taken.push({ at, chat });
      }
      const answer = await fetch(fake.url + request.url!, {
        method: request.method!,
        headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
        ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    fake,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused,
    async stop() {
      clearInterval(beat);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fake.stop();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
