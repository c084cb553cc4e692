import { expect, test } from 'vitest';
import { csvCells, csvHeaders, type ExportedEvent } from './event-csv.ts';
import { type Language, type ValueNames, valueWords } from './event-words.ts';

const names: ValueNames = {
  stages: new Map([['4/10', 'New']]),
  users: new Map([[7, 'Olga']]),
  fields: new Map([[11, 'City']]),
  customerStages: new Map([[31, 'Regular']]),
  timeZone: 'Europe/Moscow',
};
const words = (value: unknown, language: Language = 'en') => valueWords([value], { ...names, channel: 'Shop in Telegram' }, language);

test.each<[unknown, string]>([
  [{ message: { id: 'x', origin: 'telegram', talk_id: 1 } }, 'Shop in Telegram'],
  [{ lead_status: { id: 10, pipeline_id: 4 } }, 'New'],
  [{ responsible_user: { id: 7 } }, 'Olga'],
  [{ responsible_user: { id: null } }, 'nobody'],
  [{ customer_status: { id: 31 } }, 'Regular'],
  [{ customer_status: { id: null } }, 'empty'],
  [{ next_purchase: { at: Date.UTC(2026, 10, 22) } }, '11/22/26'],
  [{ participant: { id: 7 } }, 'Olga'],
  [{ entity: { type: 'lead', id: 5, name: 'Order' } }, 'Order'],
  [{ custom_field_value: { field_id: 11, values: [{ value: 'Riga' }] } }, 'City: Riga'],
  [{ task: { text: 'Call' } }, 'Call'],
])('%j reads as "%s"', (value, text) => expect(words(value)).toBe(text));

test('a deadline is told by the clock of the account, as each language writes it', () => {
  const due = { task: { due_at: Date.UTC(2026, 10, 22, 15), text: 'Call' } };
  expect(words(due, 'ru')).toBe('22.11.2026, 18:00: Call');
});

test('why a bot failed is told as the page says such words; a file has our own in its language', () => {
  const ended = { bot: { id: 1, name: 'Доставка' }, outcome: 'failed', words: 'step 7 does not exist' };
  expect(words(ended, 'ru')).toBe('Доставка: не справился: шага 7 нет в сценарии');
  expect(valueWords([ended], { ...names, said: (sentence) => `«${sentence}»` }, 'ru')).toBe(
    'Доставка: не справился: «step 7 does not exist»',
  );
});

test('a message whose channel is not known names none, rather than a code', () => {
  expect(valueWords([{ message: { id: 'x', origin: 'telegram' } }], names, 'ru')).toBe('');
});

test('a row of the file has as many cells as the heads of both languages, and names card and channel', () => {
  const event: ExportedEvent = {
    id: 1,
    type: 'incoming_chat_message',
    entityType: 'lead',
    entityId: 5,
    authorKind: 'client',
    authorName: null,
    before: [],
    after: [{ message: { id: 'x', origin: 'vk', talk_id: 3 } }],
    conversationNumber: 3,
    contactName: 'Anna',
    leadName: 'Order',
    customerName: 'Roastery',
    channelName: 'Our VK',
    at: 0,
  };
  const cells = csvCells(event, names, 'UTC', 'ru');
  for (const heads of Object.values(csvHeaders)) expect(heads).toHaveLength(cells.length);
  expect(cells.slice(-5)).toEqual(['Order', 'Roastery', 'Our VK', '', 'Our VK']);
  expect(cells.join(' ')).not.toMatch(/\bvk\b/);
});
