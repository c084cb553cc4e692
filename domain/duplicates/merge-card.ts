/** What one card looks like when two become one. Pure. */
import type { FieldValue } from '../scenario/model.ts';
import { emailKey, phoneKey } from './keys.ts';

export interface Card {
  id: number;
  name: string;
  firstName: string;
  lastName: string;
  responsibleUserId: number | null;
  participantIds: number[];
  companyId: number | null;
  tagIds: number[];
  fields: Record<string, FieldValue[]>;
  blockedAt: number | null;
  blockedBy: number | null;
  polledAt: number | null;
  createdAt: number;
}

/** Whose value stays where both have one: `from` takes that of the card that goes. */
export type Side = 'into' | 'from';
export interface MergeChoices {
  name?: Side;
  responsible?: Side;
  /** By field id; fields that hold several values keep those of both. */
  fields?: Record<string, Side>;
}

/** The card that stays, unless somebody says otherwise: the older one. */
export function olderFirst<One extends { id: number; createdAt: number }>(a: One, b: One): [One, One] {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id) ? [a, b] : [b, a];
}

/**
 * `into` stays and keeps its id. What it lacks comes from the other; of single values the chosen one wins, several values and tags are joined, blocked
 * is who was blocked in either. Who answered for the card that goes takes part in the one that stays: nobody loses a client out of sight.
 */
export function mergedCard(into: Card, from: Card, isMultiple: (fieldId: string) => boolean, choices: MergeChoices = {}): Card {
  const names = pick(choices.name, into, from, (card) => card.name.trim() !== '');
  const responsibleUserId = pick(choices.responsible, into, from, (card) => card.responsibleUserId !== null).responsibleUserId;
  const answering = [into.responsibleUserId, from.responsibleUserId].filter((id): id is number => id !== null);
  const participants = union(into.participantIds, from.participantIds, answering);
  const fields: Card['fields'] = {};
  for (const id of union(Object.keys(into.fields), Object.keys(from.fields))) {
    const [a, b] = [into.fields[id] ?? [], from.fields[id] ?? []];
    const values = isMultiple(id) ? joined(a, b) : choices.fields?.[id] === 'from' ? (b.length > 0 ? b : a) : a.length > 0 ? a : b;
    if (values.length > 0) fields[id] = values;
  }
  const blocked = into.blockedAt !== null ? into : from;
  return {
    id: into.id,
    name: names.name,
    firstName: names.firstName,
    lastName: names.lastName,
    responsibleUserId,
    participantIds: participants.filter((id) => id !== responsibleUserId),
    companyId: into.companyId ?? from.companyId,
    tagIds: union(into.tagIds, from.tagIds),
    fields,
    blockedAt: blocked.blockedAt,
    blockedBy: blocked.blockedBy,
    polledAt: into.polledAt === null || from.polledAt === null ? (into.polledAt ?? from.polledAt) : Math.max(into.polledAt, from.polledAt),
    createdAt: Math.min(into.createdAt, from.createdAt),
  };
}

function pick(choice: Side | undefined, into: Card, from: Card, has: (card: Card) => boolean): Card {
  const [first, second] = choice === 'from' ? [from, into] : [into, from];
  return has(first) || !has(second) ? first : second;
}

/** Values of both, those of the first before; one phone or e-mail written in two ways is one. */
function joined(first: FieldValue[], second: FieldValue[]): FieldValue[] {
  const result: FieldValue[] = [];
  const seen = new Set<string>();
  for (const value of [...first, ...second]) {
    const key = sameness(value);
    if (seen.has(key)) continue;
    seen.add(key);
    result.push(value);
  }
  return result;
}

function sameness({ value }: FieldValue): string {
  const text = String(value).trim();
  return emailKey(text) ?? (/^[+\d\s()-]{7,}$/.test(text) ? (phoneKey(text, 'RU') ?? text) : text);
}

function union<T>(...lists: T[][]): T[] {
  return [...new Set(lists.flat())];
}

export interface RunningBot {
  id: string;
  botId: number;
  createdAt: number;
  /** Stands beside others of its bot: a poll belongs to one conversation. */
  isPoll: boolean;
}

/** Of running runs of one bot the latest goes on; answers those that end. */
export function runsToEnd(runs: readonly RunningBot[]): string[] {
  const latest = new Map<number, RunningBot>();
  const isLater = (a: RunningBot, b: RunningBot) => a.createdAt > b.createdAt || (a.createdAt === b.createdAt && a.id > b.id);
  const candidates = runs.filter(({ isPoll }) => !isPoll);
  for (const run of candidates) {
    const known = latest.get(run.botId);
    if (known === undefined || isLater(run, known)) latest.set(run.botId, run);
  }
  return candidates.filter((run) => latest.get(run.botId) !== run).map(({ id }) => id);
}
