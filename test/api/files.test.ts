import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCard } from './data.ts';
import { type Person, startWorld, type World } from './world.ts';

let world: World;
let ada: Person;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.makePerson();
});
afterAll(() => world.stop());

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function upload(name: string, bytes: Uint8Array<ArrayBuffer> | string, type = 'application/octet-stream') {
  const form = new FormData();
  form.set('file', new File([bytes], name, { type }));
  const answer = await world.call(ada, 'POST', '/api/files', form);
  return {
    status: answer.status,
    body: (await answer.json()) as { id: string; url: string; kind: string; mime: string; name: string; sizeBytes: number },
  };
}
const fetchFile = (url: string, headers: Record<string, string> = {}) => world.app.request(new URL(url).pathname, { headers });

test('a picture is known by its bytes and shown in place', async () => {
  const { status, body } = await upload('../../tea.png', new Uint8Array(PNG), 'text/html');
  expect(status).toBe(201);
  expect(body).toMatchObject({ kind: 'picture', mime: 'image/png', name: 'tea.png', sizeBytes: PNG.length });
  const answer = await fetchFile(body.url);
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer()).equals(PNG)).toBe(true);
  expect(answer.headers.get('Content-Type')).toBe('image/png');
  expect(answer.headers.get('Content-Disposition')).toContain('inline');
  expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(answer.headers.get('Content-Security-Policy')).toContain('sandbox');
  const part = await fetchFile(body.url, { Range: 'bytes=1-3' });
  expect([part.status, await part.text(), part.headers.get('Content-Range')]).toEqual([206, 'PNG', `bytes 1-3/${PNG.length}`]);
  expect((await fetchFile(body.url, { Range: 'bytes=9999-' })).status).toBe(416);
  expect((await fetchFile(body.url, { 'If-None-Match': answer.headers.get('ETag')! })).status).toBe(304);
});

test('markup is only ever downloaded, as bytes', async () => {
  for (const [name, text] of [
    ['a.html', '<html><script>alert(1)</script></html>'],
    ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
  ] as const) {
    const { body } = await upload(name, text, 'text/html');
    const answer = await fetchFile(body.url);
    expect(answer.headers.get('Content-Type')).toBe('application/octet-stream');
    expect(answer.headers.get('Content-Disposition')).toContain('attachment');
  }
});

test('an address cannot be guessed from an id', async () => {
  const { body } = await upload('a.txt', 'hello');
  const [, proof] = new URL(body.url).pathname.split('/').slice(1);
  expect((await fetchFile(`http://x/files/${'a'.repeat(32)}/${body.id}`)).status).toBe(404);
  expect((await fetchFile(`http://x/files/${proof}/${crypto.randomUUID()}`)).status).toBe(404);
});

test('an empty file and a request without one are refused by name', async () => {
  expect((await upload('a.txt', '')).status).toBe(422);
  const answer = await world.call(ada, 'POST', '/api/files', new FormData());
  expect(await answer.json()).toMatchObject({ fields: [{ field: 'file' }] });
});

test('a message takes text and several files of a form at once', async () => {
  const card = await makeCard(world, ada);
  world.sent.length = 0;
  // Certain to be written: the message carries the files.
  world.answerOrder = async () => ({ taken: false });
  const form = new FormData();
  form.set('text', 'two pictures');
  form.set('shorten', 'false');
  form.append('files', new File([new Uint8Array(PNG)], 'a.png'));
  form.append('files', new File([new Uint8Array(PNG)], 'b.png'));
  await world.call(ada, 'POST', `/api/conversations/${card.number}/messages`, form);
  const order = world.sent[0]?.order as { text: string; fileIds: string[]; shortenLinks: boolean };
  expect(order).toMatchObject({ type: 'write', text: 'two pictures', shortenLinks: false });
  const names = await world.sql<{ name: string }[]>`select name from files where id = any(${order.fileIds}::uuid[]) order by name`;
  expect(names.map(({ name }) => name)).toEqual(['a.png', 'b.png']);
});

test('a bot file is exported byte for byte, BOM and all', async () => {
  const source = `\uFEFF{ "0": {"question":[{"handler":"show","params":{"type":"text","value":"hi"}},{"handler":"stop","params":{}}]} ,"conversation":false }\r\n`;
  const bytes = new TextEncoder().encode(source);
  const answer = await world.app.request('/api/bots/import', {
    method: 'POST',
    headers: { Authorization: `Bearer ${ada.token}`, 'Content-Type': 'application/json' },
    body: bytes,
  });
  expect(answer.status).toBe(201);
  const { id } = (await answer.json()) as { id: number };
  const exported = await world.call(ada, 'GET', `/api/bots/${id}/export`);
  expect(new Uint8Array(await exported.arrayBuffer())).toEqual(bytes);
  expect((await world.call(ada, 'POST', `/api/bots/${id}/publish`, { acceptWarnings: true })).status).toBe(200);
  const triggers = [{ type: 'message_received', cooldownSeconds: 60, filter: { alsoWhileBotWaits: true } }];
  const put = async () => (await (await world.call(ada, 'PUT', `/api/bots/${id}/triggers`, triggers)).json()) as { id: number }[];
  const [first] = await put();
  const [again] = await put();
  expect(first).toMatchObject({ type: 'message_received', cooldownSeconds: 60, delaySeconds: 0 });
  expect(again?.id).toBe(first?.id);
});
