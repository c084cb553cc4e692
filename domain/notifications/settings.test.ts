import { describe, expect, test } from 'vitest';
import { notificationKinds } from './kinds.ts';
import { pushOf, type Told } from './push-words.ts';
import { completeNotificationSettings, isQuiet } from './settings.ts';

const account = { language: 'ru', timeZone: 'Europe/Moscow' };
const utc = (text: string) => Date.parse(`${text}Z`);

describe('settings', () => {
  test('who never chose is told of clients by every way, in the account’s language', () => {
    const settings = completeNotificationSettings({}, account);
    expect(settings).toMatchObject({ language: 'ru', nobodys: true, sound: true, quiet: { enabled: false, timeZone: 'Europe/Moscow' } });
    expect(settings.kinds.clientWrote).toEqual({ centre: true, push: true, sound: true });
    expect(Object.keys(settings.kinds).sort()).toEqual([...notificationKinds].sort());
  });

  test('a choice changes only what it names, and an alarm stays in the centre', () => {
    const settings = completeNotificationSettings(
      { kinds: { missed: { push: false }, npsAlarm: { centre: false, push: false } } },
      account,
    );
    expect(settings.kinds.missed).toEqual({ centre: true, push: false, sound: true });
    expect(settings.kinds.npsAlarm).toEqual({ centre: true, push: false, sound: true });
  });

  test.each([
    ['in the evening', 22 * 60, 8 * 60, '2026-11-22T19:00', true],
    ['the minute before', 22 * 60, 8 * 60, '2026-11-22T18:59', false],
    ['after midnight', 22 * 60, 8 * 60, '2026-11-22T23:30', true],
    ['at the end', 22 * 60, 8 * 60, '2026-11-22T05:00', false],
    ['over lunch', 13 * 60, 14 * 60, '2026-11-22T10:30', true],
    ['never, where both ends are one', 60, 60, '2026-11-22T22:00', false],
  ])('quiet hours by the user’s own clock: %s', (_name, from, to, at, expected) => {
    const settings = completeNotificationSettings({ quiet: { enabled: true, from, to, timeZone: 'Europe/Moscow' } }, account);
    expect(isQuiet(settings, utc(at))).toBe(expected);
  });
});

describe('what a push says', () => {
  const told: Told = {
    id: 7,
    what: 'clientWrote',
    conversationNumber: 1204,
    leadId: 3,
    contactName: 'Анна П.',
    cardName: null,
    channelName: 'Telegram',
    clientText: 'можно в субботу?',
    data: {},
    at: 1,
  };

  test('who, where and, if wanted, the words', () => {
    expect(pushOf(told, 'ru', true)).toMatchObject({
      tag: 'talk-1204',
      title: 'Анна П. · Telegram',
      body: 'можно в субботу?',
      url: '/inbox/1204',
    });
    expect(pushOf(told, 'en', false)).toMatchObject({ title: 'Анна П. · Telegram', body: 'New message #1204' });
  });

  test('a late answer shares the tag of its conversation', () => {
    expect(pushOf({ ...told, id: 8, what: 'missed' }, 'ru', true)).toMatchObject({ tag: 'talk-1204', body: 'Просрочен ответ #1204' });
  });

  test('what hangs on a card alone names the card and leads to it', () => {
    const failed: Told = {
      ...told,
      what: 'botFailed',
      conversationNumber: null,
      leadId: null,
      contactName: null,
      cardName: 'Кофейня',
      channelName: null,
      clientText: null,
      data: { customerId: 5 },
    };
    expect(pushOf(failed, 'ru', true)).toMatchObject({ tag: 'note-7', title: 'Кофейня', body: 'Бот не справился', url: '/customers/5' });
    expect(pushOf({ ...failed, leadId: 3, data: {} }, 'ru', true)).toMatchObject({ url: '/leads/3' });
  });

  test('what hangs on no conversation has a tag and a page of its own', () => {
    const lost: Told = {
      ...told,
      what: 'channelDisconnected',
      conversationNumber: null,
      leadId: null,
      contactName: null,
      channelName: null,
      clientText: null,
      data: { channelId: 5, words: 'Unauthorized' },
    };
    expect(pushOf(lost, 'en', true)).toMatchObject({
      tag: 'note-7',
      url: '/settings/channels',
      title: 'A channel was disconnected',
      body: expect.stringContaining('Unauthorized'),
    });
  });

  test('fits into what push services take, whatever the client wrote', () => {
    const long = pushOf({ ...told, contactName: '👩‍👩‍👧'.repeat(500), clientText: '🙂'.repeat(5000) }, 'ru', true);
    expect(Buffer.byteLength(JSON.stringify(long))).toBeLessThan(3900);
  });
});
