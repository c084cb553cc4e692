/** Values of events as a person reads them: the same words on pages and in files. */
import { endedWords } from '../scenario/ended-words.ts';

export type Language = 'ru' | 'en';

/** What ids in values are called. */
export interface ValueNames {
  /** By `pipeline/stage`. */
  stages: ReadonlyMap<string, string>;
  users: ReadonlyMap<number, string>;
  fields: ReadonlyMap<number, string>;
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
  } = value;
  if (isRecord(stage)) return names.stages.get(`${stage.pipeline_id}/${stage.id}`) ?? `#${stage.id}`;
  if (isRecord(user)) return user.id === null ? nobody[language] : (names.users.get(Number(user.id)) ?? `#${user.id}`);
  if (isRecord(tag)) return String(tag.name ?? '');
  if (isRecord(field)) return fieldWords(field, names, language);
  if (isRecord(sale)) return String(sale.sale ?? 0);
  if (isRecord(name)) return String(name.name ?? '');
  if (isRecord(value.nps)) return String(value.nps.rate ?? '');
  if (isRecord(value.task)) return String(value.task.text ?? '');
  if (isRecord(value.bot)) {
    const outcome = typeof value.outcome === 'string' ? (outcomes[value.outcome]?.[language] ?? value.outcome) : '';
    const why = typeof value.words === 'string' ? endedWords(value.words, language) : '';
    return [String(value.bot.name ?? ''), outcome, why].filter((text) => text !== '').join(': ');
  }
  // Of a merge: who it was before, and whose card stands now.
  if (isRecord(value.contact)) return String(value.contact.name ?? `#${value.contact.id}`);
  if (isRecord(value.note)) return typeof value.url === 'string' ? value.url : '';
  if (isRecord(value.message)) return typeof value.message.origin === 'string' ? value.message.origin : '';
  return '';
}

function fieldWords(field: Record<string, unknown>, names: ValueNames, language: Language): string {
  const values = Array.isArray(field.values) ? field.values.map((one) => (isRecord(one) ? String(one.value ?? '') : '')).join(', ') : '';
  return `${names.fields.get(Number(field.field_id)) ?? `#${field.field_id}`}: ${values === '' ? empty[language] : values}`;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
