/** Quick replies with their placeholders filled for one client: the words of scenarios, and who writes in which conversation. */
import { findAccount } from '../db/stores/accounts.ts';
import { findContact } from '../db/stores/contacts.ts';
import { listFields } from '../db/stores/fields.ts';
import { findLead } from '../db/stores/leads.ts';
import { findTeamTalk } from '../db/stores/team.ts';
import { findUser } from '../db/stores/users.ts';
import type { EntityView, RunView } from '../domain/scenario/model.ts';
import { searchBudget } from '../domain/scenario/patterns.ts';
import { fill } from '../domain/scenario/placeholders.ts';
import type { Actor } from './actor.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError } from './errors.ts';

interface Named {
  id: number;
  name: string;
  tags: { name: string }[];
  fields: EntityView['fields'];
  responsibleId: number | null;
  responsibleName: string | null;
}

const entityView = (row: Named): EntityView => ({
  id: row.id,
  name: row.name,
  tags: row.tags.map(({ name }) => name),
  fields: row.fields,
  ...(row.responsibleId === null ? {} : { responsible: { id: row.responsibleId, name: row.responsibleName ?? '', email: '' } }),
});

/** Throws ApiError not_found for a contact, conversation or lead that the actor does not see. What has no value becomes empty. */
export async function fillQuickReply(
  deps: Pick<ApiDeps, 'sql' | 'now'>,
  actor: Actor,
  text: string,
  client: { contact: number; conversation?: number | undefined; lead?: number | undefined },
): Promise<string> {
  if (!text.includes('{{')) return text;
  const { sql } = deps;
  const { accountId } = actor;
  const [contact, talk, user, account, fields] = await Promise.all([
    findContact(sql, actor, client.contact),
    client.conversation === undefined ? undefined : findTeamTalk(sql, actor, client.conversation),
    findUser(sql, accountId, actor.userId),
    findAccount(sql, accountId),
    listFields(sql, accountId, ['contact']),
  ]);
  if (contact === undefined) throw new ApiError('not_found', 'No such contact');
  if (client.conversation !== undefined && talk === undefined) throw new ApiError('not_found', 'No such conversation');
  const leadId = client.lead ?? (talk?.entityType === 'lead' ? (talk.entityId ?? undefined) : undefined);
  const lead = leadId === undefined ? undefined : await findLead(sql, actor, leadId);
  const fieldOf = (code: string) => {
    const value = contact.fields[fields.find((field) => field.code === code)?.id ?? 0]?.[0]?.value;
    return value === undefined ? {} : { [code.toLowerCase()]: String(value) };
  };
  const view: RunView = {
    accountId,
    timeZone: account?.timeZone ?? 'UTC',
    seed: '',
    contact: { ...entityView(contact), firstName: contact.firstName, lastName: contact.lastName, ...fieldOf('PHONE'), ...fieldOf('EMAIL') },
    ...(lead === undefined
      ? {}
      : { lead: { ...entityView(lead), price: lead.price, statusId: lead.stageId, pipelineId: lead.pipelineId } }),
  };
  const number = talk === undefined ? '' : String(talk.number);
  const variables = {
    'user.name': user?.name ?? '',
    'user.first_name': user?.name.trim().split(/\s+/)[0] ?? '',
    'user.email': user?.email ?? '',
    'conversation.number': number,
    'account.name': account?.name ?? '',
  };
  return fill(text, { view, at: deps.now(), variables, budget: searchBudget() });
}
