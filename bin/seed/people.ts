/** The made-up people: contacts, each with a lead. */
import type { Frame } from './account.ts';
import { at } from './copy.ts';
import type { Random } from './random.ts';
import { type Language, leadName, personName } from './sentences.ts';
import type { Writers } from './tables.ts';
import type { Talk } from './talk.ts';

export interface Person {
  language: Language;
  contactId: number;
  leadId: number;
  responsibleId: number | null;
  first: string;
  last: string;
  channel: number;
}

/** The next person of the seed, with the ids that were kept for them. */
export function newPerson(random: Random, frame: Frame, own: { contactId: number; leadId: number }): Person {
  const language: Language = random.chance(0.6) ? 'ru' : 'en';
  const { first, last } = personName(random, language);
  // The first users have more clients than the last ones.
  const responsibleId = random.chance(0.08) ? null : frame.userIds[Math.floor(random.next() ** 2 * frame.userIds.length)]!;
  return { language, ...own, responsibleId, first, last, channel: random.below(frame.channelIds.length) };
}

/** The rows of a person and of their lead, as their first conversation left them. */
export function writePerson(random: Random, frame: Frame, write: Writers, { person, startAt, isOpen, story }: Talk): void {
  const { accountId } = frame;
  const name = `${person.first} ${person.last}`;
  const lastAt = story.messages.at(-1)!.at;
  const fields: Record<string, { value: string; code: string }[]> = {};
  if (frame.phoneFieldId !== undefined)
    fields[frame.phoneFieldId] = [{ value: `+79${String(100_000_000 + random.below(900_000_000))}`, code: 'WORK' }];
  if (frame.emailFieldId !== undefined && random.chance(0.4))
    fields[frame.emailFieldId] = [{ value: `client${person.contactId}@example.com`, code: 'WORK' }];
  write.contacts([
    accountId,
    person.contactId,
    name,
    person.first,
    person.last,
    person.responsibleId,
    JSON.stringify(fields),
    at(startAt),
    at(lastAt),
  ]);
  const isWon = !isOpen && random.chance(0.4);
  const isLost = !isOpen && !isWon && random.chance(0.5);
  const open =
    isOpen && frame.incomingStageId !== undefined && random.chance(0.2) ? frame.incomingStageId : random.pick(frame.openStageIds);
  const stageId = isWon ? frame.wonStageId : isLost ? frame.lostStageId : open;
  write.leads([
    accountId,
    person.leadId,
    leadName(random, person.language),
    (1 + random.below(200)) * 100,
    frame.pipelineId,
    stageId,
    person.responsibleId,
    person.contactId,
    frame.channelIds[person.channel]!,
    at(startAt),
    at(lastAt),
    isWon || isLost ? at(lastAt) : null,
  ]);
  write.lead_contacts([accountId, person.leadId, person.contactId]);
}
