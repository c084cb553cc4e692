import { expect, test } from 'vitest';
import { callerOf } from '../../api/client-ip.ts';

test.each([
  ['an own proxy names whom it saw', '127.0.0.1', '8.8.8.8', '8.8.8.8'],
  ['what the caller made up before it does not count', '::ffff:172.17.0.1', '1.1.1.1, 8.8.8.8', '8.8.8.8'],
  ['a caller from the internet names nobody else', '8.8.8.8', '1.1.1.1', '8.8.8.8'],
  ['a proxy that names nobody is the caller', '10.0.0.2', undefined, '10.0.0.2'],
  ['words that are no address are not believed', '10.0.0.2', 'unknown', '10.0.0.2'],
  ['nobody can tell', undefined, '8.8.8.8', undefined],
])('limits by address: %s', (_words, remote, forwardedFor, caller) => {
  expect(callerOf(remote, forwardedFor)).toBe(caller);
});
