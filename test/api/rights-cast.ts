/** Who tests of rights ask with: one client, and people of the same account who see and may more or less of it. */
import { type Permission, permissions, type Rights } from '../../domain/rights/rights.ts';
import { type Card, greeting, makeCard } from './data.ts';
import { type NewMember, type Person, startWorld, type World } from './world.ts';

export interface Cast {
  world: World;
  ada: Person;
  /** Of another account. */
  eve: Person;
  /** Answers for the client; in the first group. */
  chief: Person;
  /** Members of the account who see less, by what they see. */
  blind: Record<string, Person>;
  /** In the first group too, with every right. */
  colleague: Person;
  participant: Person;
  /** Sees everything and may change no client. */
  watcher: Person;
  reader: Person;
  /** Sees and changes every client, and has no right besides. */
  bare: Person;
  /** As `bare`, with the two rights that exports ask for. */
  both: Person;
  /** Everything but this one right. */
  lacking: Record<Permission, Person>;
  /** Nothing but this one right. */
  holding: Record<Permission, Person>;
  card: Card;
  /** What stands for the names in a route's path. */
  ids: Record<string, unknown>;
}

const none = Object.fromEntries(permissions.map((permission) => [permission, false])) as Record<Permission, boolean>;
const every = Object.fromEntries(permissions.map((permission) => [permission, true])) as Record<Permission, boolean>;

/** Posts as this person what is refused to nobody here; the answer's JSON. */
export async function made(world: World, person: Person, path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await world.call(person, 'POST', path, body);
  if (answer.status >= 300) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

/** What no answer to somebody without sight of the client may hold. */
export const words = ['Anna', 'Good day', 'Which city', 'Secret note', 'secret plan', 'Buyer'];

export async function startCast(): Promise<Cast> {
  const world = await startWorld();
  const ada = await world.makePerson();
  const eve = await world.makePerson();
  const first = (await made(world, ada, '/api/groups', { name: 'Sales' })).id as number;
  const second = (await made(world, ada, '/api/groups', { name: 'Support' })).id as number;
  const member = (rights: Partial<Rights>, rest: Partial<NewMember> = {}) => world.addUser(ada, { role: 'manager', rights, ...rest });
  const chief = await member({ see: 'own', edit: 'own' }, { groupId: first });
  const colleague = await member({ ...every, see: 'group' }, { groupId: first });
  const blind: Record<string, Person> = {};
  blind.none = await member({ ...every, see: 'none' }, { groupId: first });
  blind.own = await member({ ...every, see: 'own' }, { groupId: first });
  blind.group = await member({ ...every, see: 'group' }, { groupId: second });
  blind.alone = await member({ ...every, see: 'group' });
  const participant = await member({ ...every, see: 'own' });
  const watcher = await member({ ...every, see: 'all', edit: 'none' });
  const reader = await world.addUser(ada, { role: 'readonly', rights: { ...every, edit: 'all' } });
  const both = await member({ ...none, analytics: true, export: true });
  const bare = await member({ ...none, see: 'all', edit: 'all' });
  const lacking = {} as Record<Permission, Person>;
  const holding = {} as Record<Permission, Person>;
  for (const permission of permissions) {
    lacking[permission] = await member({ ...every, [permission]: false });
    holding[permission] = await member({ ...none, [permission]: true });
  }
  const card = await makeCard(world, ada, { responsible: chief.userId });
  await world.sql`update contacts set participant_ids = array[${participant.userId}]::bigint[] where account_id = ${ada.accountId} and id = ${card.contactId}`;
  const form = new FormData();
  form.set('file', new File(['secret plan'], 'plan.txt', { type: 'text/plain' }));
  const { id: fileId } = (await (await world.call(ada, 'POST', '/api/files', form)).json()) as { id: string };
  await world.sql`
    insert into attachments (account_id, message_id, index, chat_id, channel_id, kind, file_id, copy, name, mime, size_bytes)
    values (${ada.accountId}, ${card.messageId}, 0, ${card.chatId}, ${card.channelId}, 'file', ${fileId}, 'stored', 'plan.txt', 'text/plain', 11)`;
  const { id: spareBotId } = await made(world, ada, '/api/bots/import', greeting);
  const { id: customerId } = await made(world, ada, '/api/customers', {
    name: 'Buyer',
    contactId: card.contactId,
    responsibleId: chief.userId,
  });
  const { id: taskId } = await made(world, ada, `/api/leads/${card.leadId}/tasks`, { text: 'Call', dueAt: 1_795_000_000_000 });
  const { id: noteId } = await made(world, ada, `/api/conversations/${card.number}/notes`, { text: 'Secret note' });
  const { id: replyId } = await made(world, ada, '/api/quick-replies', { title: 'Hello', text: 'Hello {{contact.name}}', shared: true });
  const [someone] = await world.sql<{ id: number }[]>`
    insert into contacts (account_id, name, created_at, updated_at) values (${ada.accountId}, 'Someone else', now(), now()) returning id`;
  const ids = {
    ...card,
    secondId: someone!.id,
    chiefId: chief.userId,
    groupId: second,
    fileId,
    spareBotId,
    customerId,
    taskId,
    noteId,
    replyId,
  };
  return { world, ada, eve, chief, blind, colleague, participant, watcher, reader, bare, both, lacking, holding, card, ids };
}
