import { describe, expect, test } from 'vitest';
import { parseExact } from '../../channels/exact-json.ts';
import { keyboardOf } from '../../channels/viber/keyboard.ts';
import { parseEvent } from '../../channels/viber/parse.ts';
import { isSigned, signatureOf } from '../../channels/viber/signature.ts';
import type { Button } from '../../domain/message/model.ts';

const NOW = 1_795_000_123_456;
const USER = '01234567890A==';
const TOKEN = '4912661846655238145';
const KEY = 'k3yk3yk3yk3yk3yk3yk3yk';
const sender = `{"id":"${USER}","name":"Anna","avatar":"https://a.example/a.jpg","country":"RU","language":"ru","api_version":10}`;

function factsOf(fields: string) {
  return parseEvent(parseExact(`{"timestamp":1795000000123,"message_token":${TOKEN},"chat_hostname":"SN-CHAT-01_",${fields}}`), NOW);
}
function messageOf(message: string) {
  const fact = factsOf(`"event":"message","sender":${sender},"message":${message}`)?.[0];
  if (fact?.type !== 'messageReceived') throw new Error(`no message: ${message}`);
  return fact.message;
}

describe('what Viber signs and counts', () => {
  const token = '44dafb7e0f40021e-61a47a1e6778d187-f2c5a676a07050b3';
  const body = Buffer.from('{"event":"webhook","timestamp":4977069964384421269,"message_token":1478683725125}');
  const signature = 'd21b343448c8aee33b8e93768ef6ceb64a6ba6163099973a2b8bd028fea510ef';

  test("the vector of Viber's own client is signed as there", () => {
    expect(signatureOf(token, body)).toBe(signature);
    expect(isSigned(token, body, signature)).toBe(true);
  });

  test.each([
    ['no signature', undefined],
    ['an empty one', ''],
    ['one that is cut', signature.slice(0, -1)],
    ['one with a letter changed', `e${signature.slice(1)}`],
    ['capital letters', signature.toUpperCase()],
  ])('%s proves nothing', (_name, given) => {
    expect(isSigned(token, body, given)).toBe(false);
  });

  test('one byte more, another token or none at all break the signature', () => {
    expect(isSigned(token, Buffer.concat([body, Buffer.from(' ')]), signature)).toBe(false);
    expect(isSigned(`${token}1`, body, signature)).toBe(false);
    expect(isSigned('', body, signatureOf('', body))).toBe(false);
  });

  test.each([
    ['{"a":4912661846655238145}', { a: '4912661846655238145' }],
    ['[-9223372036854775808,9007199254740991,9007199254740992]', ['-9223372036854775808', 9007199254740991, '9007199254740992']],
    ['{"a":"4912661846655238145","b":"x\\"4912661846655238145\\\\"}', { a: '4912661846655238145', b: 'x"4912661846655238145\\' }],
    ['[1.2345678901234567890,12345678901234567890e-3,0,-5]', [Number('1.2345678901234567890'), Number('12345678901234567890e-3'), 0, -5]],
    ['"\\u0000\\ud83d"', '\0\ud83d'],
    ['{"a":', undefined],
    ['', undefined],
  ])('%s is read without losing a digit', (text, expected) => {
    expect(parseExact(text)).toEqual(expected);
  });

  test('a long text does not tire the reader', () => {
    expect(parseExact(JSON.stringify('я"\\'.repeat(2_000_000)))).toHaveLength(6_000_000);
  });
});

describe('an event becomes a fact', () => {
  test('a text: ids keep all digits, time and order are the messenger’s', () => {
    expect(factsOf(`"event":"message","sender":${sender},"message":{"type":"text","text":"hello","tracking_data":"m:1:0"}`)).toEqual([
      {
        type: 'messageReceived',
        id: `message/${TOKEN}`,
        chat: { externalChatId: USER, kind: 'private' },
        sender: { externalUserId: USER, name: 'Anna', languageCode: 'ru', avatarRef: 'https://a.example/a.jpg' },
        message: {
          externalId: TOKEN,
          receivedAt: 1_795_000_000_123,
          order: [1_795_000_000_123, expect.any(Number)],
          text: 'hello',
          attachments: [],
        },
      },
    ]);
  });

  test('neighbouring tokens, alike as JavaScript numbers, are two messages in their order', () => {
    const orderOf = (token: string) => {
      const fact = parseEvent(
        parseExact(`{"event":"message","timestamp":1,"message_token":${token},"sender":{"id":"a"},"message":{"type":"text","text":"x"}}`),
        NOW,
      )?.[0];
      return fact?.type === 'messageReceived' ? fact.message : undefined;
    };
    const [first, second] = [orderOf('4912661846655238145'), orderOf('4912661846655238146')];
    expect(Number('4912661846655238145')).toBe(Number('4912661846655238146'));
    expect(first?.externalId).not.toBe(second?.externalId);
    expect(first!.order[1]).toBeLessThan(second!.order[1]);
  });

  test.each([
    [`${KEY}.0`, true],
    [`${KEY}.123`, true],
    [`${KEY}.1234`, false],
    [`${KEY}`, false],
    [` ${KEY}.0`, false],
    ['yes', false],
  ])('the text %s is a press: %s', (text, isPress) => {
    const { text: shown, pressedKey } = messageOf(JSON.stringify({ type: 'text', text }));
    expect([shown, pressedKey]).toEqual(isPress ? ['', text] : [text, undefined]);
  });

  test.each([
    [
      '{"type":"picture","media":"https://m.example/a.png?x=1","text":"cap","thumbnail":"https://m.example/t","file_name":"me\\u0000.png","size":5}',
      {
        text: 'cap',
        attachments: [{ kind: 'picture', ref: 'https://m.example/a.png?x=1', name: 'me.png', mime: 'image/png', sizeBytes: 5 }],
      },
    ],
    [
      '{"type":"picture","media":"https://m.example/a"}',
      { text: '', attachments: [{ kind: 'picture', ref: 'https://m.example/a', name: `picture-${TOKEN}.jpg`, mime: 'image/jpeg' }] },
    ],
    [
      '{"type":"video","media":"https://m.example/v","size":9,"duration":4}',
      {
        text: '',
        attachments: [
          { kind: 'video', ref: 'https://m.example/v', name: `video-${TOKEN}.mp4`, mime: 'video/mp4', sizeBytes: 9, durationSeconds: 4 },
        ],
      },
    ],
    [
      '{"type":"file","media":"https://m.example/f","file_name":"offer.pdf","size":7}',
      { text: '', attachments: [{ kind: 'file', ref: 'https://m.example/f', name: 'offer.pdf', mime: 'application/pdf', sizeBytes: 7 }] },
    ],
    [
      '{"type":"sticker","sticker_id":46105,"media":"https://m.example/s.png"}',
      { text: '', attachments: [{ kind: 'sticker', ref: 'https://m.example/s.png', name: `sticker-${TOKEN}.png`, mime: 'image/png' }] },
    ],
    ['{"type":"sticker","sticker_id":46105}', { text: '', attachments: [], unsupported: 'sticker' }],
    ['{"type":"contact","contact":{"phone_number":"+7999"}}', { text: '', attachments: [], contact: { name: '', phone: '+7999' } }],
    [
      '{"type":"location","location":{"lat":"55.75","lon":37.6}}',
      { text: '', attachments: [], location: { latitude: 55.75, longitude: 37.6 } },
    ],
    ['{"type":"url","media":"https://example.org/x"}', { text: 'https://example.org/x', attachments: [] }],
    ['{"type":"rich_media","rich_media":{}}', { text: '', attachments: [], unsupported: 'rich_media' }],
  ])('%s', (message, expected) => {
    expect(messageOf(message)).toEqual({ externalId: TOKEN, receivedAt: 1_795_000_000_123, order: expect.anything(), ...expected });
  });

  test.each([
    ['"event":"webhook"', []],
    [`"event":"conversation_started","type":"open","subscribed":false,"user":${sender}`, []],
    [`"event":"conversation_started","type":"open","context":"","subscribed":true,"user":${sender}`, []],
    [
      `"event":"conversation_started","type":"open","context":"promo7","subscribed":false,"user":${sender}`,
      [{ type: 'chatOpened', id: `opened/${TOKEN}`, startPayload: 'promo7', sender: expect.objectContaining({ externalUserId: USER }) }],
    ],
    [`"event":"subscribed","user":${sender}`, [{ type: 'clientUnblocked', id: `subscribed/${TOKEN}` }]],
    [`"event":"unsubscribed","user_id":"${USER}"`, [{ type: 'clientBlocked', id: `unsubscribed/${TOKEN}` }]],
    [
      `"event":"delivered","user_id":"${USER}"`,
      [{ type: 'receiptCame', id: `delivered/${TOKEN}`, status: 'delivered', externalIds: [TOKEN] }],
    ],
    [`"event":"seen","user_id":"${USER}"`, [{ type: 'receiptCame', id: `seen/${TOKEN}`, status: 'read', externalIds: [TOKEN] }]],
    [
      `"event":"failed","user_id":"${USER}","desc":"failed: too old"`,
      [{ type: 'receiptCame', id: `failed/${TOKEN}`, status: 'failed', externalIds: [TOKEN], words: 'failed: too old' }],
    ],
  ])('%s', (event, expected) => {
    const chat = { externalChatId: USER, kind: 'private' };
    expect(factsOf(event)).toEqual(expected.map((fact) => ({ ...fact, chat, receivedAt: 1_795_000_000_123 })));
  });

  test.each([
    '"event":"hologram"',
    `"event":"message","sender":${sender}`,
    `"event":"message","sender":{"id":""},"message":{"type":"text","text":"a"}`,
    `"event":"message","sender":${sender},"message":{"type":"text"}`,
    `"event":"message","sender":${sender},"message":{"type":"text","text":5}`,
    `"event":"message","sender":${sender},"message":{"type":"location","location":{"lat":"","lon":1}}`,
    '"event":"delivered"',
  ])('%s is kept as it came', (event) => {
    expect(factsOf(event)).toBeUndefined();
  });

  test('a time that cannot be is replaced by now', () => {
    const body = (timestamp: string) => `{"event":"seen","timestamp":${timestamp},"message_token":1,"user_id":"a"}`;
    for (const timestamp of ['4977069964384421269', '9007199254740991', '-1', '"x"', 'null'])
      expect(parseEvent(parseExact(body(timestamp)), NOW)).toMatchObject([{ receivedAt: NOW }]);
  });
});

describe('a keyboard', () => {
  const reply = (label: string, index = 0): Button => ({ type: 'reply', label, key: `${KEY}.${index}` });
  const columns = (buttons: Button[]) => keyboardOf(buttons)?.Buttons.map((button) => button.Columns);

  test('two short labels share a row, a long one stands alone', () => {
    expect(columns([reply('Yes'), reply('No'), reply('Maybe')])).toEqual([3, 3, 6]);
    expect(columns([reply('Yes'), reply('I would rather talk to a person'), reply('No')])).toEqual([6, 6, 6]);
    expect(keyboardOf([])).toBeUndefined();
  });

  test('24 long labels still make no more than 12 rows', () => {
    const wide = columns(Array.from({ length: 24 }, (_, index) => reply('a label that is long enough', index)));
    expect(wide).toEqual(Array.from({ length: 24 }, () => 3));
  });

  test('what was written as text stays text, within the limit after escaping, never with half an escape', () => {
    const [button] = keyboardOf([reply(`<b>${'&'.repeat(240)}</b>`)])!.Buttons;
    expect(button!.Text.length).toBeLessThanOrEqual(250);
    expect(button!.Text).toMatch(/^&lt;b&gt;(&amp;)+…?$/);
  });
});
