/** What a messenger told: messages, edits, receipts, blocks. Each is data of the turn; what it means for the conversation is asked of the rules. */

import type { ChannelFact } from '../../channels/channel.ts';
import type { MessageExtra } from '../../db/schema/chats.ts';
import { namedParts } from '../../db/turns/lane.ts';
import type { AttachmentRow, ChatRow, MessageRow } from '../../db/turns/rows.ts';
import { camelRows } from '../../db/turns/rows.ts';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { buttonByNumber } from '../../domain/message/buttons.ts';
import type { InboundMessage, InboundSender } from '../../domain/message/model.ts';
import { endListener, stepRun } from './bots.ts';
import { hearClient } from './client-message.ts';
import { recogniseBy } from './opening.ts';
import { messageEntity, readButtonKey } from './outgoing.ts';
import { pollRunOf } from './poll.ts';
import { learnFrom } from './sender.ts';
import { acceptIncoming, applyToTalk } from './talk.ts';
import { addEvent, addMessage, changeChat, changeTalk, channelOf, isBlocked, isPollRun, type World } from './world.ts';

export type Fact<T extends ChannelFact['type']> = Extract<ChannelFact, { type: T }>;

export async function receiveMessage(w: World, chat: ChatRow, fact: Fact<'messageReceived'>, arrivedAt: number): Promise<void> {
  const { message } = fact;
  learnFrom(w, chat, fact.sender);
  const press =
    message.pressedKey === undefined ? await pressByNumber(w, chat, message.text) : await findPress(w, chat, message.pressedKey);
  if (message.pressToken !== undefined) w.presses.push({ channelId: chat.channelId, token: message.pressToken });
  const text = message.pressedKey !== undefined && message.text === '' ? (press?.label ?? '') : message.text;
  const album = message.albumId === undefined ? undefined : await albumOf(w, chat, message.albumId);
  if (album !== undefined) return joinAlbum(w, chat, album, message, arrivedAt);

  // A rate for a poll that is over comes too late: it stands in the thread, and nothing follows from it.
  const isLate = press?.isPoll === true && press.runId !== pollRunOf(w, chat)?.id;
  const { opened } =
    message.silent === true || isLate
      ? { opened: undefined }
      : await applyToTalk(w, chat, {
          type: 'clientWrote',
          at: w.at,
          messageId: message.externalId,
          text,
          hasAttachments: message.attachments.length > 0,
        });
  recogniseBy(w, chat, message.startPayload);
  const talk = w.talks.get(chat.id);
  const blocked = isBlocked(w, chat);
  const number = talk !== undefined && talk.status !== 'closed' && !blocked ? talk.number : null;
  const row = addMessage(w, chat, {
    ...(message.id === undefined ? {} : { id: message.id }),
    direction: 'in',
    authorKind: 'client',
    authorId: null,
    runId: null,
    botVersion: null,
    step: null,
    conversationNumber: number,
    externalId: message.externalId,
    albumId: message.albumId ?? null,
    key: null,
    text,
    previousText: null,
    buttons: [],
    extra: extraOf(message, fact.sender, press),
    status: 'accepted',
    statusWords: '',
    partCount: 0,
    hasAttachments: message.attachments.length > 0,
    receivedAt: message.receivedAt,
    acceptedAt: null,
    editedAt: null,
  });
  addAttachments(w, chat, row, message, 0);
  changeChat(w, chat, {
    lastClientAt: w.at,
    reachable: true,
    unreachableWords: '',
    ...(text === '' ? { lastMessageText: summaryOf(message) } : {}),
  });
  // History that is brought in stands in the thread; nobody has just written. Of what the blocked write nobody and no bot hears.
  if (message.silent === true || blocked) return;
  if (talk !== undefined && number !== null) changeTalk(w, talk, { lastMessageAt: w.at });
  if (chat.kind === 'private') {
    addEvent(
      w,
      chat,
      {
        ...messageEntity(w, chat),
        type: 'incoming_chat_message',
        valueAfter: [{ message: { id: row.id, origin: channelOf(w, chat)?.type ?? null, talk_id: number } }],
      },
      { kind: 'client' },
    );
  }
  if (isLate) return;
  await hearClient(w, chat, {
    messageId: row.id,
    isPress: message.pressedKey !== undefined || press !== undefined,
    album: message.albumId !== undefined,
    arrivedAt,
    ...(opened === undefined ? {} : { opened }),
    ...(press?.runId == null ? {} : { pressedRunId: press.runId }),
    answer: {
      // A shared contact counts as its phone.
      text: text === '' && message.contact?.phone !== undefined ? message.contact.phone : text,
      ...(press?.messageKey === undefined ? {} : { pressed: { messageKey: press.messageKey, label: press.label } }),
      attachments: message.attachments.map(({ kind }) => kind),
      ...(message.startPayload === undefined ? {} : { startPayload: message.startPayload }),
    },
  });
}

interface Press {
  label: string;
  runId: string | null;
  /** The run's own key of the message that carried the button. */
  messageKey?: string;
  /** A button of a poll after a close. */
  isPoll?: boolean;
}

/** What a pressed key means: only buttons offered in this very chat count. */
async function findPress(w: World, chat: ChatRow, key: string): Promise<Press | undefined> {
  const place = readButtonKey(key);
  if (place === undefined) return undefined;
  const rows = await w.tx`
    select m.buttons, m.run_id, m.key, r.start_key from messages m left join bot_runs r on r.account_id = m.account_id and r.id = m.run_id
    where m.account_id = ${w.accountId} and m.id = ${place.messageId} and m.chat_id = ${chat.id}`;
  const message = camelRows<Pick<MessageRow, 'buttons' | 'runId' | 'key'> & { startKey: string | null }>(rows)[0];
  const button = message?.buttons[place.index];
  if (message === undefined || button === undefined) return undefined;
  const prefix = `${message.runId}/`;
  return {
    label: button.label,
    runId: message.runId,
    isPoll: message.startKey !== null && isPollRun({ startKey: message.startKey }),
    ...(message.key?.startsWith(prefix) ? { messageKey: message.key.slice(prefix.length) } : {}),
  };
}

/** The answer meant by a typed number, where the question the chat's listener waits for had to write its answers as numbered lines. */
async function pressByNumber(w: World, chat: ChatRow, text: string): Promise<Press | undefined> {
  const run = chat.listenerRunId === null ? undefined : w.runs.get(chat.listenerRunId);
  const messageKey = run?.state?.questionKey;
  const channel = channelOf(w, chat);
  if (run === undefined || messageKey === undefined || channel === undefined || !/^\s*\d{1,3}\s*[.)]?\s*$/.test(text)) return undefined;
  const rows = await w.tx`
    select buttons from messages where account_id = ${w.accountId} and chat_id = ${chat.id} and key = ${`${run.id}/${messageKey}`} limit 1`;
  const buttons = camelRows<Pick<MessageRow, 'buttons'>>(rows)[0]?.buttons ?? [];
  // A rate that is itself a number is chosen by what it says, not by where it stands.
  if (buttons.some(({ label }) => label.trim() === text.trim())) return undefined;
  const button = buttonByNumber(text, buttons, abilitiesOf(channel.type));
  return button === undefined ? undefined : { label: button.label, runId: run.id, messageKey };
}

function extraOf(message: InboundMessage, sender: InboundSender, press: Press | undefined): MessageExtra {
  return {
    ...(message.location === undefined ? {} : { location: message.location }),
    ...(message.contact === undefined ? {} : { contact: message.contact }),
    ...(message.unsupported === undefined ? {} : { unsupported: message.unsupported }),
    ...(message.startPayload === undefined ? {} : { startPayload: message.startPayload }),
    ...(message.replyToExternalId === undefined ? {} : { replyToExternalId: message.replyToExternalId }),
    ...(sender.languageCode === undefined ? {} : { languageCode: sender.languageCode }),
    ...(press === undefined ? {} : { pressed: { label: press.label } }),
  };
}

/** What lists show for a message without text. */
function summaryOf(message: InboundMessage): string {
  const kind =
    message.attachments[0]?.kind ??
    (message.location !== undefined ? 'location' : message.contact !== undefined ? 'contact' : 'unsupported');
  return `[${kind}]`;
}

function addAttachments(w: World, chat: ChatRow, row: MessageRow, message: InboundMessage, from: number): void {
  for (const [offset, attachment] of message.attachments.entries()) {
    const stored: AttachmentRow = {
      accountId: w.accountId,
      messageId: row.id,
      index: from + offset,
      chatId: chat.id,
      channelId: chat.channelId,
      kind: attachment.kind,
      fileId: attachment.fileId ?? null,
      url: null,
      ref: attachment.ref,
      copy: attachment.fileId === undefined ? 'waiting' : 'stored',
      copyWords: '',
      name: attachment.name,
      mime: attachment.mime,
      sizeBytes: attachment.sizeBytes ?? null,
      widthPx: attachment.widthPx ?? null,
      heightPx: attachment.heightPx ?? null,
      durationSeconds: attachment.durationSeconds ?? null,
    };
    w.changes.attachments.push(stored);
    if (stored.copy === 'waiting') w.waitingMedia.add(chat.id);
  }
}

interface Album {
  row: MessageRow;
  items: number;
  isNew: boolean;
}

async function albumOf(w: World, chat: ChatRow, albumId: string): Promise<Album | undefined> {
  const fresh = w.changes.messages.find((message) => message.chatId === chat.id && message.albumId === albumId);
  const counted = (id: string) => w.changes.attachments.filter((attachment) => attachment.messageId === id).length;
  if (fresh !== undefined) return { row: fresh, items: counted(fresh.id), isNew: true };
  const rows = await w.tx`
    select m.*, (select count(*) from attachments a where a.account_id = m.account_id and a.message_id = m.id) as items
    from messages m where m.account_id = ${w.accountId} and m.chat_id = ${chat.id} and m.album_id = ${albumId} order by position limit 1`;
  const stored = camelRows<MessageRow & { items: number }>(rows)[0];
  return stored === undefined ? undefined : { row: stored, items: Number(stored.items) + counted(stored.id), isNew: false };
}

/** A later item of an album belongs to the message that is already there; it is no new answer, but the answer waits for it. */
async function joinAlbum(w: World, chat: ChatRow, album: Album, message: InboundMessage, arrivedAt: number): Promise<void> {
  addAttachments(w, chat, album.row, message, album.items);
  if (message.text !== '' && album.row.text === '') {
    album.row.text = message.text;
    if (!album.isNew) await w.tx`update messages set text = ${message.text} where account_id = ${w.accountId} and id = ${album.row.id}`;
  }
  const { pending } = chat;
  if (pending?.messageIds.includes(album.row.id)) {
    await hearClient(w, chat, {
      messageId: album.row.id,
      isPress: false,
      album: true,
      arrivedAt,
      answer: { text: album.row.text, attachments: [] },
    });
  }
}

export async function receiveEdit(w: World, chat: ChatRow, fact: Fact<'messageEdited'>): Promise<void> {
  w.changes.edits.push({ channelId: chat.channelId, externalId: fact.externalId, text: fact.text, at: w.at });
}

/** Taken back by the client: the text stays for whoever works here, and is shown as deleted. */
export function receiveDeletion(w: World, chat: ChatRow, fact: Fact<'messageDeleted'>): void {
  w.changes.deletions.push({ chatId: chat.id, externalId: fact.externalId, at: w.at });
}

/** Under a message of either side: shown there, and nothing follows from it. */
export function receiveReaction(w: World, chat: ChatRow, fact: Fact<'reactionChanged'>): void {
  const { externalId, by, emoji, receivedAt } = fact;
  w.changes.reactions.push({ chatId: chat.id, externalId, by: by.externalUserId, side: by.side, emoji, at: receivedAt });
}

/** An answer written in the messenger's own app: a person's reply that is already with the client. */
export async function receiveColleague(w: World, chat: ChatRow, fact: Fact<'colleagueReplied'>): Promise<void> {
  const { message } = fact;
  const by = fact.by ?? colleagueOf(w, chat, fact.externalAuthorId);
  // A bot on the messenger's side, or history that is brought in: stored, and nothing follows.
  const counts = by?.kind !== 'bot' && message.silent !== true;
  if (counts && w.settings.personReplyEndsBot)
    endListener(w, chat, { kind: 'user', id: by?.id ?? 0 }, 'replied', (run) => run.botSettings?.personReplyEnds !== false);
  const talk = w.talks.get(chat.id);
  const row = addMessage(w, chat, {
    ...(message.id === undefined ? {} : { id: message.id }),
    direction: 'out',
    authorKind: by?.kind ?? 'user',
    authorId: by?.kind === 'user' ? by.id : null,
    runId: null,
    botVersion: null,
    step: null,
    conversationNumber: talk !== undefined && talk.status !== 'closed' ? talk.number : null,
    externalId: message.externalId,
    albumId: message.albumId ?? null,
    key: null,
    text: message.text,
    previousText: null,
    buttons: [],
    extra: {},
    status: 'accepted',
    statusWords: '',
    partCount: 0,
    hasAttachments: message.attachments.length > 0,
    receivedAt: message.receivedAt,
    acceptedAt: w.at,
    editedAt: null,
  });
  addAttachments(w, chat, row, message, 0);
  if (!counts) return;
  await applyToTalk(w, chat, { type: 'personWrote', at: w.at, messageId: row.id });
  const answered = { type: 'replyAccepted' as const, at: w.at, by: 'person' as const, messageId: row.id, writtenAt: w.at };
  await applyToTalk(w, chat, answered, { kind: 'user', id: row.authorId ?? 0 });
  acceptIncoming(w, chat, { kind: 'system' });
}

/** The user whose id in the messenger this is, where the channel's settings know it. */
function colleagueOf(w: World, chat: ChatRow, externalId: string | undefined): { kind: 'user'; id: number } | undefined {
  const known =
    externalId === undefined ? undefined : channelOf(w, chat)?.settings.colleagues?.find((one) => one.externalId === externalId);
  return known !== undefined && w.account.users.has(known.userId) ? { kind: 'user', id: known.userId } : undefined;
}

/** Receipts move forward only. One that says "failed" after the messenger had accepted is a refusal that came late. */
export async function receiveReceipt(w: World, chat: ChatRow, fact: Fact<'receiptCame'>): Promise<void> {
  const status = fact.status === 'failed' ? 'refused' : fact.status;
  const { externalIds, upTo = false } = fact;
  w.changes.receipts.push({ chatId: chat.id, externalIds, upTo, status, words: fact.words ?? '' });
  if (status !== 'refused') return;
  const rows = await w.tx`
    select m.id, m.run_id, m.key from messages m where m.account_id = ${w.accountId} and m.id in (
      select message_id from parts where ${namedParts(w.tx, w.accountId, chat.id, externalIds)})`;
  for (const message of camelRows<Pick<MessageRow, 'id' | 'runId' | 'key'>>(rows)) await refused(w, chat, message, fact.words ?? '');
}

/** A message was refused for good: the clock runs on, and the run that sent it takes its way for that. */
export async function refused(w: World, chat: ChatRow, message: Pick<MessageRow, 'id' | 'runId' | 'key'>, words: string): Promise<void> {
  await applyToTalk(w, chat, { type: 'replyRefused', at: w.at, messageId: message.id });
  if (message.runId === null || message.key === null) return;
  const run = w.runs.get(message.runId);
  if (run === undefined) return;
  // Copies in other chats count: only when none got through, or may still, is the message undelivered.
  const copies = await w.tx`
    select 1 from messages where account_id = ${w.accountId} and run_id = ${message.runId} and key = ${message.key} and id <> ${message.id}
    and status not in ('refused', 'withdrawn') limit 1`;
  if (copies.length === 0) await stepRun(w, run, { type: 'refused', at: w.at, key: message.key.slice(message.runId.length + 1), words });
}
