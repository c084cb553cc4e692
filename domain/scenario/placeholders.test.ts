import { expect, test } from 'vitest';
import type { RunView } from './model.ts';
import { searchBudget } from './patterns.ts';
import { fill } from './placeholders.ts';

const VIEW: RunView = {
  accountId: 1,
  timeZone: 'Asia/Vladivostok',
  seed: 'run/3',
  chat: { id: 'c', channelId: 4, origin: 'telegram', profileId: '99' },
  talk: { number: 1204, status: 'in_work', rate: 9 },
  message: { text: 'ищу 12 шт, пишите на a@b.ru или +7 903 123-45-67 {{lead.id}}' },
  contact: {
    id: 5,
    name: 'Анна Петрова',
    phone: '+79990000000',
    email: 'anna@example.ru',
    tags: ['b2b', 'vip'],
    responsible: { id: 3, name: 'Мария' },
    fields: {
      11: [
        { value: 'Красный', enumId: 1 },
        { value: 'Синий', enumId: 2 },
      ],
      12: [{ value: true }],
    },
  },
  lead: {
    id: 7,
    name: 'Заказ',
    tags: [],
    fields: {},
    price: 1500,
    statusId: 10,
    pipelineId: 2,
    sourceId: 4,
    responsible: { id: 3, name: 'Мария', email: 'm@example.ru' },
  },
  company: { id: 8, name: 'Ромашка', tags: [], fields: { 5: [{ value: '7701' }] } },
};
// 2026-11-22 20:00 in Moscow is the 23rd in Vladivostok
const AT = Date.UTC(2026, 10, 22, 17, 0);
const filled = (text: string) =>
  fill(text, { view: VIEW, at: AT, variables: { last_validation_result: '9', 'json.status': 'ok' }, budget: searchBudget() });

test.each([
  ['{{message_text.email}}', 'a@b.ru'],
  ['{{message_text.phone}}', '+79031234567'],
  ['{{regexp./([0-9]+) шт/}}', '12'],
  ['{{regexp./[0-9]{2}/iu}}', '12'],
  ['{{regexp./нет/}}', ''],
  ['{{last_validation_result}} {{json.status}}', '9 ok'],
  ['{{contact.name}}, {{name}}, {{contact.first_name}} {{contact.last_name}}', 'Анна Петрова, Анна Петрова, Анна '],
  ['{{contact.id}} {{contact.phone}} {{contact.email}}', '5 +79990000000 anna@example.ru'],
  [
    '{{contact.cf.11}} / {{contact.cf.11.2}} / {{contact.cf.11.3}} / {{contact.cf.12.is_checked}} / {{contact.cf.99}}',
    'Красный, Синий / Синий /  / 1 / ',
  ],
  ['{{lead.id}} {{lead.name}} {{lead.price}} {{lead.status_id}} {{lead.source_id}} {{lead.responsible_user_id}}', '7 Заказ 1500 10 4 3'],
  ['{{lead.responsible.id}} {{lead.responsible.name}} {{lead.responsible.email}} {{contact.responsible.email}}', '3 Мария m@example.ru '],
  ['{{company.name}} {{company.cf.5}}', 'Ромашка 7701'],
  ['{{origin}} {{messenger}} {{chat.profile_id}}', 'telegram telegram 99'],
  ['{{talk.id}} {{cf.talk.nps}}', '1204 9'],
  ['{{current_date}}', '23.11.2026'],
  ['{{ lead.id }}', '7'],
  ['[{{unknown}}{{contact.unknown}}{{constructor}}{{__proto__}}{{}}]', '[]'],
  ['{{lead.id', '{{lead.id'],
  ['{ {lead.id}} }}', '{ {lead.id}} }}'],
])('%s becomes %j', (text, expected) => {
  expect(filled(text)).toBe(expected);
});

test('what a client wrote is not read as a placeholder', () => {
  expect(filled('{{message_text}}')).toBe(VIEW.message?.text);
});

test('random texts are the same for a repeated turn and differ between turns', () => {
  const other = (seed: string) =>
    fill('{{rand}} {{short_rand}} {{short_rand_num}}', { view: { ...VIEW, seed }, at: AT, variables: {}, budget: searchBudget() });
  expect(other('run/3')).toBe(other('run/3'));
  expect(other('run/3')).not.toBe(other('run/4'));
  expect(other('run/3')).toMatch(/^[a-z2-9]{16} [a-z2-9]{6} [1-9]\d{3}$/);
});

test('a time zone nobody knows is read as UTC', () => {
  expect(fill('{{current_date}}', { view: { ...VIEW, timeZone: 'Mars/Base' }, at: AT, variables: {}, budget: searchBudget() })).toBe(
    '22.11.2026',
  );
});

test('a text that puts a long text into itself stops growing', () => {
  const text = 'ж'.repeat(8000);
  const filledOften = fill('{{message_text}}'.repeat(1000), {
    view: { ...VIEW, message: { text } },
    at: AT,
    variables: {},
    budget: searchBudget(),
  });
  expect(filledOften.length).toBe(32_000);
});
