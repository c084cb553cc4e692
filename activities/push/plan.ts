/** Which browsers a notification goes to. Settings are asked when it is new; whether it still stands is asked again before it is sent. */
import type { Queries, Sql, Transaction } from '../../db/connection.ts';
import { seenBy, toldTo } from '../../db/stores/notifications.ts';
import type { Sight } from '../../db/stores/sight.ts';
import { seesAll } from '../../db/stores/sight.ts';
import type { NotificationKind } from '../../domain/notifications/kinds.ts';
import { tagOf } from '../../domain/notifications/push-words.ts';
import {
  completeNotificationSettings,
  isQuiet,
  type NotificationSettings,
  type StoredNotificationSettings,
} from '../../domain/notifications/settings.ts';
import { effectiveRights, type Rights, type Role } from '../../domain/rights/rights.ts';

/** What is older helps nobody: it stands in the centre. */
export const STALE_MS = 6 * 3_600_000;
const AT_ONCE = 200;

interface Due {
  id: number;
  what: NotificationKind;
  userId: number | null;
  conversationNumber: number | null;
  data: Record<string, string | number>;
}

interface Subscriber {
  userId: number;
  role: Role;
  groupRights: Partial<Rights> | null;
  userRights: Partial<Rights>;
  colleagueIds: number[] | null;
  stored: StoredNotificationSettings;
  language: string;
  timeZone: string;
  subscriptions: { id: number; since: number }[];
}

/** Takes an account's new notifications and notes to which browsers they go. False when there were none. */
export function planPushes(sql: Sql, accountId: number, at: number): Promise<boolean> {
  return sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const due = await tx<(Due & { at: number })[]>`
      with next as (
        select id from notifications where account_id = ${accountId} and push_state = 'due' and at > ${at - STALE_MS}
        order by at limit ${AT_ONCE} for update skip locked)
      update notifications n set push_state = 'taken' from next where n.account_id = ${accountId} and n.id = next.id
      returning n.id, n.what, n.user_id "userId", n.conversation_number "conversationNumber", n.data, n.at`;
    if (due.length === 0) return false;
    const people = await subscribers(tx, accountId);
    const told = await toldOf(
      tx,
      accountId,
      people,
      due.map(({ id }) => id),
    );
    const rows = people.flatMap((person) => {
      const settings = completeNotificationSettings(person.stored, person);
      return due
        .filter((one) => told.has(`${person.userId}/${one.id}`) && isWanted(settings, one, at))
        .flatMap((one) =>
          person.subscriptions
            // What happened before a browser was there is none of its news.
            .filter(({ since }) => since <= one.at)
            .map(({ id }) => ({
              account_id: accountId,
              notification_id: one.id,
              subscription_id: id,
              user_id: person.userId,
              tag: tagOf(one),
              state: 'due',
              not_before: new Date(at).toISOString(),
              created_at: new Date(at).toISOString(),
            })),
        );
    });
    // What has new words in the place of old ones (internal chats) is shown again.
    if (rows.length > 0)
      await tx`
        insert into push_deliveries ${tx(rows)} on conflict (account_id, notification_id, subscription_id)
        do update set state = 'due', attempts = 0, not_before = excluded.not_before, claimed_until = null
        where push_deliveries.state = 'shown'`;
    return true;
  });
}

function isWanted(settings: NotificationSettings, one: Due, at: number): boolean {
  const ways = settings.kinds[one.what];
  if (ways === undefined || !ways.push || !ways.centre || isQuiet(settings, at)) return false;
  return one.userId !== null || settings.nobodys;
}

async function subscribers(sql: Queries, accountId: number): Promise<Subscriber[]> {
  return sql<Subscriber[]>`
    select u.id "userId", u.role, g.rights "groupRights", u.rights "userRights", u.notification_settings stored, a.language, a.time_zone "timeZone",
      (select array_agg(o.id) from users o where o.account_id = u.account_id and o.group_id = u.group_id) "colleagueIds",
      (select jsonb_agg(jsonb_build_object('id', s.id, 'since', (extract(epoch from s.created_at) * 1000)::bigint))
        from push_subscriptions s where s.account_id = u.account_id and s.user_id = u.id) subscriptions
    from users u join accounts a on a.id = u.account_id left join groups g on g.account_id = u.account_id and g.id = u.group_id
    where u.account_id = ${accountId} and u.is_active
      and exists (select 1 from push_subscriptions s where s.account_id = u.account_id and s.user_id = u.id)`;
}

/** `<user>/<notification>` for each pair that the centre of that user would show too: one statement, a branch a person. */
async function toldOf(tx: Transaction, accountId: number, people: Subscriber[], ids: number[]): Promise<Set<string>> {
  const branches = people.map((person) => {
    const sight: Sight = {
      accountId,
      userId: person.userId,
      rights: effectiveRights(person.role, person.groupRights, person.userRights),
      colleagueIds: person.colleagueIds ?? [person.userId],
    };
    return tx`
      select ${person.userId}::bigint user_id, n.id from notifications n
      where n.account_id = ${accountId} and n.id = any(${ids}::bigint[]) and ${toldTo(tx, person.userId)} ${seesAll(sight) ? tx`` : tx`and ${seenBy(tx, sight)}`}`;
  });
  const [first, ...rest] = branches;
  if (first === undefined) return new Set();
  const query = rest.reduce((all, one) => tx`${all} union all ${one}`, first);
  const rows = await tx<{ user_id: number; id: number }[]>`${query}`;
  return new Set(rows.map((row) => `${row.user_id}/${row.id}`));
}
