import { createECDH } from 'node:crypto';
import { expect, test } from 'vitest';
import { vapidKeys } from '../../db/vapid.ts';

test('the private key belongs to the public one in every installation, also where it begins with zeros', () => {
  let beginWithZero = 0;
  for (let number = 0; number < 2_000; number += 1) {
    const secretKey = Buffer.alloc(32);
    secretKey.writeUInt32BE(number);
    const { publicKey, privateKey } = vapidKeys(secretKey);
    const bytes = Buffer.from(privateKey, 'base64url');
    expect(bytes).toHaveLength(32);
    if (bytes[0] === 0) beginWithZero += 1;
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(bytes);
    expect(pair.getPublicKey().toString('base64url')).toBe(publicKey);
  }
  expect(beginWithZero).toBeGreaterThan(0);
});
