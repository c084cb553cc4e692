/** Notifications, browsers and senders over a real database and a push service on loopback. */
import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { startPushes } from '../../activities/push/sender.ts';
import { connect, type Sql } from '../../db/connection.ts';
import { notify } from '../../db/notify.ts';
import type { NotificationKind } from '../../db/schema/events.ts';
import { insertAccount } from '../../db/stores/accounts.ts';
import { savePushSubscription } from '../../db/stores/push-subscriptions.ts';
import { vapidKeys } from '../../db/vapid.ts';
import type { StoredNotificationSettings } from '../../domain/notifications/settings.ts';
import type { Rights } from '../../domain/rights/rights.ts';
import { createTestDatabase } from '../../embedded/testing.ts';
import { type FakePushService, startPushService } from '../fakes/push/server.ts';

export interface Pushes {
  sql: Sql;
  accountId: number;
  service: FakePushService;
  addUser(user?: { role?: string; rights?: Partial<Rights>; settings?: StoredNotificationSettings }): Promise<number>;
  addBrowser(userId: number, name: string, endpoint?: string): Promise<number>;
  /** A conversation of a client; answers its number. */
  addTalk(client: { responsible?: number | null; text?: string }): Promise<number>;
  note(note: { userId?: number | null; what?: NotificationKind; number?: number | null; at?: number; data?: object }): Promise<number>;
  change(set: 'withdrawn' | 'read', id: number): Promise<void>;
  startSender(options?: { allowPrivateAddresses?: boolean }): { stop(): Promise<void> };
  /** Nothing is due or under way any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export async function createPushes(): Promise<Pushes> {
  const database = await createTestDatabase();
  const sql = connect(database.url, { max: 8 });
  const secretKey = randomBytes(32);
  const service = await startPushService(() => vapidKeys(secretKey).publicKey);
  const now = Date.now();
  const account = await insertAccount(
    sql,
    { name: 'Shop', subdomain: randomUUID(), timeZone: 'Europe/Moscow', language: 'ru', organizationId: randomUUID(), isDemo: false },
    now,
  );
  const accountId = account.id;
  const senders: { stop(): Promise<void> }[] = [];
  const tell = () => notify(sql, [{ accountId, kind: 'notification', id: 0 }]);
  let numbers = 0;
  return {
    sql,
    accountId,
    service,
    async addUser(user = {}) {
      const [row] = await sql<{ id: number }[]>`
        insert into users (account_id, name, email, role, rights, notification_settings, created_at)
        values (${accountId}, 'Olga', ${`${randomUUID()}@example.test`}, ${user.role ?? 'manager'}, ${(user.rights ?? {}) as never}, ${(user.settings ?? {}) as never}, ${now}) returning id`;
      return row!.id;
    },
    async addBrowser(userId, name, endpoint) {
      const browser = service.browser(name);
      const row = await savePushSubscription(
        sql,
        secretKey,
        { accountId, userId },
        { endpoint: endpoint ?? browser.endpoint, ...browser.keys, device: name },
        Date.now(),
      );
      notify(sql, [{ accountId, kind: 'notification', id: 'push-subscriptions' }]);
      return row.id;
    },
    async addTalk({ responsible = null, text = 'Hello' }) {
      numbers += 1;
      const chatId = randomUUID();
      const [channel] = await sql<{ id: number }[]>`
        insert into channels (account_id, type, name, external_id, credentials_sealed, receive, webhook_secret, created_at, updated_at)
        values (${accountId}, 'telegram', 'Shop bot', ${randomUUID()}, '', 'webhook', 's', ${now}, ${now}) returning id`;
      const [contact] = await sql<{ id: number }[]>`
        insert into contacts (account_id, name, first_name, last_name, responsible_user_id, created_at, updated_at)
        values (${accountId}, ${`Anna ${numbers}`}, 'Anna', '', ${responsible}, ${now}, ${now}) returning id`;
      await sql`
        insert into chats (account_id, id, channel_id, external_chat_id, kind, contact_id, last_message_text, last_message_author, created_at)
        values (${accountId}, ${chatId}, ${channel!.id}, ${chatId}, 'private', ${contact!.id}, ${text}, 'client', ${now})`;
      await sql`
        insert into messages (account_id, id, chat_id, channel_id, position, direction, author_kind, text, status, written_at)
        values (${accountId}, ${randomUUID()}, ${chatId}, ${channel!.id}, 1, 'in', 'client', ${text}, 'accepted', ${now})`;
      await sql`
        insert into conversations (account_id, number, chat_id, channel_id, contact_id, status, is_read, opening, opened_at, last_message_at, created_at, updated_at)
        values (${accountId}, ${numbers}, ${chatId}, ${channel!.id}, ${contact!.id}, 'in_work', false, 1, ${now}, ${now}, ${now}, ${now})`;
      return numbers;
    },
    async note({ userId = null, what = 'clientWrote', number = null, at = Date.now(), data = {} }) {
      const [row] = await sql<{ id: number }[]>`
        insert into notifications (account_id, user_id, what, conversation_number, data, at)
        values (${accountId}, ${userId}, ${what}, ${number}, ${data as never}, ${at}) returning id`;
      tell();
      return row!.id;
    },
    async change(set, id) {
      if (set === 'read') await sql`update notifications set read_at = ${Date.now()} where account_id = ${accountId} and id = ${id}`;
      else await sql`update notifications set withdrawn_at = ${Date.now()} where account_id = ${accountId} and id = ${id}`;
      tell();
    },
    startSender(options = {}) {
      const sender = startPushes({
        sql,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        secretKey,
        subject: 'mailto:push@example.test',
        allowPrivateAddresses: options.allowPrivateAddresses ?? true,
        sweepMs: 500,
      });
      senders.push(sender);
      return sender;
    },
    async settled() {
      await expect
        .poll(
          async () => {
            const [row] = await sql<{ count: number }[]>`
              select (select count(*) from notifications where account_id = ${accountId} and push_state = 'due')
                + (select count(*) from push_deliveries where account_id = ${accountId} and state <> 'shown')
                + (select count(*) from push_deliveries d join notifications n on n.account_id = d.account_id and n.id = d.notification_id
                   where d.account_id = ${accountId} and (n.withdrawn_at is not null or n.read_at is not null)) count`;
            return row!.count;
          },
          { timeout: 15_000, interval: 50 },
        )
        .toBe(0);
    },
    async stop() {
      for (const sender of senders) await sender.stop();
      await service.stop();
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}
