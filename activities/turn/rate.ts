/** What a bot learned of a client's opinion: rate and comment of the conversation's present opening, and the alarm of a low one. */
import type { ChatRow, ConversationRow, RunRow } from '../../db/turns/rows.ts';
import type { Author } from '../../domain/conversation/model.ts';
import type { Command } from '../../domain/scenario/model.ts';
import { addEvent, addNotification, changeTalk, isPollRun, type World } from './world.ts';

/** The vendor's `nps_rate_added` has 0–10. */
const MOST_RATE = 10;
/** A comment longer than this is cut (UTF-16 units): the messages themselves stand in the thread. */
const LONGEST_COMMENT = 4000;

/**
 * Rate and comment belong to the conversation's present opening; 0 is a rate, none is the absence of one. A rate that replaces another of the opening
 * names it in its event.
 */
export async function rateTalk(
  w: World,
  chat: ChatRow | undefined,
  run: RunRow,
  command: Extract<Command, { type: 'setField' }>,
  by: Author,
): Promise<void> {
  const talk = chat && w.talks.get(chat.id);
  if (talk === undefined) return;
  const { number, opening } = talk;
  const value = command.values[0]?.value;
  if (command.field.type === 'comment') {
    const comment = String(value ?? '')
      .trim()
      .slice(0, LONGEST_COMMENT);
    if (comment === '') return;
    w.rated.add(run.id);
    w.changes.openings.rated.push({ number, opening, comment });
    return;
  }
  const rate = Number(value);
  if (!Number.isInteger(rate) || rate < 0 || rate > MOST_RATE) return;
  w.rated.add(run.id);
  // From here on the poll is about the comment.
  if (isPollRun(run) && talk.poll !== null) changeTalk(w, talk, { poll: { ...talk.poll, rated: true } });
  const before = await rateBefore(w, talk);
  if (before === rate) return;
  changeTalk(w, talk, { rate });
  w.changes.openings.rated.push({ number, opening, rate });
  addEvent(
    w,
    chat,
    {
      type: 'nps_rate_added',
      entityType: 'talk',
      entityId: number,
      valueAfter: [{ nps: { rate } }],
      ...(before === null ? {} : { valueBefore: [{ nps: { rate: before } }] }),
    },
    by,
  );
  const { alarm } = w.settings.nps;
  if (alarm.enabled && rate <= alarm.atOrBelow) raiseAlarm(w, chat, rate);
}

/** The rate that the opening has had until now. */
async function rateBefore(w: World, { number, opening }: ConversationRow): Promise<number | null> {
  const fresh = w.changes.openings.rated.findLast((one) => one.number === number && one.opening === opening && one.rate !== undefined);
  if (fresh !== undefined) return fresh.rate!;
  const [row] = await w.tx<{ rate: number | null }[]>`
    select rate from openings where account_id = ${w.accountId} and number = ${number} and opening = ${opening}`;
  return row?.rate ?? null;
}

/** Told to the responsible user and to those chosen, whether they follow the card or not. */
function raiseAlarm(w: World, chat: ChatRow | undefined, rate: number): void {
  addNotification(w, chat, 'npsAlarm', { rate });
  const own = w.changes.notifications.at(-1)!;
  for (const userId of new Set(w.settings.nps.alarm.userIds)) {
    if (userId !== own.userId && w.account.users.get(userId)?.isActive === true) w.changes.notifications.push({ ...own, userId });
  }
}
