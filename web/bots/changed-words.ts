import type { TFunction } from 'i18next';
import type { TranscriptLine } from '../../domain/scenario/simulate.ts';

export type Changed = Extract<TranscriptLine, { type: 'changed' }>['command'];

/** What ids in a scenario are called here; undefined for what this account does not have. */
export interface ChangedNames {
  stage(id: number): string | undefined;
  user(id: number): string | undefined;
  field(id: number): string | undefined;
  bot(id: number): string | undefined;
}

/** What a bot would change, in plain words: `Этап: Оплата`, `Контакт · Теги добавлены: опт`. */
export function changedWords(t: TFunction, command: Changed, names: ChangedNames): string {
  switch (command.type) {
    case 'changeStatus':
      return `${t('lead.stage')}: ${names.stage(command.statusId) ?? `#${command.statusId}`}`;
    case 'setTags':
      return of(t, command.entity, t('sim.tagsAdded', { tags: command.tags.join(', ') }));
    case 'unsetTags':
      return of(t, command.entity, t('sim.tagsRemoved', { tags: command.tags.join(', ') }));
    case 'setField': {
      const values = command.values.map(({ value }) => value).join(', ');
      return of(t, command.entity, `${fieldName(t, command, names)}: ${command.mode === 'add' ? '+ ' : ''}${values || '—'}`);
    }
    case 'changeResponsible':
      return of(t, command.entity, `${t('lead.responsible')}: ${names.user(command.userId) ?? `#${command.userId}`}`);
    case 'closeTalk':
      return t('sim.closed');
    case 'answerTalk':
      return t('talk.noReplyNeeded');
    case 'startBot':
      return t('sim.botStarted', { name: names.bot(command.botId) ?? `#${command.botId}` });
  }
}

const of = (t: TFunction, entity: Extract<Changed, { type: 'setField' }>['entity'], words: string) =>
  entity === 'lead' || entity === 'talk' ? words : `${t(`analytics.entity.${entity}`)} · ${words}`;

function fieldName(t: TFunction, { entity, field }: Extract<Changed, { type: 'setField' }>, names: ChangedNames): string {
  if (field.type === 'custom') return names.field(field.id) ?? `#${field.id}`;
  if (field.type === 'own' && field.name === 'name') return entity === 'lead' ? t('lead.name') : t('contact.name');
  return field.type === 'own' ? t('lead.price') : t(field.type === 'rate' ? 'analytics.filter.rate' : 'sim.comment');
}
