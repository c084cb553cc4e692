/** Private notes of a conversation: written, changed, taken away; those who are named in one are told when they may see the client. */
import type { Transaction } from '../db/connection.ts';
import { notify } from '../db/notify.ts';
import { deleteTalkNote, findTalkNote, insertTalkNote, type TalkNoteRow, updateTalkNote } from '../db/stores/talk-notes.ts';
import { findTeamTalk, insertTeamNotices, membersSeeing, type TeamMember, type TeamTalk } from '../db/stores/team.ts';
import { filePath } from '../files/address.ts';
import { kindOf } from '../files/sniff.ts';
import type { Actor } from './actor.ts';
import { mustEdit } from './auth/may.ts';
import type { FileView, TalkNote } from './contract/messages.ts';
import type { TalkNoteMade } from './contract/team.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';
import { needFiles } from './need-files.ts';
import { changesOf, nameOf } from './team.ts';
import { named } from './views/common.ts';

type Deps = Pick<ApiDeps, 'sql' | 'now' | 'files' | 'secretKey'>;

export interface NoteWriting {
  text: string;
  mentions: number[];
  files: string[];
}

/** Adds a note; `base`: where this API is reached. */
export async function writeNote(deps: Deps, actor: Actor, number: number, note: NoteWriting, base: string): Promise<TalkNoteMade> {
  return changeNote(deps, actor, number, note, base, async (tx, row) => ({
    id: await insertTalkNote(tx, actor.accountId, { number, userId: actor.userId, ...row }, deps.now()),
    before: [],
  }));
}

/** Changes one's own note. Those who are named only now are told. */
export async function rewriteNote(
  deps: Deps,
  actor: Actor,
  number: number,
  id: number,
  note: NoteWriting,
  base: string,
): Promise<TalkNoteMade> {
  return changeNote(deps, actor, number, note, base, async (tx, row) => {
    const before = await ownNote(tx, actor, number, id);
    await updateTalkNote(tx, actor.accountId, id, row, deps.now());
    return { id, before: before.mentions.map((one) => one.id) };
  });
}

/** Takes away one's own note; an administrator may take away anybody's. */
export async function removeNote(deps: Deps, actor: Actor, number: number, id: number): Promise<void> {
  const talk = await deps.sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const found = await seenTalk(tx, actor, number);
    await ownNote(tx, actor, number, id, actor.role === 'administrator');
    await deleteTalkNote(tx, actor.accountId, id);
    return found;
  });
  tell(deps, actor, talk);
}

type Row = { text: string; mentions: number[]; fileIds: string[] };

async function changeNote(
  deps: Deps,
  actor: Actor,
  number: number,
  { text, mentions, files }: NoteWriting,
  base: string,
  store: (tx: Transaction, row: Row) => Promise<{ id: number; before: number[] }>,
): Promise<TalkNoteMade> {
  const { accountId } = actor;
  if (text === '' && files.length === 0) throw wrongField('text', 'a note needs a text or a file');
  await needFiles(deps.sql, actor, files, (index) => `files.${index}`);
  const done = await deps.sql.begin(async (transaction) => {
    const tx = transaction as Transaction;
    const talk = await seenTalk(tx, actor, number);
    const wanted = [...new Set(mentions)];
    const members = await membersSeeing(tx, accountId, talk.contactId, wanted);
    const strange = mentions.findIndex((id) => !members.some((member) => member.id === id && member.isActive));
    if (strange >= 0) throw wrongField(`mentions.${strange}`, 'the account has no such user: GET /api/users lists them');
    const { id, before } = await store(tx, { text, mentions: wanted, fileIds: files });
    const fresh = members.filter((member) => member.sees && member.id !== actor.userId && !before.includes(member.id));
    await tellMentioned(tx, actor, talk, fresh, text, deps.now());
    return { talk, row: (await findTalkNote(tx, accountId, number, id))!, members };
  });
  tell(deps, actor, done.talk);
  return {
    ...noteView(done.row, deps.secretKey, base),
    notSeeing: done.members.filter(({ sees }) => !sees).map(({ id, name }) => ({ id, name })),
  };
}

async function tellMentioned(tx: Transaction, actor: Actor, talk: TeamTalk, who: TeamMember[], text: string, at: number): Promise<void> {
  if (who.length === 0) return;
  const data = { by: actor.userId, byName: await nameOf(tx, actor), words: text.slice(0, 300) };
  const leadId = talk.entityType === 'lead' ? talk.entityId : null;
  await insertTeamNotices(
    tx,
    actor.accountId,
    who.map(({ id }) => ({ userId: id, what: 'mentioned', conversationNumber: talk.number, leadId, data })),
    at,
  );
}

async function seenTalk(tx: Transaction, actor: Actor, number: number): Promise<TeamTalk> {
  const talk = await findTeamTalk(tx, actor, number);
  if (talk === undefined) throw new ApiError('not_found', 'No such conversation');
  mustEdit(talk);
  return talk;
}

async function ownNote(tx: Transaction, actor: Actor, number: number, id: number, anybodys = false): Promise<TalkNoteRow> {
  const note = await findTalkNote(tx, actor.accountId, number, id);
  if (note === undefined) throw new ApiError('not_found', 'No such note');
  if (!anybodys && note.authorId !== actor.userId) throw new ApiError('forbidden', 'This note is a colleague’s: write one of your own');
  return note;
}

function tell(deps: Deps, { accountId }: Actor, talk: TeamTalk): void {
  notify(deps.sql, [...changesOf(accountId, talk), { accountId, kind: 'chat', id: talk.chatId }]);
}

export function noteView(row: TalkNoteRow, secretKey: Uint8Array, base: string): TalkNote {
  return {
    id: row.id,
    conversationNumber: row.conversationNumber,
    author: named(row.authorId, row.authorName),
    text: row.text,
    mentions: row.mentions,
    files: row.files.map((file) => fileView(file, secretKey, base)),
    at: row.at,
    editedAt: row.editedAt,
  };
}

/** A stored file as the API shows it. */
export function fileView(
  file: { id: string; name: string; mime: string; sizeBytes: number; widthPx: number | null; heightPx: number | null },
  secretKey: Uint8Array,
  base: string,
): FileView {
  return { ...file, url: base + filePath(secretKey, file.id), kind: kindOf(file.mime) };
}
