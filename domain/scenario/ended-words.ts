/** Why a run failed, when the language itself says so. Stored in English beside the messengers' own words; pages show them by `endedWords`. */

interface Reason {
  en: string;
  ru: string;
}

const REASONS = {
  noSuchStep: { en: 'step {} does not exist', ru: 'шага {} нет в сценарии' },
  unsupported: { en: 'handler "{}" is not supported', ru: 'обработчик «{}» не поддерживается' },
  unreadable: { en: 'unreadable parameters of "{}"', ru: 'не читаются параметры обработчика «{}»' },
} as const satisfies Record<string, Reason>;

/** The words to store with a failed run. */
export function failure(reason: keyof typeof REASONS, what: string | number): string {
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
