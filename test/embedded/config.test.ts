import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, readConfig, temporalConnection } from '../../config.ts';

const data = mkdtempSync(join(tmpdir(), 'beseda-config-'));
const read = (variables: Record<string, string>) => readConfig({ BESEDA_DATA: data, ...variables });

test('nothing set is a laptop: loopback, embedded servers, a key that is made once and readable by its owner only', () => {
  const config = read({});
  expect(config).toMatchObject({ host: '127.0.0.1', port: 3000, temporalUiPort: 8233, databaseUrl: undefined, temporalAddress: undefined });
  expect(config.secretKey).toHaveLength(32);
  expect(read({}).secretKey).toEqual(config.secretKey);
  expect(statSync(join(data, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(Buffer.from(readFileSync(join(data, 'secret.key'), 'utf8'), 'base64')).toEqual(config.secretKey);
});

test('with PORT set the embedded parts choose free ports, unless they are set too', () => {
  expect(read({ PORT: '4000' }).temporalUiPort).toBeUndefined();
  expect(read({ PORT: '4000', TEMPORAL_UI_PORT: '4001' }).temporalUiPort).toBe(4001);
});

test('empty variables count as not set', () => {
  expect(read({ PORT: '', DATABASE_URL: ' ', PUBLIC_URL: '' })).toMatchObject({ port: 3000, databaseUrl: undefined, publicUrl: undefined });
});

test.each([
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
  ['TEMPORAL_NAMESPACE', 'two words'],
  ['PUBLIC_URL', 'chat.example.com'],
  ['BESEDA_DEMO_TOKEN', 'with space'],
  ['BESEDA_ALLOW_PRIVATE_ADDRESSES', 'perhaps'],
  ['BESEDA_SECRET_KEY', Buffer.alloc(31).toString('base64')],
  ['LOG_LEVEL', 'loud'],
])('a wrong %s is refused with a sentence that names it', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(ConfigError);
  expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name} (must|may) .+\\.$`));
});

test('all wrong variables are named at once', () => {
  expect(() => read({ PORT: 'x', LOG_LEVEL: 'x' })).toThrow(/^PORT .*\nLOG_LEVEL /);
});

test('production on servers of its own wants its key to be given', () => {
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/beseda', TEMPORAL_ADDRESS: 'temporal:7233' };
  expect(() => read(production)).toThrow('BESEDA_SECRET_KEY must be given in production');
  read({ ...production, BESEDA_SECRET_KEY: Buffer.alloc(32, 1).toString('base64') });
});

test('an API key of Temporal implies TLS; a certificate without its key is refused', () => {
  expect(temporalConnection(read({ TEMPORAL_ADDRESS: 'temporal:7233' }))).toEqual({ address: 'temporal:7233' });
  expect(temporalConnection(read({ TEMPORAL_ADDRESS: 'x.tmprl.cloud:7233', TEMPORAL_API_KEY: 'k' }))).toMatchObject({
    apiKey: 'k',
    tls: true,
  });
  expect(() => read({ TEMPORAL_TLS_CERT: '/etc/cert' })).toThrow('belong together');
});
