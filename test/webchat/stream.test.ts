import { expect, test } from 'vitest';
import type { StoredMessage } from '../../api/webchat/model.ts';
import { webchatRoutes } from '../../api/webchat/routes.ts';
import type { WireMessage, WireSession } from '../../api/webchat/wire.ts';
import { createThread } from '../../widget/thread.ts';
import { createWorld } from './world.ts';

interface SseEvent {
  event: string;
  id?: string;
  data: Record<string, unknown>;
}

async function openStream() {
  const world = createWorld();
  const channel = world.addChannel('wc_one', { origins: [] });
  const closing = new AbortController();
  world.deps.closing = closing.signal;
  const app = webchatRoutes(world.deps);
  const base = { Host: 'localhost', Origin: 'http://localhost' };
  const session = await app.request('http://localhost/wc_one/session', { method: 'POST', headers: base });
  const { token } = (await session.json()) as WireSession;
  const connect = async (lastEventId?: number) => {
    const headers = {
      ...base,
      Authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': String(lastEventId) }),
    };
    const response = await app.request('http://localhost/wc_one/stream', { headers });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/event-stream');
    return eventsOf(response.body!);
  };
  return { world, channel, closing, connect, visitorId: token.split('.')[0]! };
}

function eventsOf(body: ReadableStream<Uint8Array>) {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  let text = '';
  return {
    /** The next event; undefined at the end of the stream. */
    async next(): Promise<SseEvent | undefined> {
      while (!text.includes('\n\n')) {
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
      const end = text.indexOf('\n\n');
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      return { event: fields.event ?? '', id: fields.id, data: JSON.parse(fields.data ?? '{}') };
    },
    close: () => reader.cancel(),
  };
}

test('a stream begins with resync and then tells what is said, each under its cursor', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const old = world.say(channel, visitorId, { text: 'before' });
  const stream = await connect();
  expect(await stream.next()).toEqual({ event: 'resync', id: String(old), data: { cursor: old, continued: false } });
  expect(await stream.next()).toMatchObject({ event: 'state' });
  const cursor = world.say(channel, visitorId, { text: 'news', author: { kind: 'person', name: 'Anna' } });
  expect(await stream.next()).toMatchObject({
    event: 'message',
    id: String(cursor),
    data: { text: 'news', author: { kind: 'person', name: 'Anna' } },
  });
  await stream.close();
});

test('a browser that comes back with its last cursor gets everything it missed, in order and once', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const known = world.say(channel, visitorId, { text: 'known' });
  const missed = Array.from({ length: 230 }, (_, i) => world.say(channel, visitorId, { text: `missed ${i}` }));
  const stream = await connect(known);
  expect(await stream.next()).toMatchObject({ event: 'resync', data: { continued: true } });
  await stream.next();
  const got: string[] = [];
  for (let i = 0; i < missed.length; i += 1) got.push((await stream.next())?.id ?? '');
  expect(got).toEqual(missed.map(String));
  await stream.close();
});

test('a message that is stored while the stream opens is not lost', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const { listMessages } = world.deps.store;
  world.deps.store.listMessages = async (chat, range) => {
    const page = await listMessages(chat, range);
    if (range.after === undefined) return page; // the look at what is still incomplete
    world.deps.store.listMessages = listMessages;
    world.say(channel, visitorId, { text: 'between read and wait' });
    return page;
  };
  const stream = await connect();
  await stream.next();
  await stream.next();
  expect(await stream.next()).toMatchObject({ event: 'message', data: { text: 'between read and wait' } });
  await stream.close();
});

test('a message whose file is still being copied is said again when the file is there, also where the history had it', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const picture: StoredMessage['attachments'][number] = { kind: 'picture', name: 'a.png', mime: 'image/png' };
  const known = world.say(channel, visitorId, { text: 'of the history', attachments: [picture] });
  const stream = await connect();
  await stream.next();
  await stream.next();
  const fresh = world.say(channel, visitorId, { text: 'fresh', attachments: [picture] });
  expect((await stream.next())?.data).toMatchObject({
    cursor: fresh,
    attachments: [expect.not.objectContaining({ handle: expect.anything() })],
  });

  const { messages, listeners } = world.thread(channel, visitorId);
  const arrives = (cursor: number) => {
    for (const message of messages) if (message.cursor === cursor) message.attachments = [{ ...picture, fileId: 'file-1' }];
    for (const listener of listeners) listener({ type: 'changed' });
  };
  arrives(known);
  const again = await stream.next();
  expect(again).toMatchObject({
    event: 'message',
    id: String(fresh),
    data: { cursor: known, attachments: [{ handle: expect.any(String) }] },
  });
  arrives(fresh);
  expect((await stream.next())?.data).toMatchObject({ cursor: fresh, attachments: [{ handle: expect.any(String) }] });
  world.say(channel, visitorId, { text: 'next' });
  expect((await stream.next())?.data).toMatchObject({ text: 'next' });
  await stream.close();

  // The page takes the file over, and does not take the message for a new one.
  const thread = createThread();
  const { handle: _none, ...bare } = (again!.data as unknown as WireMessage).attachments[0]!;
  expect(thread.add([{ ...(again!.data as unknown as WireMessage), attachments: [bare] }])).toBe(true);
  expect(thread.add([again!.data as unknown as WireMessage])).toBe(false);
  expect(thread.messages()).toEqual([again!.data]);
});

test('the stream says when a person has seen the messages and when somebody types', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const cursor = world.say(channel, visitorId, { author: { kind: 'visitor' }, text: 'mine' });
  const stream = await connect();
  await stream.next();
  await stream.next();
  world.seeAll(channel, visitorId);
  expect(await stream.next()).toEqual({ event: 'state', data: { seenUpTo: cursor, readUpTo: 0 } });
  world.typing(channel, visitorId, 'Anna');
  expect(await stream.next()).toMatchObject({ event: 'typing', data: { author: { kind: 'person', name: 'Anna' } } });
  await stream.close();
});

test('a stream that its reader left lets go of the thread, and draining ends the others', async () => {
  const { world, channel, connect, closing, visitorId } = await openStream();
  const { listeners } = world.thread(channel, visitorId);
  const left = await connect();
  await left.next();
  const stays = await connect();
  await stays.next();
  await left.close();
  await expect.poll(() => listeners.size).toBe(1);
  closing.abort();
  let event = await stays.next();
  while (event !== undefined) event = await stays.next();
  expect(listeners.size).toBe(0);
});

test('a cursor that the thread never had begins anew', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const cursor = world.say(channel, visitorId, { text: 'only' });
  const stream = await connect(cursor + 1000);
  expect(await stream.next()).toMatchObject({ event: 'resync', data: { cursor, continued: false } });
  await stream.close();
});

test('another visitor’s news do not come through', async () => {
  const { world, channel, connect, visitorId } = await openStream();
  const stream = await connect();
  await stream.next();
  await stream.next();
  world.say(channel, 'somebody-else', { text: 'secret' });
  const mine = world.say(channel, visitorId, { text: 'mine' });
  expect(await stream.next()).toMatchObject({ id: String(mine), data: { text: 'mine' } });
  await stream.close();
});
