/** The form of the hooks against the published samples. */
import { expect, test } from 'vitest';
import { bodyOf, type FeedCard, type FeedEvent, type FeedMessage, type FeedTalk, type FeedTask } from '../../domain/webhooks/body.ts';
import { codesOf, feedEventTypes, webhookCodes } from '../../domain/webhooks/codes.ts';
import { encodeForm, formFields } from '../../domain/webhooks/form.ts';

const account = { id: 300, subdomain: 'demo', url: 'https://demo.example.test' };
const event: FeedEvent = {
  id: 1,
  type: 'incoming_chat_message',
  entityType: 'lead',
  entityId: 9007,
  authorKind: 'client',
  authorId: null,
  valueBefore: [],
  valueAfter: [],
  conversationNumber: 4182,
  contactId: 5501,
  at: 1767520800_400,
};
const message: FeedMessage = {
  id: '0b5e6d3a-1111-4222-8333-abcdefabcdef',
  chatId: '6f0c0d6e-1111-4222-8333-abcdefabcdef',
  talkNumber: 4182,
  contactId: 5501,
  contactName: 'Ann',
  direction: 'in',
  authorKind: 'client',
  authorId: null,
  authorName: null,
  text: 'Hi & bye',
  messageType: 'picture',
  origin: 'telegram',
  writtenAt: 1767520800_400,
  files: [{ type: 'picture', link: 'https://demo.example.test/files/a/b', name: 'cat.jpg' }],
};
const talk: FeedTalk = {
  number: 4182,
  createdAt: 1767520800_000,
  updatedAt: 1767524400_000,
  rate: null,
  contactId: 5501,
  chatId: message.chatId,
  entityId: 9007,
  entityType: 'lead',
  status: 'in_work',
  isRead: false,
  origin: 'telegram',
};
const card: FeedCard = {
  id: 9007,
  name: 'Deal',
  responsibleUserId: 7,
  createdAt: 1767520800_000,
  updatedAt: 1767520800_000,
  tags: [{ id: 3, name: 'hot' }],
  fields: [{ id: 11, name: 'Phone', code: 'PHONE', values: [{ value: '+7999', enum: 'WORK' }] }],
  statusId: 20,
  pipelineId: 4,
  price: 1500,
};
const all = new Set(webhookCodes);
const accountFields = { 'account[id]': '300', 'account[subdomain]': 'demo', 'account[_links][self]': 'https://demo.example.test' };
const fields = (body: ReturnType<typeof bodyOf>) => Object.fromEntries(formFields(body!));

test('an incoming message has the keys of the published sample, every value a string', () => {
  const found = fields(bodyOf(event, { about: 'message', message }, all, account));
  expect(found).toEqual({
    'message[add][0][id]': message.id,
    'message[add][0][chat_id]': message.chatId,
    'message[add][0][talk_id]': '4182',
    'message[add][0][contact_id]': '5501',
    'message[add][0][text]': 'Hi & bye',
    'message[add][0][created_at]': '1767520800',
    'message[add][0][element_type]': '2',
    'message[add][0][entity_type]': 'lead',
    'message[add][0][element_id]': '9007',
    'message[add][0][entity_id]': '9007',
    'message[add][0][type]': 'incoming',
    'message[add][0][message_type]': 'picture',
    'message[add][0][author][id]': '5501',
    'message[add][0][author][type]': 'external',
    'message[add][0][author][name]': 'Ann',
    'message[add][0][origin]': 'telegram',
    'message[add][0][attachment][type]': 'picture',
    'message[add][0][attachment][link]': 'https://demo.example.test/files/a/b',
    'message[add][0][attachment][file_name]': 'cat.jpg',
    ...accountFields,
  });
  expect(Object.values(found).every((value) => typeof value === 'string')).toBe(true);
});

test('it is form-encoded, names and values alike', () => {
  const body = encodeForm(bodyOf(event, { about: 'message', message }, all, account)!);
  expect(body).toContain('message%5Badd%5D%5B0%5D%5Btext%5D=Hi+%26+bye&');
  expect(new URLSearchParams(body).get('message[add][0][text]')).toBe('Hi & bye');
});

test('an outgoing message is a code of its own, and its author a colleague or a bot', () => {
  const outgoing: FeedEvent = { ...event, type: 'outgoing_chat_message', authorKind: 'bot' };
  const byBot: FeedMessage = { ...message, direction: 'out', authorKind: 'bot', authorId: 5, authorName: 'Greeter', files: [] };
  expect(bodyOf(outgoing, { about: 'message', message: byBot }, new Set(['add_message']), account)).toBeUndefined();
  const found = fields(bodyOf(outgoing, { about: 'message', message: byBot }, new Set(['add_outgoing_message']), account));
  expect(found['message[add][0][type]']).toBe('outgoing');
  expect(found['message[add][0][author][type]']).toBe('bot');
  expect(Object.keys(found).some((key) => key.includes('attachment'))).toBe(false);
});

test('a conversation has the published keys; flags are those of the event, whatever has become of it since', () => {
  const about = (type: string, now: Partial<FeedTalk> = {}) =>
    fields(bodyOf({ ...event, type, entityType: 'talk', entityId: 4182 }, { about: 'talk', talk: { ...talk, ...now } }, all, account));
  expect(about('talk_created')).toEqual({
    'talk[add][0][talk_id]': '4182',
    'talk[add][0][created_at]': '1767520800',
    'talk[add][0][updated_at]': '1767524400',
    'talk[add][0][rate]': '0',
    'talk[add][0][contact_id]': '5501',
    'talk[add][0][chat_id]': message.chatId,
    'talk[add][0][entity_id]': '9007',
    'talk[add][0][entity_type]': 'lead',
    'talk[add][0][is_in_work]': '1',
    'talk[add][0][is_read]': '0',
    'talk[add][0][origin]': 'telegram',
    ...accountFields,
  });
  const flags = (found: Record<string, string>) => [found['talk[update][0][is_read]'], found['talk[update][0][is_in_work]']];
  expect(flags(about('conversation_answered'))).toEqual(['1', '1']);
  expect(flags(about('talk_closed'))).toEqual(['1', '0']);
  expect(flags(about('talk_reopened', { status: 'closed', isRead: true }))).toEqual(['0', '1']);
});

test('a change of stage tells both stages, as status and as update, each only where subscribed', () => {
  const moved: FeedEvent = {
    ...event,
    type: 'lead_status_changed',
    authorKind: 'user',
    authorId: 12,
    valueBefore: [{ lead_status: { id: 10, pipeline_id: 4 } }],
    valueAfter: [{ lead_status: { id: 142, pipeline_id: 4 } }],
  };
  const found = fields(bodyOf(moved, { about: 'lead', card }, new Set(['status_lead']), account));
  expect(found).toMatchObject({
    'leads[status][0][id]': '9007',
    'leads[status][0][status_id]': '142',
    'leads[status][0][old_status_id]': '10',
    'leads[status][0][pipeline_id]': '4',
    'leads[status][0][modified_user_id]': '12',
    'leads[status][0][price]': '1500',
    'leads[status][0][tags][0][name]': 'hot',
    'leads[status][0][custom_fields][0][values][0][value]': '+7999',
    ...accountFields,
  });
  expect(Object.keys(found).some((key) => key.startsWith('leads[update]'))).toBe(false);
  const both = fields(bodyOf(moved, { about: 'lead', card }, all, account));
  expect(both['leads[update][0][status_id]']).toBe('142');
});

test('an incoming lead is told when it comes, and as deleted with what became of it; other leads are not', () => {
  const stage = (id: number) => [{ lead_status: { id, pipeline_id: 4 } }];
  const came: FeedEvent = { ...event, type: 'lead_added', valueAfter: stage(9) };
  const told = fields(bodyOf(came, { about: 'lead', card, incoming: 'came' }, all, account));
  expect(told).toMatchObject({
    'leads[add][0][status_id]': '9',
    'unsorted[add][0][lead_id]': '9007',
    'unsorted[add][0][pipeline_id]': '4',
  });
  const left: FeedEvent = { ...event, type: 'lead_status_changed', valueBefore: stage(9), valueAfter: stage(143) };
  const only = new Set(['delete_unsorted']);
  for (const incoming of ['accept', 'decline'] as const)
    expect(fields(bodyOf(left, { about: 'lead', card, incoming }, only, account))['unsorted[delete][0][action]']).toBe(incoming);
  expect(bodyOf(left, { about: 'lead', card }, only, account)).toBeUndefined();
  expect(fields(bodyOf(came, { about: 'lead', card }, all, account))['unsorted[add][0][lead_id]']).toBeUndefined();
});

test('a change of the responsible user is told for leads and contacts', () => {
  const given = (entityType: 'lead' | 'contact') => {
    const changed: FeedEvent = {
      ...event,
      type: 'entity_responsible_changed',
      entityType,
      valueBefore: [{ responsible_user: { id: 7 } }],
      valueAfter: [{ responsible_user: { id: 8 } }],
    };
    return fields(bodyOf(changed, { about: entityType, card }, all, account));
  };
  expect(given('lead')['leads[responsible][0][responsible_user_id]']).toBe('8');
  expect(given('contact')['contacts[responsible][0][old_responsible_user_id]']).toBe('7');
});

test('a customer has the blocks of a card, with its stage and next purchase; notes carry their text', () => {
  const { pipelineId: _pipeline, price: _price, ...common } = card;
  const customer: FeedCard = { ...common, statusId: 31, nextPurchaseAt: 1767600000_000 };
  const told = (type: string, change: Partial<FeedEvent> = {}, note?: { text: string }) =>
    fields(
      bodyOf(
        { ...event, type, entityType: 'customer', authorKind: 'user', authorId: 12, ...change },
        { about: 'customer', card: customer, ...(note === undefined ? {} : { note }) },
        all,
        account,
      ),
    );
  const added = told('customer_added');
  expect(added).toMatchObject({
    'customers[add][0][id]': '9007',
    'customers[add][0][name]': 'Deal',
    'customers[add][0][status_id]': '31',
    'customers[add][0][next_date]': '1767600000',
    'customers[add][0][created_user_id]': '12',
    'customers[add][0][responsible_user_id]': '7',
    ...accountFields,
  });
  expect(Object.keys(added).filter((key) => /price|pipeline|\[type\]/.test(key))).toEqual([]);
  expect(told('customer_status_changed')['customers[update][0][status_id]']).toBe('31');
  const user = (id: number) => [{ responsible_user: { id } }];
  const given = told('entity_responsible_changed', { valueBefore: user(7), valueAfter: user(8) });
  expect(given['customers[responsible][0][responsible_user_id]']).toBe('8');
  expect(given['customers[update][0][old_responsible_user_id]']).toBe('7');
  expect(told('common_note_added', { valueAfter: [{ note: { id: 5 } }] }, { text: 'Calls in May' })).toMatchObject({
    'customers[note][0][note][id]': '5',
    'customers[note][0][note][text]': 'Calls in May',
    'customers[note][0][note][element_type]': '12',
    'customers[note][0][note][created_by]': '12',
  });
});

test('a task has the vendor’s keys: what it is about by the older numbers, done or not as 1 or 0', () => {
  const task: FeedTask = {
    id: 44,
    entityType: 'customer',
    entityId: 9007,
    text: 'Call',
    responsibleUserId: 7,
    createdBy: 12,
    createdAt: 1767520800_000,
    dueAt: 1767607200_000,
    completedAt: null,
  };
  const told = (type: string, change: Partial<FeedTask> = {}, of: Partial<FeedEvent> = {}) =>
    fields(
      bodyOf(
        { ...event, type, entityType: 'task', entityId: 44, authorKind: 'user', authorId: 12, ...of },
        { about: 'task', task: { ...task, ...change } },
        all,
        account,
      ),
    );
  expect(told('task_added')).toEqual({
    'task[add][0][id]': '44',
    'task[add][0][element_id]': '9007',
    'task[add][0][element_type]': '12',
    'task[add][0][task_type]': '1',
    'task[add][0][text]': 'Call',
    'task[add][0][status]': '0',
    'task[add][0][action_close]': '0',
    'task[add][0][responsible_user_id]': '7',
    'task[add][0][date_create]': '1767520800',
    'task[add][0][complete_till]': '1767607200',
    'task[add][0][last_modified]': '1767520800',
    'task[add][0][created_user_id]': '12',
    'task[add][0][modified_user_id]': '12',
    'task[add][0][account_id]': '300',
    ...accountFields,
  });
  expect(told('task_completed', { completedAt: 1767600000_000 })['task[update][0][status]']).toBe('1');
  const user = (id: number) => [{ responsible_user: { id } }];
  const given = told('entity_responsible_changed', {}, { valueBefore: user(7), valueAfter: user(8) });
  expect(given).toMatchObject({ 'task[responsible][0][responsible_user_id]': '8', 'task[responsible][0][old_responsible_user_id]': '7' });
  expect(given['task[update][0][responsible_user_id]']).toBe('8');
});

test('every event that a feed reads means a code that may be subscribed', () => {
  for (const type of feedEventTypes) {
    const entityType = ['contact', 'customer', 'task'].find((kind) => type.startsWith(kind)) ?? 'lead';
    const codes = codesOf({ type, entityType });
    expect(codes.length, type).toBeGreaterThan(0);
    for (const code of codes) expect(webhookCodes).toContain(code);
  }
});
