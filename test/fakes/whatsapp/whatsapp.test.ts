/** The local WhatsApp is held to what the real one does: other tests are worth no more than it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeWhatsApp, startFakeWhatsApp } from './index.ts';

const PHONE = '79990001122';

describe('the local WhatsApp', () => {
  let fake: FakeWhatsApp;
  beforeAll(async () => {
    fake = await startFakeWhatsApp({ timeScale: 0.002 });
    await fake.clientWrites(PHONE, 'hello');
  });
  afterAll(() => fake.stop());

  async function call(path: string, body: unknown, token = fake.token) {
    const answer = await fetch(`${fake.apiRoot}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as { error?: { code: number }; messages?: unknown[] } };
  }
  const message = (fields: object) => ({ messaging_product: 'whatsapp', recipient_type: 'individual', to: PHONE, ...fields });
  const text = (body: string) => message({ type: 'text', text: { body } });
  const interactive = (fields: object) => message({ type: 'interactive', interactive: { body: { text: 'a' }, ...fields } });
  const replies = (...titles: string[]) =>
    interactive({
      type: 'button',
      action: { buttons: titles.map((title, index) => ({ type: 'reply', reply: { id: `k${index}`, title } })) },
    });
  const rows = (count: number, title = 'row') =>
    interactive({
      type: 'list',
      action: {
        button: 'Choose',
        sections: [{ rows: Array.from({ length: count }, (_, id) => ({ id: `k${id}`, title: `${title}${id}` })) }],
      },
    });

  test('a wrong token is refused with 401 and 190, an unknown version and an unknown object with 400', async () => {
    expect(await call(fake.phoneNumberId, undefined, 'wrong')).toMatchObject({ status: 401, json: { error: { code: 190 } } });
    expect(await call('5', undefined)).toMatchObject({ status: 400, json: { error: { code: 100 } } });
  });

  test('a good message is accepted with its id', async () => {
    expect(await call(`${fake.phoneNumberId}/messages`, text('hi'))).toMatchObject({
      status: 200,
      json: { messages: [{ id: expect.stringMatching(/^wamid\./) }] },
    });
  });

  test.each<[string, object, number]>([
    ['without the product', { to: PHONE, type: 'text', text: { body: 'a' } }, 100],
    ['without a recipient', { messaging_product: 'whatsapp', type: 'text', text: { body: 'a' } }, 131008],
    ['to nobody it knows', { ...text('a'), to: '5555555' }, 131026],
    ['a text of 4097', text('x'.repeat(4097)), 100],
    ['an empty text', text(''), 131008],
    ['half a character', text('a\ud83d'), 100],
    ['a caption under a sticker', message({ type: 'sticker', sticker: { id: '1', caption: 'a' } }), 100],
    ['a file that was not uploaded', message({ type: 'image', image: { id: '1' } }), 131053],
    ['four reply buttons', replies('a', 'b', 'c', 'd'), 131009],
    ['a title of 21', replies('x'.repeat(21)), 100],
    ['equal titles', replies('a', 'a'), 131009],
    ['eleven rows', rows(11), 131009],
    ['a row of 25', rows(1, 'x'.repeat(24)), 100],
    [
      'a button’s text of 1025',
      message({
        type: 'interactive',
        interactive: {
          type: 'button',
          body: { text: 'x'.repeat(1025) },
          action: { buttons: [{ type: 'reply', reply: { id: 'k', title: 'a' } }] },
        },
      }),
      100,
    ],
    ['an unknown kind', message({ type: 'hologram' }), 100],
    ['a template nobody approved', message({ type: 'template', template: { name: 'x', language: { code: 'ru' } } }), 132001],
  ])('%s is refused', async (_name, body, code) => {
    expect((await call(`${fake.phoneNumberId}/messages`, body)).json.error?.code).toBe(code);
  });

  test('deliveries are escaped, so that a body written anew has another signature', async () => {
    const { id } = await fake.clientWrites(PHONE, 'привет/👍');
    const { body, signature } = await fake.eventOf(id);
    expect(body).toMatch(/^[\u0020-\u007e]+$/);
    expect(body).toContain('\\/');
    expect(await fake.sign(body)).toBe(signature);
    expect(await fake.sign(JSON.stringify(JSON.parse(body)))).not.toBe(signature);
  });
});
