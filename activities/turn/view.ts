/** What a bot can read, made from the turn's rows. */

import type { ChatRow, ContactRow, LeadRow, RunRow } from '../../db/turns/rows.ts';
import { uidOfChat } from '../../domain/links/visitor-uid.ts';
import type { ContactView, EntityView, FieldValue, LeadView, PersonView, RunView } from '../../domain/scenario/model.ts';
import { channelOf, type World } from './world.ts';

export function viewOf(w: World, run: RunRow, chat: ChatRow | undefined, message?: { text: string }): RunView {
  const talk = chat && w.talks.get(chat.id);
  const channel = chat && channelOf(w, chat);
  const lead = run.leadId === null ? undefined : w.leads.get(run.leadId);
  return {
    accountId: w.accountId,
    timeZone: w.account.timeZone,
    seed: `${run.id}/${run.state?.counters.turns ?? 0}`,
    knownUsers: [...w.account.users.keys()],
    knownStages: w.account.stages,
    knownFields: w.account.fields,
    ...(chat === undefined || channel === undefined
      ? {}
      : {
          chat: {
            id: chat.id,
            channelId: chat.channelId,
            origin: channel.type,
            profileId: chat.externalChatId,
            visitorUid: uidOfChat(chat.id),
          },
        }),
    ...(talk === undefined
      ? {}
      : { talk: { number: talk.number, status: talk.status, ...(talk.rate === null ? {} : { rate: talk.rate }) } }),
    ...(w.contact === undefined ? {} : { contact: contactView(w, w.contact) }),
    ...(lead === undefined ? {} : { lead: leadView(w, lead) }),
    ...(message === undefined ? {} : { message }),
  };
}

function entityView(w: World, row: ContactRow | LeadRow): EntityView {
  const responsible = row.responsibleUserId === null ? undefined : w.account.users.get(row.responsibleUserId);
  const person: PersonView | undefined = responsible && { id: responsible.id, name: responsible.name, email: responsible.email };
  return {
    id: row.id,
    name: row.name,
    ...(person === undefined ? {} : { responsible: person }),
    tags: row.tagIds.flatMap((id) => w.account.tags.get(id)?.name ?? []),
    fields: row.fields,
  };
}

function contactView(w: World, row: ContactRow): ContactView {
  const phone = valueByCode(w, row.fields, 'PHONE');
  const email = valueByCode(w, row.fields, 'EMAIL');
  return {
    ...entityView(w, row),
    firstName: row.firstName,
    lastName: row.lastName,
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
  };
}

function leadView(w: World, row: LeadRow): LeadView {
  return {
    ...entityView(w, row),
    price: row.price,
    statusId: row.statusId,
    pipelineId: row.pipelineId,
    ...(row.channelId === null ? {} : { sourceId: row.channelId }),
  };
}

function valueByCode(w: World, fields: Record<string, FieldValue[]>, code: string): string | undefined {
  const field = w.account.fields.find((one) => one.entity === 'contact' && one.code === code);
  const value = field && fields[field.id]?.[0]?.value;
  return value === undefined ? undefined : String(value);
}
