/** Everything that the vendors document a client to send or do, as they write it: nothing of it is lost, and each is shown as the table says. */
import { describe, expect, test } from 'vitest';
import { CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { HEARD, type Heard } from '../../domain/message/heard.ts';
import { custom, hearCustom } from './kinds/custom.ts';
import { hearMax, max } from './kinds/max.ts';
import { hearTelegram, telegram } from './kinds/telegram.ts';
import { hearViber, viber } from './kinds/viber.ts';
import { hearVk, vk } from './kinds/vk.ts';
import { hearWhatsApp, whatsapp } from './kinds/whatsapp.ts';

const told = <Payload>(payloads: Record<string, Payload>, hear: (payload: Payload) => Heard) =>
  Object.entries(payloads).map(([kind, payload]): [string, () => Heard] => [kind, () => hear(payload)]);

const MESSENGERS: Record<string, [string, () => Heard][]> = {
  telegram: told(telegram, hearTelegram),
  vk: told(vk, hearVk),
  viber: told(viber, hearViber),
  max: told(max, hearMax),
  whatsapp: told(whatsapp, hearWhatsApp),
  custom: told(custom, hearCustom),
};

test('every messenger has its table, and every kind of it a payload', () => {
  // Our own page sends nothing but texts, files and presses.
  expect(Object.keys(HEARD).toSorted()).toEqual(CHANNEL_TYPES.filter((type) => type !== 'webchat').toSorted());
  for (const [type, kinds] of Object.entries(HEARD)) {
    expect(MESSENGERS[type]?.map(([kind]) => kind).toSorted()).toEqual(Object.keys(kinds).toSorted());
  }
});

describe.each(Object.entries(MESSENGERS))('%s', (type, kinds) => {
  test.each(kinds)('%s becomes what the table says', (kind, hear) => {
    expect(hear()).toBe(HEARD[type]?.[kind]);
  });
});
