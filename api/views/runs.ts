import type { RunView } from '../../db/stores/runs.ts';
import type { Run } from '../contract/runs.ts';
import { authorOfJson } from './common.ts';

export function runView(row: RunView): Run {
  const { wait } = row;
  return {
    id: row.id,
    bot: { id: row.botId, name: row.botName },
    version: row.version,
    status: row.status,
    wait:
      wait === null
        ? null
        : { step: wait.step, title: wait.title, waits: wait.waits, until: wait.until ?? null, question: wait.question ?? null },
    listens: row.listens,
    leadId: row.leadId,
    customerId: row.customerId,
    contactId: row.contactId,
    chatId: row.chatId,
    conversationNumber: row.conversationNumber,
    outcome: row.outcome,
    outcomeWords: row.outcomeWords,
    startedBy: authorOfJson(row.startedBy, row.startedByName),
    endedBy: row.endedBy === null ? null : authorOfJson(row.endedBy, row.endedByName),
    startedAt: row.createdAt,
    endedAt: row.endedAt,
  };
}
