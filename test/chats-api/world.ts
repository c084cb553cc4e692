/** The API over a real database with an integration beside it; facts become turns at once, as workflows would have them made. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../activities/index.ts';
import type { ChannelFact } from '../../channels/channel.ts';
import { customChannel } from '../../channels/custom/custom.ts';
import { channelRegistry } from '../../channels/index.ts';
import { channelContext, unseal } from '../../db/secrets.ts';
import { filePath } from '../../files/address.ts';
import { folderByteStore } from '../../files/byte-store.ts';
import { createFileStorage } from '../../files/storage.ts';
import { type Person, secretKey, startWorld, type World } from '../api/world.ts';
import { type FakeIntegration, startFakeIntegration } from '../fakes/custom/index.ts';

export interface Connected {
  person: Person;
  amojoId: string;
  /** Row id of the channel. */
  channel: number;
  integration: FakeIntegration;
}

export interface ChatsApiWorld {
  api: World;
  /** An account whose channel's integration runs; connected unless asked otherwise. */
  account(options?: { connected?: boolean; hookVersion?: string }): Promise<Connected>;
  /** A user of the account writes in a chat. */
  writes(of: Connected, conversationId: string, text: string): Promise<void>;
  copyMedia(of: Connected, conversationId: string): Promise<void>;
  messages(of: Connected, conversationId: string): Promise<Record<string, unknown>[]>;
  /** What Temporal took. */
  facts: ChannelFact[];
  /** Thrown instead of taking facts. */
  away: Error | undefined;
  end(): Promise<void>;
}

export async function startChatsApi(): Promise<ChatsApiWorld> {
  const adapter = customChannel({ allowPrivateAddresses: true });
  const api = await startWorld([adapter]);
  const folder = mkdtempSync(join(tmpdir(), 'beseda-chats-api-'));
  const { activities, settled, forget } = createActivities({
    sql: api.sql,
    channels: channelRegistry([adapter]),
    files: createFileStorage({ sql: api.sql, bytes: folderByteStore(folder), now: () => Date.now() }),
    fileAddress: (file) => `http://files.test${filePath(secretKey, file.id)}`,
    wakeRun: async () => {},
    checkLane: async () => {},
    openCredentials: (accountId, channelId, sealed) => unseal(secretKey, sealed, channelContext(accountId, channelId)),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const integrations: FakeIntegration[] = [];
  const world: ChatsApiWorld = {
    api,
    facts: [],
    away: undefined,
    async account({ connected = true, hookVersion = 'v2' } = {}) {
      const person = await api.makePerson();
      const integration = await startFakeIntegration({
        send: (url, init) => Promise.resolve(api.app.request(url, init)),
      });
      integrations.push(integration);
      const made = await api.call(person, 'POST', '/api/channels', {
        type: 'custom',
        name: 'Shop chat',
        credentials: { webhookUrl: `${integration.url}/hooks/:scope_id` },
      });
      if (made.status !== 201) throw new Error(await made.text());
      const { id, channelId, secret } = (await made.json()) as { id: number; channelId: string; secret: string };
      Object.assign(integration, { channelId, secret });
      const [row] = await api.sql<{ amojoId: string }[]>`select amojo_id "amojoId" from accounts where id = ${person.accountId}`;
      if (connected) await integration.connect(row!.amojoId, hookVersion);
      forget(person.accountId);
      return { person, amojoId: row!.amojoId, channel: id, integration };
    },
    async writes({ person, channel }, externalChatId, text) {
      const at = Date.now();
      forget(person.accountId);
      await activities.conversationTurn({
        key: { accountId: person.accountId, channelId: channel, externalChatId },
        events: [{ type: 'order', id: `o-${at}-${text}`, at, order: { type: 'write', by: person.userId, text, fileIds: [] } }],
      });
      await settled();
    },
    async copyMedia({ person, channel }, externalChatId) {
      await new MockActivityEnvironment().run(activities.copyMedia, { accountId: person.accountId, channelId: channel, externalChatId });
    },
    async messages({ person }, conversationId) {
      return api.sql`select m.*, c.external_chat_id from messages m join chats c on c.account_id = m.account_id and c.id = m.chat_id
        where m.account_id = ${person.accountId} and c.external_chat_id = ${conversationId} order by m.position`;
    },
    async end() {
      await settled();
      for (const integration of integrations) await integration.stop();
      await api.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  let last: Promise<unknown> = Promise.resolve();
  api.deliver = (channel, facts) => {
    const taken = last.then(async () => {
      if (world.away !== undefined) throw world.away;
      for (const fact of facts) {
        world.facts.push(fact);
        const key = { accountId: channel.accountId, channelId: channel.id, externalChatId: fact.chat.externalChatId };
        await activities.conversationTurn({ key, events: [{ type: 'fact', id: fact.id, at: Date.now(), fact }] });
      }
    });
    last = taken.catch(() => undefined);
    return taken;
  };
  return world;
}
