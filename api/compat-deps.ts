import { readSettings } from '../db/stores/settings.ts';
import { webhookSecret } from '../db/stores/webhooks.ts';
import { rightsOfRole } from '../domain/rights/rights.ts';
import { filePath } from '../files/address.ts';
import type { Actor } from './actor.ts';
import { changeContact, changeLead } from './change-card.ts';
import type { CompatDeps } from './compat/model.ts';
import type { ApiDeps } from './deps.ts';
import { startBot } from './start-bot.ts';
import { originOf } from './views/conversations.ts';

/** What the amoCRM-shaped API gets of ours: the same orders and changes as the own API. It has checked already what its actor may see. */
export function compatDeps(deps: ApiDeps): CompatDeps {
  const actorOf = (accountId: number, userId: number): Actor => ({
    accountId,
    userId,
    role: 'administrator',
    rights: rightsOfRole.administrator,
    colleagueIds: [],
    isOperator: false,
    via: 'token',
  });
  return {
    sql: deps.sql,
    order: (key, id, order) => deps.orders.send(key, order, id),
    async startBot({ accountId, botId, leadId, contactId, by, startKey }) {
      await startBot(deps, actorOf(accountId, by), { botId, of: { leadId, contactId }, key: startKey });
    },
    async stopRun(accountId, runId, by) {
      await deps.orders.sendToRun({ accountId, runId }, { type: 'stop', by }, `compat/stop/${runId}/${by}`);
    },
    changeLead: (accountId, leadId, change, by) => changeLead(deps, actorOf(accountId, by), leadId, change),
    changeContact: (accountId, contactId, change, by) => changeContact(deps, actorOf(accountId, by), contactId, change),
    fileUrl: (_accountId, fileId) => (deps.publicUrl ?? deps.localUrl) + filePath(deps.secretKey, fileId),
    linkBase: async (accountId, requestUrl) =>
      (await readSettings(deps.sql, accountId)).linkDomain ?? deps.publicUrl ?? new URL(requestUrl).origin,
    originOf: (type) => originOf(deps.channels, type),
    webhookSecret: (webhook) => webhookSecret(deps.secretKey, webhook),
  };
}
