/** Values of events as a person reads them: the same words on pages and in files. */
import { endedWords } from '../scenario/ended-words.ts';

export type Language = 'ru' | 'en';

/** What ids in values are called. */
export interface ValueNames {
  /** By `pipeline/stage`. */
  stages: ReadonlyMap<string, string>;
  users: ReadonlyMap<number, string>;
  fields: ReadonlyMap<number, string>;
  /** Stages of customers. */
  customerStages: ReadonlyMap<number, string>;
  /** IANA, of the instants among the values. */
  timeZone: string;
  /** The channel that the event's message came through or went out by; absent where it is not known. */
  channel?: string | null;
  /** Why something was not sent, as the reader's page says it; absent in files, which have the messengers' words beside our own. */
  said?: (words: string) => string;
}

const outcomes: Record<string, Record<Language, string>> = {
  completed: { ru: 'прошёл до конца', en: 'completed' },
  failed: { ru: 'не справился', en: 'failed' },
  stopped: { ru: 'остановлен', en: 'stopped' },
  displaced: { ru: 'уступил другому боту', en: 'displaced by another bot' },
  restarted: { ru: 'начат заново', en: 'restarted' },
  looped: { ru: 'зациклился', en: 'looped' },
  expired: { ru: 'истёк срок', en: 'expired' },
};
/** How a run ended, in plain words; a word of a later release stands as it is. */
export const outcomeWords = (outcome: string, language: Language): string => outcomes[outcome]?.[language] ?? outcome;
const nobody = { ru: 'никто', en: 'nobody' };
const empty = { ru: 'пусто', en: 'empty' };

/** One line of plain words for `before` or `after`; empty where there is nothing to say. */
export function valueWords(values: readonly unknown[], names: ValueNames, language: Language): string {
  return values
    .map((value) => (isRecord(value) ? words(value, names, language) : ''))
    .filter((text) => text !== '')
    .join(', ');
}

function words(value: Record<string, unknown>, names: ValueNames, language: Language): string {
  const {
    lead_status: stage,
    responsible_user: user,
    tag,
    custom_field_value: field,
    sale_field_value: sale,
    name_field_value: name,
    customer_status: customerStage,
    next_purchase: purchase,
    task,
  } = value;
  if (isRecord(stage)) return names.stages.get(`${stage.pipeline_id}/${stage.id}`) ?? `#${stage.id}`;
  if (isRecord(user)) return user.id === null ? nobody[language] : (names.users.get(Number(user.id)) ?? `#${user.id}`);
  if (isRecord(customerStage))
    return customerStage.id === null ? empty[language] : (names.customerStages.get(Number(customerStage.id)) ?? `#${customerStage.id}`);
  if (isRecord(purchase)) return typeof purchase.at === 'number' ? dayWords(purchase.at, 'UTC', language) : empty[language];
  if (isRecord(value.participant)) return names.users.get(Number(value.participant.id)) ?? `#${value.participant.id}`;
  if (isRecord(value.entity)) return String(value.entity.name || `#${value.entity.id}`);
  if (isRecord(tag)) return String(tag.name ?? '');
  if (isRecord(field)) return fieldWords(field, names, language);
  if (isRecord(sale)) return String(sale.sale ?? 0);
  if (isRecord(name)) return String(name.name ?? '');
  if (isRecord(value.nps)) return String(value.nps.rate ?? '');
  if (isRecord(task)) {
    const due = typeof task.due_at === 'number' ? dayWords(task.due_at, names.timeZone, language, true) : '';
    return [due, String(task.text ?? '')].filter((text) => text !== '').join(': ');
  }
  if (isRecord(value.bot)) {
    const outcome = typeof value.outcome === 'string' ? outcomeWords(value.outcome, language) : '';
    const why = typeof value.words === 'string' ? (names.said?.(value.words) ?? endedWords(value.words, language)) : '';
    return [String(value.bot.name ?? ''), outcome, why].filter((text) => text !== '').join(': ');
  }
  // Of a merge: who it was before, and whose card stands now.
  if (isRecord(value.contact)) return String(value.contact.name ?? `#${value.contact.id}`);
  if (isRecord(value.note)) return typeof value.url === 'string' ? value.url : '';
  if (isRecord(value.message)) return names.channel ?? '';
  return '';
}

/** A day, with the time of day where it counts, as the language writes it. */
function dayWords(at: number, timeZone: string, language: Language, withTime = false): string {
  return new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'short', ...(withTime ? { timeStyle: 'short' } : {}) }).format(at);
}

function fieldWords(field: Record<string, unknown>, names: ValueNames, language: Language): string {
  const values = Array.isArray(field.values) ? field.values.map((one) => (isRecord(one) ? String(one.value ?? '') : '')).join(', ') : '';
  return `${names.fields.get(Number(field.field_id)) ?? `#${field.field_id}`}: ${values === '' ? empty[language] : values}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
