import type { EventRow } from '../../db/stores/events.ts';
import type { StageRow } from '../../db/stores/leads.ts';
import type { AttachmentRow, MessageRow } from '../../db/stores/messages.ts';
import { filePath } from '../../files/address.ts';
import type { AttachmentView, Message, ThreadLine } from '../contract/messages.ts';
import { authorOf } from './common.ts';

/** Keys of messages that people wrote are their orders' ids with this before them. */
const ORDER = 'order/';

/** `base`: where this API is reached, so that addresses of files work from outside too. */
export function messageView(row: MessageRow, secretKey: Uint8Array, base: string): Message {
  const isBot = row.authorKind === 'bot' && row.authorId !== null && row.botVersion !== null;
  // What links were replaced by is the client's alone: opening it here would count as the client's click.
  const { sent: _, ...extra } = row.extra;
  return {
    id: row.id,
    chatId: row.chatId,
    channelId: row.channelId,
    conversationNumber: row.conversationNumber,
    position: row.position,
    direction: row.direction,
    author: authorOf(row.authorKind, row.authorId, row.authorName),
    bot: isBot ? { id: row.authorId!, version: row.botVersion!, step: row.step, runId: row.runId } : null,
    key: row.key?.startsWith(ORDER) === true ? row.key.slice(ORDER.length) : row.key,
    text: row.text,
    previousText: row.previousText,
    attachments: row.attachments.map((attachment) => attachmentView(attachment, secretKey, base)),
    buttons: row.buttons.map((button) => ({ type: button.type, label: button.label, url: button.type === 'url' ? button.url : null })),
    extra,
    status: row.status,
    statusWords: row.statusWords,
    parts: row.parts.map(({ index, status, words }) => ({ index, status, words })),
    writtenAt: row.writtenAt,
    editedAt: row.editedAt,
    deletedAt: row.deletedAt,
    reactions: reactionViews(row.reactions),
    replyTo: row.replyTo,
  };
}

/** How many of a side put the same; in the order in which they came. */
function reactionViews(entries: MessageRow['reactions']): Message['reactions'] {
  const views: Message['reactions'] = [];
  for (const { side, emoji } of entries) {
    for (const one of emoji) {
      const same = views.find((view) => view.side === side && view.emoji === one);
      if (same === undefined) views.push({ emoji: one, side, count: 1 });
      else same.count += 1;
    }
  }
  return views;
}

function attachmentView(row: AttachmentRow, secretKey: Uint8Array, base: string): AttachmentView {
  const { fileId, url, ...rest } = row;
  return {
    index: rest.index,
    kind: rest.kind,
    fileId,
    name: rest.name,
    mime: rest.mime,
    sizeBytes: rest.sizeBytes,
    url: fileId === null ? url : base + filePath(secretKey, fileId),
    copy: rest.copy,
    copyWords: rest.copyWords,
    widthPx: rest.widthPx,
    heightPx: rest.heightPx,
    durationSeconds: rest.durationSeconds,
  };
}

const lineTypes: Record<string, ThreadLine['type']> = {
  talk_created: 'opened',
  talk_reopened: 'reopened',
  talk_closed: 'closed',
  talk_missed_event: 'missed',
  conversation_answered: 'noReplyNeeded',
  nps_rate_added: 'rated',
  talk_attached: 'attached',
  bot_started: 'botStarted',
  bot_ended: 'botEnded',
  lead_status_changed: 'stageChanged',
  entity_responsible_changed: 'responsibleChanged',
  participant_added: 'participantAdded',
  participant_removed: 'participantRemoved',
  contact_blocked: 'blocked',
  contact_unblocked: 'unblocked',
};

export interface LineNames {
  stages: StageRow[];
  users: { id: number; name: string }[];
  bots: { id: number; name: string }[];
}

/** An event as a line of the thread; undefined for what a thread does not show. */
export function threadLine(event: EventRow, names: LineNames): ThreadLine | undefined {
  const type = lineTypes[event.type];
  if (type === undefined) return undefined;
  const after = record(event.after[0]);
  const bot = record(after.bot);
  const botId = typeof bot.id === 'number' ? bot.id : event.authorKind === 'bot' ? event.authorId : null;
  const isBot = type === 'botStarted' || type === 'botEnded';
  return {
    id: event.id,
    type,
    at: event.at,
    author: authorOf(event.authorKind, event.authorId, event.authorName),
    conversationNumber: event.conversationNumber,
    bot: isBot && botId !== null ? { id: botId, name: botName(bot, botId, names), runId: event.runId } : null,
    outcome: type === 'botEnded' && typeof after.outcome === 'string' ? after.outcome : null,
    words: type === 'botEnded' && typeof after.words === 'string' && after.words !== '' ? after.words : null,
    from: valueName(event.type, record(event.before[0]), names),
    to: valueName(event.type, after, names),
  };
}

function botName(bot: Record<string, unknown>, botId: number, names: LineNames): string {
  return names.bots.find((one) => one.id === botId)?.name ?? (typeof bot.name === 'string' ? bot.name : '');
}

function valueName(type: string, value: Record<string, unknown>, names: LineNames): string | null {
  if (type === 'lead_status_changed') {
    const { id, pipeline_id: pipelineId } = record(value.lead_status);
    const inPipeline = names.stages.find((stage) => stage.id === id && stage.pipelineId === pipelineId);
    return (inPipeline ?? names.stages.find((stage) => stage.id === id))?.name ?? null;
  }
  if (type === 'nps_rate_added') {
    const { rate } = record(value.nps);
    return typeof rate === 'number' ? String(rate) : null;
  }
  if (type === 'talk_attached') {
    const { name } = record(value.entity);
    return typeof name === 'string' ? name : null;
  }
  if (type === 'entity_responsible_changed') {
    const { id } = record(value.responsible_user);
    return names.users.find((user) => user.id === id)?.name ?? null;
  }
  if (type === 'participant_added' || type === 'participant_removed') {
    const { id } = record(value.participant);
    return names.users.find((user) => user.id === id)?.name ?? null;
  }
  return null;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
