import { expect, test } from 'vitest';
import type { RunView } from '../model.ts';
import { play, say } from '../play-for-tests.ts';

const VIEW: Partial<RunView> = {
  chat: { id: 'c', channelId: 1, origin: 'telegram' },
  contact: { id: 1, name: 'Анна', tags: ['b2b'], fields: { 111: [{ value: 'Синий', enumId: 222 }], 112: [{ value: true }], 113: [] } },
  lead: {
    id: 2,
    name: 'Заказ',
    tags: ['VIP', 'срочно'],
    fields: { 5: [{ value: 'да' }, { value: 'нет' }] },
    price: 1500,
    statusId: 10,
    pipelineId: 3,
  },
};

/** Whether conditions of the editor's shape hold. */
function holds(conditions: unknown[], logic = 'and', text = 'Привет, мир'): boolean {
  const bot = { 0: { question: [{ handler: 'conditions', params: { logic, conditions, result: [say('да')] } }] } };
  return play(bot, [`start: ${text}`], { view: VIEW }).includes('bot: да');
}
const is = (term1: string, operation: string, term2: unknown) => ({ term1, operation, term2, value_type: 'custom_value' });

test.each([
  ['lead.tags', '=', 'vip', true],
  ['lead.tags', '!=', 'vip', false],
  ['lead.tags', 'in', 'обычный, срочно', true],
  ['lead.tags', 'not_in', 'обычный,новый', true],
  ['lead.tags', 'contains', 'срочно', true],
  ['lead.tags', 'contains', 'сроч', false],
  ['chat.origin', '=', 'telegram', true],
  ['chat.origin', 'in', 'vk,telegram', true],
  ['{{origin}}', '!=', 'telegram', false],
  ['{{message_text}}', '=', ' ПРИВЕТ, МИР ', true],
  ['{{message_text}}', 'contains', 'мир', true],
  ['{{message_text}}', 'contains', '', false],
  ['{{message_text}}', 'not_contains', 'война', true],
  ['{{lead.price}}', '=', '1500.0', true],
  ['{{lead.price}}', 'in_range', { from: 1000, to: 1500 }, true],
  ['{{lead.price}}', 'in_range', { from: 1501, to: '' }, false],
  ['{{lead.price}}', 'in_range', { to: '2 000' }, true],
  ['{{message_text}}', 'in_range', { from: 1, to: 2 }, false],
  ['{{contact.cf.111}}', '=', 'синий', true],
  ['{{contact.cf.111}}', '=', '{{contact.cf.111.222}}', true],
  ['{{contact.cf.111.is_checked}}', '=', '{{contact.cf.111.222}}', true],
  ['{{contact.cf.111.is_checked}}', '=', '{{contact.cf.111.223}}', false],
  ['{{contact.cf.111.is_checked}}', '!=', '{{contact.cf.111.223}}', true],
  ['{{contact.cf.112.is_checked}}', '=', '1', true],
  ['{{contact.cf.113.is_checked}}', '=', '1', false],
  ['{{contact.cf.113}}', '=', '', true],
  ['{{contact.cf.113}}', '!=', '', false],
  ['{{lead.cf.5}}', '=', 'нет', true],
  ['{{company.cf.9}}', '=', '', true],
  ['007', '=', '7', false],
  ['{{unknown}}', '=', 'x', false],
])('%s %s %j is %s', (term1, operation, term2, expected) => {
  expect(holds([is(term1, operation, term2)])).toBe(expected);
});

test('and wants all, or wants one, an unknown operation is false', () => {
  const yes = is('chat.origin', '=', 'telegram');
  const no = is('chat.origin', '=', 'vk');
  expect([holds([yes, no], 'and'), holds([yes, no], 'or'), holds([yes, yes], 'and'), holds([no, no], 'or')]).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect([holds([is('chat.origin', 'like', 'telegram'), yes], 'or'), holds([is('chat.origin', 'like', 'telegram')])]).toEqual([
    true,
    false,
  ]);
});

test('a client cannot put a placeholder into a condition', () => {
  expect(holds([is('{{message_text}}', '=', '1500')], 'and', '{{lead.price}}')).toBe(false);
});

test('a false condition falls through to the next handler, in both dialects', () => {
  const bot = {
    0: {
      question: [
        {
          handler: 'condition',
          params: {
            term1: 'chat.origin',
            term2: 'vk',
            operation: '=',
            result: [{ handler: 'goto', params: { type: 'question', step: 1 } }],
          },
        },
        {
          handler: 'conditions',
          params: {
            logic: 'and',
            conditions: [is('chat.origin', '=', 'telegram')],
            result: [{ handler: 'goto', params: { type: 'question', step: 2 } }],
          },
        },
        say('ни то ни другое'),
      ],
    },
    1: { question: [say('vk')] },
    2: { question: [say('telegram')] },
  };
  expect(play(bot, [], { view: VIEW })).toEqual(['bot: telegram', 'ended: completed']);
});
