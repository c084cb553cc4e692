import { describe, expect, test } from 'vitest';
import type { RunView } from '../model.ts';
import { act, play } from '../play-for-tests.ts';

const VIEW: Partial<RunView> = {
  knownUsers: [900],
  lead: {
    id: 2,
    name: 'Заказ',
    tags: ['старый'],
    fields: { 111: [{ value: 'Синий', enumId: 222 }], 7: [{ value: 3 }] },
    price: 100,
    statusId: 10,
    pipelineId: 3,
  },
};

/** What one action does, without the end of the run. */
function does(name: string, params: unknown, text = '5'): string[] {
  return play({ 0: { question: [act(name, params)] } }, [`start: ${text}`], { view: VIEW }).slice(1, -1);
}

test.each([
  ['change_status', { value: 142 }, ['stage 142']],
  ['change_status', { value: '55', pipeline_id: '7' }, ['stage 55 of pipeline 7']],
  ['change_status', { value: 55, entity: 'double' }, ['step 0 skipped action: skippedUnsupported']],
  ['change_status', {}, ['step 0 skipped action: skippedUnreadable']],
  ['set_tag', { type: 2, value: 'из {{origin}}' }, ['lead tags +из webchat']],
  ['set_tag', { type: 1, value: ['a', 'b', 'a'] }, ['contact tags +a, +b']],
  ['set_tag', { element_type: 2, contact_type: 'main', value: 'x' }, ['lead tags +x']],
  ['set_tag', { type: 3, value: 'x' }, ['step 0 skipped action: skippedNoEntity']],
  ['set_tag', { value: '{{lead.cf.999}}' }, ['step 0 skipped action: skippedNoValue']],
  ['unset_tag', { type: 'lead', value: 'старый' }, ['lead tags -старый']],
  ['set_custom_fields', { type: 1, value: '{{message_text}}', custom_fields_id: 50 }, ['contact field 50 = 5']],
  ['set_custom_fields', { type: 1, value: '+7900', custom_fields_id: 51, enum: 'WORK', option: 'add' }, ['contact field 51 += +7900 WORK']],
  [
    'set_custom_fields',
    { type: 'lead', value: '{{lead.cf.111.223}}', value_type: 'value', custom_field: '{{lead.cf.111}}' },
    ['lead field 111 = #223'],
  ],
  ['set_custom_fields', { type: 'lead', value: '{{lead.cf.111.222}}', custom_field: '{{lead.cf.112}}' }, ['lead field 112 = Синий#222']],
  ['set_custom_fields', { type: 2, value: '{{lead.cf.7}} * 2 + 1', custom_fields_id: 8, calculated: true }, ['lead field 8 = 7']],
  ['set_custom_fields', { type: 2, value: '{{lead.cf.7}} * 2', custom_fields_id: 8 }, ['lead field 8 = 3 * 2']],
  ['set_custom_fields', { type: 2, value: 'пять', custom_fields_id: 8, calculated: true }, ['step 0 skipped action: skippedNoValue']],
  ['set_custom_fields', { custom_field: '{{lead.price}}', value: '1 500' }, ['lead price = 1500']],
  ['set_custom_fields', { custom_field: '{{lead.name}}', value: 'Заказ {{message_text}}' }, ['lead name = Заказ 5']],
  ['set_custom_fields', { custom_field: '{{contact.name}}', value: 'Олег' }, ['contact name = Олег']],
  ['set_custom_fields', { custom_field: '{{cf.talk.nps}}', value: '{{message_text}}' }, ['talk rate = 5']],
  ['set_custom_fields', { value: 'x' }, ['step 0 skipped action: skippedUnreadable']],
  ['set_budget', { value: '({{lead.price}} + 50) * 2' }, ['lead price = 300']],
  ['change_responsible_user', { value: 900 }, ['lead responsible 900']],
  ['change_responsible_user', { value: '900', type: 1, element_type: 1, contact_type: 'main' }, ['contact responsible 900']],
  ['change_responsible_user', { value: 901 }, ['step 0 skipped action: skippedUnknownId']],
  ['change_conversation_status', { value: 'closed' }, ['talk closed']],
  ['change_conversation_status', { value: 'answered' }, ['talk answered']],
  ['add_note', { element_type: 2, note_type: 4, text: 'x' }, ['step 0 skipped action: skippedUnsupported']],
])('%s %j', (name, params, expected) => {
  expect(does(name, params)).toEqual(expected);
});

describe('rates', () => {
  test('a rate that is no number is not written', () => {
    expect(does('set_custom_fields', { custom_field: '{{cf.talk.nps}}', value: '{{message_text}}' }, 'отлично')).toEqual([
      'step 0 skipped action: skippedNoValue',
    ]);
  });
});
