/** Carries out what a scenario ordered, on the turn's rows. Every command leaves the row change and its event together. */

import type { ChatRow, ContactRow, LeadRow, RunRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import type { Attachment } from '../../domain/message/model.ts';
import { mergeValues } from '../../domain/scenario/apply.ts';
import type { Command, RunEvent, RunState } from '../../domain/scenario/model.ts';
import type { Outcome } from '../../domain/scenario/outcomes.ts';
import { sentOf } from '../../domain/scenario/state.ts';
import { botCopies } from './bot-copies.ts';
import type { StartOrder } from './bots.ts';
import { loadFiles } from './files.ts';
import { planMessage } from './outgoing.ts';
import { rateTalk } from './rate.ts';
import { applyToTalk, moveLead } from './talk.ts';
import { addEvent, changeContact, changeLead, changeRun, type World } from './world.ts';

export interface Done {
  closedTalk: boolean;
  /** Chats that got the question the run now waits for; undefined: no question was sent in this step. */
  questionChats: ChatRow[] | undefined;
  /** What became of messages at once. */
  events: RunEvent[];
  starts: Omit<StartOrder, 'depth'>[];
}

export async function carryOut(w: World, run: RunRow, commands: Command[], state: RunState): Promise<Done> {
  const by: Author = { kind: 'bot', botId: run.botId, runId: run.id };
  const done: Done = { closedTalk: false, questionChats: undefined, events: [], starts: [] };
  for (const command of commands) {
    const chat = run.chatId === null ? undefined : w.chats.get(run.chatId);
    const lead = run.leadId === null ? undefined : w.leads.get(run.leadId);
    switch (command.type) {
      case 'sendMessage':
        await send(w, run, command, state, by, done);
        break;
      case 'changeStatus':
        if (lead !== undefined) moveLead(w, chat, lead, command.statusId, command.pipelineId ?? lead.pipelineId, by);
        break;
      case 'setTags':
      case 'unsetTags':
        await changeTags(w, chat, cardOf(w, lead, command.entity), command, by);
        break;
      case 'setField':
        if (command.entity === 'talk') await rateTalk(w, chat, run, command, by);
        else setField(w, chat, cardOf(w, lead, command.entity), command, by);
        break;
      case 'changeResponsible':
        changeResponsible(w, chat, cardOf(w, lead, command.entity), command.userId, by);
        break;
      case 'closeTalk':
        if (chat !== undefined) {
          const outcome = await applyToTalk(w, chat, { type: 'closeAsked', at: w.at, by, force: false });
          done.closedTalk ||= outcome.closedBy !== undefined;
        }
        break;
      case 'answerTalk':
        if (chat !== undefined) await applyToTalk(w, chat, { type: 'noReplyNeededAsked', at: w.at, by });
        break;
      case 'startBot': {
        const start = await startOf(w, run, chat, command.botId, by);
        if (start !== undefined) done.starts.push(start);
        break;
      }
      default:
        command satisfies never;
    }
  }
  return done;
}

type Send = Extract<Command, { type: 'sendMessage' }>;

async function send(w: World, run: RunRow, command: Send, state: RunState, by: Author, done: Done): Promise<void> {
  const isQuestion = state.questionKey === command.key && state.ended === undefined;
  const attachments = await attachmentsOf(w, command);
  const { copies, refused, skipped } = await botCopies(w, command, chatsFor(w, run, command.to), attachments);
  if (skipped) traceSkipped(w, run, command, state);
  if (copies.length === 0 && (refused !== undefined || !skipped)) {
    done.events.push({ type: 'refused', at: w.at, key: command.key, words: refused ?? 'There is no chat to write to' });
    return;
  }
  // A question that was left out counts as asked: its branch for no answer must not wait for a receipt that never comes.
  let accepted = copies.length === 0;
  for (const { chat, content } of copies) {
    const planned = await planMessage(w, chat, {
      key: `${run.id}/${command.key}`,
      ...content,
      attachments,
      shortenLinks: command.shortenLinks,
      author: by,
      bot: { runId: run.id, version: run.version, step: state.step },
      tellsRun: isQuestion && state.wantsAccepted === true,
    });
    accepted ||= planned.accepted;
  }
  const [first] = copies;
  if (isQuestion && first !== undefined) done.questionChats = copies.map(({ chat }) => chat);
  if (isQuestion && accepted) done.events.push({ type: 'accepted', at: w.at, key: command.key });
  if (run.chatId === null && first !== undefined) changeRun(w, run, { chatId: first.chat.id });
}

function traceSkipped(w: World, run: RunRow, command: Send, state: RunState): void {
  w.changes.traces.push({
    accountId: w.accountId,
    runId: run.id,
    at: w.at,
    step: sentOf(state).messages.find(({ key }) => key === command.key)?.step ?? 0,
    handler: 'send_message',
    outcome: 'skippedNoTemplates' satisfies Outcome,
    data: { template: command.template?.name ?? '' },
  });
}

/** Copies = chosen contacts × chosen channels, as the vendor has it. An id the import could not map means the chat that started the run. */
function chatsFor(w: World, run: RunRow, to: Send['to']): ChatRow[] {
  const own = run.chatId === null ? undefined : w.chats.get(run.chatId);
  const all = [...w.chats.values()].filter(
    (chat) => chat.kind === 'private' && w.account.channels.get(chat.channelId)?.state === 'connected',
  );
  const latest = [...all].sort((a, b) => (b.lastClientAt ?? b.lastMessageAt ?? 0) - (a.lastClientAt ?? a.lastMessageAt ?? 0));
  const current = own ?? latest[0];
  if (to === 'current') return current === undefined ? [] : [current];
  if (to.channels === 'lastActive') return latest.slice(0, 1);
  if (to.channels === 'all') return all.length > 0 ? all : current === undefined ? [] : [current];
  const { channels } = to;
  if (!channels.some((id) => w.account.channels.has(id))) return current === undefined ? [] : [current];
  return all.filter((chat) => channels.includes(chat.channelId));
}

async function attachmentsOf(w: World, command: Send): Promise<Attachment[]> {
  const isAddress = (value: string) => /^https?:\/\//i.test(value);
  const files = await loadFiles(
    w.tx,
    w.accountId,
    command.attachments.map(({ value }) => value).filter((value) => !isAddress(value)),
  );
  return command.attachments.flatMap((attachment): Attachment[] => {
    if (isAddress(attachment.value)) {
      const name = attachment.name ?? decodeURIComponent(new URL(attachment.value).pathname.split('/').at(-1) || 'file');
      return [{ kind: attachment.kind, url: attachment.value, name, mime: 'application/octet-stream' }];
    }
    const file = files.get(attachment.value);
    return file === undefined ? [] : [{ ...file, kind: attachment.kind }];
  });
}

type Card = { type: 'lead'; row: LeadRow } | { type: 'contact'; row: ContactRow };

function cardOf(w: World, lead: LeadRow | undefined, entity: string): Card | undefined {
  if (entity === 'lead') return lead && { type: 'lead', row: lead };
  return entity === 'contact' && w.contact !== undefined ? { type: 'contact', row: w.contact } : undefined;
}

function changeCard(w: World, card: Card, patch: Partial<Pick<LeadRow, 'tagIds' | 'fields' | 'responsibleUserId' | 'name'>>): void {
  if (card.type === 'lead') changeLead(w, card.row, patch);
  else changeContact(w, card.row, patch);
}

async function changeTags(
  w: World,
  chat: ChatRow | undefined,
  card: Card | undefined,
  command: Extract<Command, { type: 'setTags' | 'unsetTags' }>,
  by: Author,
): Promise<void> {
  if (card === undefined || command.tags.length === 0) return;
  const known = new Map(
    [...w.account.tags.values()].filter((tag) => tag.entity === card.type).map((tag) => [tag.name.toLowerCase(), tag.id]),
  );
  const ids: number[] = [];
  for (const name of command.tags) {
    let id = known.get(name.toLowerCase());
    if (id === undefined && command.type === 'setTags') {
      const [row] = await w.tx<{ id: number }[]>`
        insert into tags (account_id, entity, name) values (${w.accountId}, ${card.type}, ${name})
        on conflict (account_id, entity, name) do update set name = excluded.name returning id`;
      id = row!.id;
      w.account.tags.set(id, { id, entity: card.type, name });
    }
    if (id !== undefined) ids.push(id);
  }
  const before = card.row.tagIds;
  const after = command.type === 'setTags' ? [...new Set([...before, ...ids])] : before.filter((id) => !ids.includes(id));
  if (after.length === before.length) return;
  changeCard(w, card, { tagIds: after });
  const changed = command.type === 'setTags' ? after.filter((id) => !before.includes(id)) : before.filter((id) => !after.includes(id));
  const value = changed.map((id) => ({ tag: { name: w.account.tags.get(id)?.name ?? '' } }));
  addEvent(
    w,
    chat,
    {
      type: command.type === 'setTags' ? 'entity_tag_added' : 'entity_tag_deleted',
      entityType: card.type,
      entityId: card.row.id,
      ...(command.type === 'setTags' ? { valueAfter: value } : { valueBefore: value }),
    },
    by,
  );
}

function setField(
  w: World,
  chat: ChatRow | undefined,
  card: Card | undefined,
  command: Extract<Command, { type: 'setField' }>,
  by: Author,
): void {
  if (card === undefined) return;
  if (command.field.type === 'own') {
    const value = command.values[0]?.value;
    if (command.field.name === 'name') changeCard(w, card, { name: String(value ?? '') });
    else if (card.type === 'lead') changeLead(w, card.row, { price: Math.round(Number(value) || 0) });
    return;
  }
  if (command.field.type !== 'custom') return;
  const { id } = command.field;
  const field = w.account.fields.find((one) => one.id === id && one.entity === card.type);
  if (field === undefined) return; // An id the import could not map: the trace says that it was set, the card has no such field.
  const before = card.row.fields[id] ?? [];
  const after = mergeValues(before, command.values, command.mode);
  changeCard(w, card, { fields: { ...card.row.fields, [id]: after } });
  addEvent(
    w,
    chat,
    {
      type: 'custom_field_value_changed',
      entityType: card.type,
      entityId: card.row.id,
      valueBefore: [{ custom_field_value: { field_id: id, values: before } }],
      valueAfter: [{ custom_field_value: { field_id: id, values: after } }],
    },
    by,
  );
}

function changeResponsible(w: World, chat: ChatRow | undefined, card: Card | undefined, userId: number, by: Author): void {
  if (card === undefined || !w.account.users.has(userId) || card.row.responsibleUserId === userId) return;
  const before = card.row.responsibleUserId;
  changeCard(w, card, { responsibleUserId: userId });
  addEvent(
    w,
    chat,
    {
      type: 'entity_responsible_changed',
      entityType: card.type,
      entityId: card.row.id,
      valueBefore: [{ responsible_user: { id: before } }],
      valueAfter: [{ responsible_user: { id: userId } }],
    },
    by,
  );
}

async function startOf(
  w: World,
  run: RunRow,
  chat: ChatRow | undefined,
  botId: number,
  by: Author,
): Promise<Omit<StartOrder, 'depth'> | undefined> {
  const [bot] = await w.tx<{ live_version: number; settings: StartOrder['settings'] }[]>`
    select live_version, settings from bots where account_id = ${w.accountId} and id = ${botId} and state = 'on' and live_version is not null`;
  if (bot === undefined) return undefined;
  return {
    botId,
    version: bot.live_version,
    settings: bot.settings,
    chat,
    leadId: run.leadId,
    customerId: run.customerId,
    startKey: `bot/${run.id}/${run.state?.counters.turns ?? 0}/${botId}`,
    startedBy: by,
    triggerId: null,
    delaySeconds: 0,
  };
}
