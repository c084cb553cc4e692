/**
 * The clients of the benchmark and the local Telegram they write through, in one process of their own: what clients cost is not measured in
 * the product's processes, and times are taken where messages are made and replies arrive. Forked by the benchmark, obeys one order at a time.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startFakeTelegram } from '../test/fakes/telegram/index.ts';
import type { FakeTelegram, TranscriptItem } from '../test/fakes/telegram/types.ts';

/** What the benchmark orders. Chats are `firstChat`, `firstChat + 1`, … */
export type DriverOrder =
  /** A second bot, for chats that no salesbot answers. */
  | { type: 'addBot' }
  /** Every chat writes so often, as fast as webhooks are taken; answers when all were. */
  | { type: 'pour'; token: string; firstChat: number; chats: number; each: number }
  /** Every chat writes and waits for the reply, over and over for so long, once at least. */
  | { type: 'turns'; firstChat: number; chats: number; text: string; forMs: number }
  /** Messages at random instants at a mean rate, whatever becomes of the earlier ones. */
  | { type: 'open'; firstChat: number; chats: number; text: string; perSecond: number; count: number }
  /** A plain server beside the messenger that reads what is posted and says nothing: the floor of files. */
  | { type: 'takeStreams' }
  /** A client sends a document; `content` is base64. */
  | { type: 'sendFile'; token: string; chat: number; content: string }
  /** Until the bot has sent a file of these bytes. */
  | { type: 'awaitFile'; token: string; chat: number; sha256: string }
  /** A manager posts texts of these words and a number, one after another, each once the messenger has accepted the one before. */
  | { type: 'answers'; url: string; apiToken: string; token: string; chat: number; words: string; count: number; pauseMs: number };

export type DriverAnswer =
  | { type: 'listening'; url: string; token: string }
  | { type: 'bot'; token: string }
  | { type: 'poured' }
  | { type: 'turned'; turns: number; elapsedMs: number }
  | { type: 'opened'; latenciesMs: number[]; lost: number }
  | { type: 'takingStreams'; url: string }
  /** Epoch ms with fractions at which the client's message stood in the chat, and at which the bot's was accepted. */
  | { type: 'fileSent'; at: number }
  | { type: 'fileCame'; at: number }
  /** With what the messenger accepted of the bot meanwhile, a second. */
  | { type: 'answersSent'; delaysMs: number[]; callsPerSecond: number }
  | { type: 'failed'; words: string };

const LOOK_EVERY_MS = 2;
const REPLY_TIMEOUT_MS = 60_000;

const now = () => performance.timeOrigin + performance.now();

/** Hands each accepted message of the bot to whoever waits in its chat, oldest wait first. */
function replies(fake: FakeTelegram) {
  const waiting = new Map<number, ((at: number) => void)[]>();
  let seen = 0;
  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void fake.calls(seen).then((calls) => {
      seen += calls.length;
      looking = false;
      for (const { method, chatId, at } of calls) {
        if (chatId !== undefined && method.toLowerCase() === 'sendmessage') waiting.get(chatId)?.shift()?.(at);
      }
    });
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    /** Epoch ms at which the next message of the bot in the chat was accepted; undefined when none came in time. */
    next(chatId: number): Promise<number | undefined> {
      return new Promise((resolve) => {
        const queue = waiting.get(chatId) ?? [];
        waiting.set(chatId, queue);
        const timeout = setTimeout(() => {
          queue.splice(queue.indexOf(arrive), 1);
          resolve(undefined);
        }, REPLY_TIMEOUT_MS);
        const arrive = (at: number) => {
          clearTimeout(timeout);
          resolve(at);
        };
        queue.push(arrive);
      });
    },
  };
}

/** The bot's first message of the chat that is meant, once it stands there; throws when it does not come in time. */
async function said(
  fake: FakeTelegram,
  to: { token: string; chat: number },
  isMeant: (item: TranscriptItem) => boolean,
): Promise<TranscriptItem> {
  for (const end = now() + REPLY_TIMEOUT_MS; now() < end; ) {
    const item = (await fake.sentTo(to.chat, { token: to.token })).find(isMeant);
    if (item !== undefined) return item;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`the bot did not say it in chat ${to.chat} within ${REPLY_TIMEOUT_MS} ms`);
}

/** ms from each POST to the messenger's acceptance, both on this process's clock, and the calls of the channel in that time. */
async function writeAnswers(
  fake: FakeTelegram,
  order: Extract<DriverOrder, { type: 'answers' }>,
): Promise<{ delaysMs: number[]; callsPerSecond: number }> {
  const delaysMs = [];
  const first = (await fake.calls()).length;
  const beganAt = now();
  for (let index = 0; index < order.count; index += 1) {
    const text = `${order.words} ${index + 1}`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${order.apiToken}` };
    const begin = now();
    const posting = fetch(order.url, { method: 'POST', headers, body: JSON.stringify({ text }) });
    const [{ at }, answer] = await Promise.all([said(fake, order, (item) => item.text === text), posting]);
    if (!answer.ok) throw new Error(`POST ${order.url}: ${answer.status}`);
    await answer.text();
    delaysMs.push(at - begin);
    await new Promise((resolve) => setTimeout(resolve, order.pauseMs));
  }
  const seconds = (now() - beganAt) / 1000;
  const calls = (await fake.calls(first)).filter(({ token }) => token === order.token);
  return { delaysMs, callsPerSecond: calls.length / seconds };
}

/** Answers the address of a server that reads a body to its end and does nothing else. */
async function takeStreams(): Promise<string> {
  const server = createServer((request, response) => request.resume().once('end', () => response.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function main(): Promise<void> {
  const fake = await startFakeTelegram({ timeScale: 0.05 });
  const arrivals = replies(fake);
  const chatsOf = (order: { firstChat: number; chats: number }) =>
    Array.from({ length: order.chats }, (_, index) => order.firstChat + index);

  const obey = async (order: DriverOrder): Promise<DriverAnswer> => {
    switch (order.type) {
      case 'addBot':
        return { type: 'bot', token: (await fake.addBot()).token };
      case 'pour':
        for (let round = 0; round < order.each; round += 1) {
          for (const chat of chatsOf(order)) await fake.clientWrites(chat, `message ${round}`, { token: order.token });
        }
        await fake.waitUntilTaken({ timeoutMs: 120_000 });
        return { type: 'poured' };
      case 'turns': {
        const begin = now();
        let turns = 0;
        await Promise.all(
          chatsOf(order).map(async (chat) => {
            do {
              const reply = arrivals.next(chat);
              await fake.clientWrites(chat, order.text);
              const at = await reply;
              if (at !== undefined && at - begin <= order.forMs) turns += 1;
            } while (now() - begin < order.forMs);
          }),
        );
        return { type: 'turned', turns, elapsedMs: order.forMs };
      }
      case 'open': {
        const chats = chatsOf(order);
        const under: Promise<number | undefined>[] = [];
        let at = now();
        for (let index = 0; index < order.count; index += 1) {
          at += (-Math.log(1 - Math.random()) * 1000) / order.perSecond;
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - now())));
          const chat = chats[index % chats.length]!;
          const written = now();
          const reply = arrivals.next(chat);
          await fake.clientWrites(chat, order.text);
          under.push(reply.then((came) => (came === undefined ? undefined : came - written)));
        }
        const all = await Promise.all(under);
        const latenciesMs = all.filter((latency) => latency !== undefined);
        return { type: 'opened', latenciesMs, lost: all.length - latenciesMs.length };
      }
      case 'takeStreams':
        return { type: 'takingStreams', url: await takeStreams() };
      case 'sendFile': {
        const { chat, content, token } = order;
        const [written] = await fake.clientSends(chat, { document: { content, name: 'mine.pdf', mime: 'application/pdf' } }, { token });
        const item = (await fake.transcript(chat, { token })).find(({ messageId }) => messageId === written?.messageId);
        return { type: 'fileSent', at: item!.at };
      }
      case 'awaitFile':
        return { type: 'fileCame', at: (await said(fake, order, ({ file }) => file?.sha256 === order.sha256)).at };
      case 'answers':
        return { type: 'answersSent', ...(await writeAnswers(fake, order)) };
    }
  };
  process.on('message', (order: DriverOrder) => {
    obey(order).then(
      (answer) => process.send?.(answer),
      (error: unknown) => process.send?.({ type: 'failed', words: String(error) } satisfies DriverAnswer),
    );
  });
  process.once('disconnect', () => void fake.stop().then(() => process.exit(0)));
  process.send?.({ type: 'listening', url: fake.url, token: fake.token } satisfies DriverAnswer);
}

if (process.send !== undefined) {
  main().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
}
