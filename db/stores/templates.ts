import type { ApprovedTemplate, TemplateToWrite } from '../../domain/message/template.ts';
import type { Queries } from '../connection.ts';

export interface KeptTemplates {
  templates: ApprovedTemplate[];
  /** Epoch ms. */
  fetchedAt: number;
}

/** The templates of a channel as they were last asked for; undefined before the first time, or when the channel was connected anew since. */
export async function keptTemplates(sql: Queries, accountId: number, channelId: number): Promise<KeptTemplates | undefined> {
  const [row] = await sql<KeptTemplates[]>`
    select t.templates, t.fetched_at "fetchedAt" from channel_templates t
    join channels c on c.account_id = t.account_id and c.id = t.channel_id and c.updated_at <= t.fetched_at
    where t.account_id = ${accountId} and t.channel_id = ${channelId}`;
  return row;
}

/** Keeps what the messenger said; of two answers the later one stays. */
export async function keepTemplates(sql: Queries, accountId: number, channelId: number, kept: KeptTemplates): Promise<void> {
  await sql`
    insert into channel_templates as t (account_id, channel_id, templates, fetched_at)
    values (${accountId}, ${channelId}, ${kept.templates as never}, ${kept.fetchedAt})
    on conflict (account_id, channel_id) do update set templates = excluded.templates, fetched_at = excluded.fetched_at
    where t.fetched_at <= excluded.fetched_at`;
}

/**
 * One template of several channels, by channel, as each was last asked for, however long ago: a bot that writes in a week has nobody to ask again. Absent where
 * the channel was never asked or had none such.
 */
export async function namedTemplates(
  sql: Queries,
  accountId: number,
  channelIds: number[],
  { name, language }: Pick<TemplateToWrite, 'name' | 'language'>,
): Promise<Map<number, ApprovedTemplate>> {
  const rows = await sql<{ channelId: number; template: ApprovedTemplate }[]>`
    select t.channel_id "channelId", one.template from channel_templates t, jsonb_array_elements(t.templates) one (template)
    where t.account_id = ${accountId} and t.channel_id in ${sql(channelIds)}
      and one.template ->> 'name' = ${name} and one.template ->> 'language' = ${language}`;
  return new Map(rows.map(({ channelId, template }) => [channelId, template]));
}
