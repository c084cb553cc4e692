/** Gathers what an event is about, as it stands now. */
import type { Queries } from '../../db/connection.ts';
import { type FeedMessageRow, feedCard, feedMessage, feedNote, feedTalk, feedTask, stageKind } from '../../db/stores/webhook-events.ts';
import type { FeedEvent, FeedFacts } from '../../domain/webhooks/body.ts';
import { isTold } from '../../domain/webhooks/codes.ts';

export interface FactsDeps {
  sql: Queries;
  /** The code of a channel's type in the vendor's API. */
  originOf(channelType: string): string;
  /** Where outsiders read a stored file. */
  fileAddress(file: { id: string; name: string; mime: string }): string | undefined;
}

/** `waiting`: files of the message are still being copied. `gone`: what the event is about exists no more, there is nothing to tell. */
export type Gathered = FeedFacts | 'waiting' | 'gone';

export async function gatherFacts(deps: FactsDeps, accountId: number, event: FeedEvent, waitsForCopies: boolean): Promise<Gathered> {
  if (event.type === 'incoming_chat_message' || event.type === 'outgoing_chat_message') {
    const id = (event.valueAfter[0] as { message?: { id?: string } } | undefined)?.message?.id;
    const row = id === undefined || !UUID.test(id) ? undefined : await feedMessage(deps.sql, accountId, id);
    if (row === undefined) return 'gone';
    if (waitsForCopies && row.files.some(({ copy }) => copy === 'waiting')) return 'waiting';
    return { about: 'message', message: messageOf(deps, row) };
  }
  if (event.entityType === 'talk') {
    const talk = await feedTalk(deps.sql, accountId, event.entityId);
    return talk === undefined ? 'gone' : { about: 'talk', talk: { ...talk, origin: deps.originOf(talk.channelType) } };
  }
  if (!isTold(event.entityType)) return 'gone';
  if (event.entityType === 'task') {
    const task = await feedTask(deps.sql, accountId, event.entityId);
    return task === undefined ? 'gone' : { about: 'task', task };
  }
  const card = await feedCard(deps.sql, accountId, event.entityType, event.entityId);
  if (card === undefined) return 'gone';
  const incoming = await incomingOf(deps, accountId, event);
  const note = await noteOf(deps, accountId, event);
  return {
    about: event.entityType,
    card,
    ...(incoming === undefined ? {} : { incoming }),
    ...(note === undefined ? {} : { note }),
  };
}

async function noteOf(deps: FactsDeps, accountId: number, event: FeedEvent): Promise<{ text: string } | undefined> {
  if (event.type !== 'common_note_added') return undefined;
  const id = (event.valueAfter[0] as { note?: { id?: number } } | undefined)?.note?.id;
  return id === undefined ? undefined : feedNote(deps.sql, accountId, id);
}

type StageIds = { id?: number; pipeline_id?: number } | undefined;
const stageIn = (values: unknown[]): StageIds => (values[0] as { lead_status?: StageIds } | undefined)?.lead_status;

/** Did an incoming lead come with this event, or was one accepted or declined by it? */
async function incomingOf(deps: FactsDeps, accountId: number, event: FeedEvent): Promise<'came' | 'accept' | 'decline' | undefined> {
  if (event.type !== 'lead_added' && event.type !== 'lead_status_changed') return undefined;
  const kind = (stage: StageIds) => stageKind(deps.sql, accountId, stage?.pipeline_id, stage?.id);
  const [before, after] = await Promise.all([kind(stageIn(event.valueBefore)), kind(stageIn(event.valueAfter))]);
  if (event.type === 'lead_added') return after === 'incoming' ? 'came' : undefined;
  if (before !== 'incoming' || after === 'incoming') return undefined;
  return after === 'lost' ? 'decline' : 'accept';
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The message with the links that there are: of a file that could not be copied only its name is told. */
function messageOf(deps: FactsDeps, row: FeedMessageRow) {
  const files = row.files.map(({ kind, fileId, url, name, mime }) => ({
    type: kind,
    link: (fileId === null ? url : deps.fileAddress({ id: fileId, name, mime })) ?? null,
    name,
  }));
  const other = row.extra.location !== undefined ? 'location' : row.extra.contact === undefined ? 'text' : 'contact';
  return { ...row, files, origin: deps.originOf(row.channelType), messageType: row.files[0]?.kind ?? other };
}
