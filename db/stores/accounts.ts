import { effectiveRights, type Rights, type Role } from '../../domain/rights/rights.ts';
import type { Queries } from '../connection.ts';
import { defaultSettings } from '../settings.ts';

export interface Account {
  id: number;
  name: string;
  subdomain: string;
  timeZone: string;
  language: 'ru' | 'en';
  organizationId: string | null;
  isDemo: boolean;
}

const columns = (sql: Queries) =>
  sql`id, name, subdomain, time_zone "timeZone", language, organization_id "organizationId", is_demo "isDemo"`;

export async function findAccount(sql: Queries, accountId: number): Promise<Account | undefined> {
  const [row] = await sql<Account[]>`select ${columns(sql)} from accounts where id = ${accountId}`;
  return row;
}

export async function findDemoAccount(sql: Queries): Promise<Account | undefined> {
  const [row] = await sql<Account[]>`select ${columns(sql)} from accounts where is_demo order by id limit 1`;
  return row;
}

/** An account of a person, with the user the person is there. */
export interface Membership extends Account {
  userId: number;
  role: Role;
  rights: Rights;
  /** Users of the same group, this one among them. */
  colleagueIds: number[];
}

/** Every account of a person of the sign-in library where the person is an active user. */
export async function accountsOfPerson(sql: Queries, authUserId: string): Promise<Membership[]> {
  const rows = await sql<(Omit<Membership, 'rights'> & { ofUser: Partial<Rights>; ofGroup: Partial<Rights> | null })[]>`
    select a.id, a.name, a.subdomain, a.time_zone "timeZone", a.language, a.organization_id "organizationId", a.is_demo "isDemo", u.id "userId",
      u.role, u.rights "ofUser", g.rights "ofGroup",
      case when u.group_id is null then array[u.id]
        else array(select one.id from users one where one.account_id = u.account_id and one.group_id = u.group_id) end "colleagueIds"
    from users u join accounts a on a.id = u.account_id left join groups g on g.account_id = u.account_id and g.id = u.group_id
    where u.auth_user_id = ${authUserId} and u.is_active order by a.id`;
  return rows.map(({ ofUser, ofGroup, ...row }) => ({ ...row, rights: effectiveRights(row.role, ofGroup, ofUser) }));
}

export interface AccountDraft {
  name: string;
  subdomain: string;
  timeZone: string;
  language: 'ru' | 'en';
  organizationId: string;
  isDemo: boolean;
}

/** Stage ids 142 and 143 mean won and lost in every pipeline, as outside programs expect. */
const WON = 142;
const LOST = 143;

const words = {
  ru: {
    pipeline: 'Воронка',
    incoming: 'Неразобранное',
    open: ['Первичный контакт', 'Переговоры', 'Принимают решение', 'Согласование договора'],
    won: 'Успешно реализовано',
    lost: 'Закрыто и не реализовано',
    customerStages: ['Первая покупка', 'Повторные покупки', 'Постоянный покупатель', 'Перестал покупать'],
    phone: 'Телефон',
    email: 'Email',
  },
  en: {
    pipeline: 'Sales pipeline',
    incoming: 'Incoming leads',
    open: ['Initial contact', 'Discussions', 'Decision making', 'Contract discussion'],
    won: 'Closed - won',
    lost: 'Closed - lost',
    customerStages: ['First purchase', 'Repeat purchases', 'Regular customer', 'Stopped buying'],
    phone: 'Phone',
    email: 'Email',
  },
};
const openColours = ['#99ccff', '#ffff99', '#ffcc66', '#ffcccc'];

/** Makes an account that can work at once: its counter, settings, main pipeline and the contact fields PHONE and EMAIL. In a transaction. */
export async function insertAccount(sql: Queries, draft: AccountDraft, at: number): Promise<Account> {
  const [account] = await sql<Account[]>`
    insert into accounts (name, subdomain, time_zone, language, organization_id, is_demo, created_at)
    values (${draft.name}, ${draft.subdomain}, ${draft.timeZone}, ${draft.language}, ${draft.organizationId}, ${draft.isDemo}, ${at})
    returning ${columns(sql)}`;
  const accountId = account!.id;
  await sql`insert into counters (account_id) values (${accountId})`;
  await sql`
    insert into settings (account_id, data, updated_at)
    values (${accountId}, ${{ ...defaultSettings, schedule: { ...defaultSettings.schedule, timeZone: draft.timeZone } } as never}, ${at})`;
  const named = words[draft.language];
  const [pipeline] = await sql<{ id: number }[]>`
    insert into pipelines (account_id, name, is_main) values (${accountId}, ${named.pipeline}, true) returning id`;
  const pipelineId = pipeline!.id;
  await sql`
    insert into stages (account_id, pipeline_id, name, kind, sort, colour)
    select ${accountId}, ${pipelineId}, name, kind, sort, colour
    from unnest(
      ${[named.incoming, ...named.open]}::text[], ${['incoming', ...named.open.map(() => 'open')]}::text[],
      ${[0, ...named.open.map((_, index) => (index + 1) * 10)]}::int[], ${['#c1c1c1', ...openColours]}::text[]
    ) as stage (name, kind, sort, colour)`;
  await sql`
    insert into stages (account_id, pipeline_id, id, name, kind, sort, colour) values
      (${accountId}, ${pipelineId}, ${WON}, ${named.won}, 'won', 10000, '#ccff66'),
      (${accountId}, ${pipelineId}, ${LOST}, ${named.lost}, 'lost', 11000, '#d5d8db')`;
  await sql`
    insert into customer_stages (account_id, name, sort)
    select ${accountId}, name, place * 10 from unnest(${named.customerStages}::text[]) with ordinality as stage (name, place)`;
  await sql`
    insert into custom_fields (account_id, entity, name, code, type, enums, sort) values
      (${accountId}, 'contact', ${named.phone}, 'PHONE', 'multitext', ${kinds(['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER'])}, 0),
      (${accountId}, 'contact', ${named.email}, 'EMAIL', 'multitext', ${kinds(['WORK', 'PRIV', 'OTHER'])}, 1)`;
  return account!;
}

/** Values of a multitext's kinds: their ids only need to be stable within the field. */
const kinds = (codes: string[]) => codes.map((value, index) => ({ id: 1001 + index, value })) as never;
