import type { TFunction } from 'i18next';

/** What a code means, such as `Сделка: смена этапа` for `status_lead`; empty for one that we have no words for. */
export function codeWords(t: TFunction, code: string): string {
  const whole = t(`programs.code.${code}` as 'programs.code.add_message', { defaultValue: '' });
  if (whole !== '') return whole;
  const [action = '', entity = ''] = code.split(/_(.*)/);
  const of = t(`analytics.entity.${entity}` as 'analytics.entity.lead', {
    defaultValue: t(`programs.code.${entity}` as 'programs.code.unsorted', { defaultValue: '' }),
  });
  const what = t(`programs.action.${action}` as 'programs.action.add', { defaultValue: '' });
  return of === '' || what === '' ? '' : `${of}: ${what}`;
}
