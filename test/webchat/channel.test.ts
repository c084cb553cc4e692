import { expect, test } from 'vitest';
import { ChannelInputError, type ConnectedChannel } from '../../channels/channel.ts';
import { parseWebchatSettings } from '../../channels/webchat/settings.ts';
import { webchatChannel } from '../../channels/webchat/webchat.ts';

const connected: ConnectedChannel = {
  accountId: 1,
  id: 1,
  type: 'webchat',
  credentials: {},
  receive: 'webhook',
  webhookSecret: 's',
  facts: {},
};

test('connecting gives an unguessable public id, and connecting again keeps it', async () => {
  const channel = webchatChannel();
  const first = await channel.connect(connected);
  expect(first.externalId).toMatch(/^wc_[\w-]{16}$/);
  expect(first.facts.key).toBe(first.externalId);
  expect((await channel.connect({ ...connected, facts: first.facts })).externalId).toBe(first.externalId);
  expect((await channel.connect(connected)).externalId).not.toBe(first.externalId);
});

test('origins are kept as origins, wildcards included', () => {
  const { origins } = parseWebchatSettings({
    origins: ['https://Shop.example/', ' https://*.shop.example ', 'http://localhost:8080', 'https://shop.example'],
  });
  expect(origins).toEqual(['https://shop.example', 'https://*.shop.example', 'http://localhost:8080']);
});

test.each([
  ['settings.origins', { origins: ['shop.example'] }],
  ['settings.origins', { origins: ['https://shop.example/tea'] }],
  ['settings.origins', { origins: ['javascript:alert(1)'] }],
  ['settings.origins', { origins: 'https://shop.example' }],
  ['settings.accent', { accent: 'red;}' }],
  ['settings.title', { title: 'x'.repeat(61) }],
])('a wrong %s is refused by name', (field, input) => {
  expect(() => parseWebchatSettings(input)).toThrow(ChannelInputError);
  try {
    parseWebchatSettings(input);
  } catch (error) {
    expect((error as ChannelInputError).field).toBe(field);
  }
});
