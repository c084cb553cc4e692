/** Why a run failed or a message was not sent, when we say so ourselves. Stored in English beside the messengers' own words; pages show them by `endedWords`. */

interface Words {
  en: string;
  ru: string;
}

const REASONS = {
  noSuchStep: { en: 'step {} does not exist', ru: 'шага {} нет в сценарии' },
  unsupported: { en: 'handler "{}" is not supported', ru: 'обработчик «{}» не поддерживается' },
  unreadable: { en: 'unreadable parameters of "{}"', ru: 'не читаются параметры обработчика «{}»' },
  windowClosed: {
    en: 'the client has not written within {} h: only an approved template goes out (params.template of the step)',
    ru: 'клиент не писал {} ч: уйдёт только одобренный шаблон (params.template шага)',
  },
  windowOver: {
    en: 'the client has not written within {} h: the messenger takes nothing until they do',
    ru: 'клиент не писал {} ч: пока не напишет, мессенджер ничего не примет',
  },
  templateEmpty: { en: 'a place of the template is empty: {}', ru: 'не заполнено место шаблона: {}' },
  templatePlace: { en: 'the template has no such place: {}', ru: 'в шаблоне нет такого места: {}' },
  templateTooLong: { en: 'the filled template is too long: {}', ru: 'заполненный шаблон слишком длинный: {}' },
  templateFile: { en: 'the files do not fit the template: {}', ru: 'файлы не подходят шаблону: {}' },
} as const satisfies Record<string, Words>;

export type Reason = keyof typeof REASONS;

/** The words to store with a failed run, or with a message that was not sent. */
export function failure(reason: Reason, what: string | number): string {
  return REASONS[reason].en.replace('{}', () => String(what).slice(0, 60));
}

/** A failed run's words in a page's language; the words of a messenger come back as they are. */
export function endedWords(words: string, language: 'ru' | 'en'): string {
  for (const { en, ru } of Object.values(REASONS)) {
    const [before, after] = en.split('{}') as [string, string];
    if (!words.startsWith(before) || !words.endsWith(after) || words.length < before.length + after.length) continue;
    const what = words.slice(before.length, words.length - after.length);
    return language === 'ru' ? ru.replace('{}', () => what) : words;
  }
  return words;
}
