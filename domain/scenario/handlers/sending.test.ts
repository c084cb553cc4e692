import { expect, test } from 'vitest';
import type { Command } from '../model.ts';
import { go, play, scenarioOf } from '../play-for-tests.ts';
import { begin, step } from '../step.ts';

/** The message that one handler sends. */
function sent(handler: string, params: unknown): Omit<Extract<Command, { type: 'sendMessage' }>, 'type' | 'key'> | undefined {
  const scenario = scenarioOf({ 0: { question: [{ handler, params }] } });
  const view = { accountId: 1, timeZone: 'UTC', seed: '', contact: { id: 1, name: 'Анна', tags: [], fields: {} } };
  const [command] = step(scenario, begin(scenario), { type: 'started', at: 0 }, view).commands;
  if (command?.type !== 'sendMessage') return undefined;
  const { type: _, key: __, ...message } = command;
  return message;
}

test('show sends texts, buttons and links to the chat the run talks in', () => {
  expect(sent('show', { type: 'buttons', value: 'Привет, {{contact.name}}', buttons: ['Да', 'Нет'] })).toEqual({
    text: 'Привет, Анна',
    buttons: [
      { type: 'reply', label: 'Да' },
      { type: 'reply', label: 'Нет' },
    ],
    attachments: [],
    to: 'current',
  });
  expect(
    sent('show', { type: 'buttons_url', value: 'Карта', buttons: [{ text: 'Открыть', url: 'https://example.org' }] })?.buttons,
  ).toEqual([{ type: 'url', label: 'Открыть', url: 'https://example.org' }]);
});

test.each([
  [{}, 'current'],
  [
    { recipient: { type: 'all_contacts', way_of_communication: 'over_all' }, send_to_all_chat_sources: true },
    { contacts: 'all', channels: 'all' },
  ],
  [
    { recipient: { type: 'all_contacts', way_of_communication: 'last_active' }, send_to_all_chat_sources: true },
    { contacts: 'all', channels: 'lastActive' },
  ],
  [
    {
      recipient: { type: 'main_contact', way_of_communication: 'over_all' },
      send_to_all_chat_sources: false,
      chat_sources: [{ id: 7 }, { id: '8' }],
    },
    { contacts: 'main', channels: [7, 8] },
  ],
  [
    { send_to_all_chat_sources: true, chat_sources: [{ id: 7 }] },
    { contacts: 'all', channels: 'all' },
  ],
])('recipients %j go to %j', (params, to) => {
  expect(sent('send_message', { type: 'external', text: 'a', ...params })?.to).toEqual(to);
});

test('send_message carries attachments of every kind, also without a text', () => {
  const attachments = [
    { type: 'picture', value: 'file-1', is_external: true },
    { type: 'document', value: 'https://example.org/a.pdf', name: 'a.pdf' },
  ];
  expect(sent('send_message', { type: 'external', text: '', attachments })?.attachments).toEqual([
    { kind: 'picture', value: 'file-1' },
    { kind: 'file', value: 'https://example.org/a.pdf', name: 'a.pdf' },
  ]);
});

test('the code dialect of external messages sends the same', () => {
  const message = { type: 'external', text: 'a', buttons: [{ type: 'inline', text: 'Да' }] };
  expect(
    sent('send_external_message', { message, recipient: { type: 'all_contacts', way_of_communication: 'over_all' }, channels: [] }),
  ).toEqual({
    text: 'a',
    buttons: [{ type: 'reply', label: 'Да' }],
    attachments: [],
    to: { contacts: 'all', channels: 'all' },
  });
});

test('messages to colleagues or to filtered contacts reach nobody, visibly', () => {
  const lines = (params: unknown) => play({ 0: { question: [{ handler: 'send_message', params }] } }, []);
  expect(lines({ type: 'internal', text: 'a' })).toEqual(['step 0 skipped send_message: skippedUnreadable', 'ended: completed']);
  expect(lines({ type: 'external', text: 'a', recipient: { type: 'filtered_contacts' } })[0]).toBe(
    'step 0 skipped send_message: skippedUnreadable',
  );
});

test('buttons without a text are left out, placeholders in labels are filled', () => {
  expect(
    sent('send_message', {
      type: 'external',
      text: 'a',
      buttons: [{ type: 'inline', text: '' }, '{{contact.name}}', { type: 'inline', text: '{{none}}' }],
    })?.buttons,
  ).toEqual([{ type: 'reply', label: 'Анна' }]);
});

test('an unsupported handler that only acts is passed over', () => {
  expect(play({ 0: { question: [{ handler: 'trigger', params: {} }, { handler: 'send_smoke', params: {} }, go(1)] }, 1: {} }, [])).toEqual([
    'step 0 skipped trigger: skippedUnsupported',
    'step 0 skipped send_smoke: skippedUnsupported',
    'ended: completed',
  ]);
});
