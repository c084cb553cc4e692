import { METADATA_ENCODING_KEY, type Payload } from '@temporalio/common';
import { expect, test } from 'vitest';
import { payloadCodec } from '../../payload-codec.ts';

const key = Buffer.alloc(32, 7);
const payload: Payload = { metadata: { [METADATA_ENCODING_KEY]: Buffer.from('json/plain') }, data: Buffer.from('{"text":"привет"}') };
const plain = ({ metadata, data }: Payload) => [
  Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString()])),
  Buffer.from(data ?? []).toString(),
];

test('what Temporal stores cannot be read, is different every time, and comes back whole', async () => {
  const codec = payloadCodec(key, true);
  const [one, two] = await codec.encode([payload, payload]);
  expect(Buffer.from(one!.data!).toString()).not.toContain('привет');
  expect(one!.data).not.toEqual(two!.data);
  expect((await codec.decode([one!, two!])).map(plain)).toEqual([plain(payload), plain(payload)]);
});

test('encryption can be switched on and off while workflows run', async () => {
  const off = payloadCodec(key, false);
  expect(await off.encode([payload])).toEqual([payload]);
  expect((await off.decode(await payloadCodec(key, true).encode([payload]))).map(plain)).toEqual([plain(payload)]);
  expect(await payloadCodec(key, true).decode([payload])).toEqual([payload]);
});

test('another key or a changed byte is an error and never wrong data', async () => {
  const [sealed] = await payloadCodec(key, true).encode([payload]);
  await expect(payloadCodec(Buffer.alloc(32, 8), true).decode([sealed!])).rejects.toThrow();
  sealed!.data![40]! ^= 1;
  await expect(payloadCodec(key, true).decode([sealed!])).rejects.toThrow();
});
