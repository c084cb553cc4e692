import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { ru } from './ru.ts';
import { speakBy } from './sentences.ts';

export type Language = 'ru' | 'en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    keySeparator: false;
    nsSeparator: false;
    returnNull: false;
    resources: { translation: typeof ru };
  }
}

/** A key of the pages' texts without the plural's ending. */
type Base<Key> = Key extends `${infer Stem}_${'one' | 'few' | 'many' | 'other'}` ? Stem : Key;
export type TextKey = Base<keyof typeof ru>;

const STORED = 'beseda.language';

/** The language chosen on this device, else the browser's: Russian for Russian, English for all others. */
export function preferredLanguage(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'ru' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

/** Each language is its own file: a page loads only the one it shows. */
async function texts(language: Language): Promise<Record<string, string>> {
  if (language === 'en') return (await import('./en.ts')).en;
  const [{ ru: own }, { sentences }] = await Promise.all([import('./ru.ts'), import('./ru/sentences.ts')]);
  speakBy(sentences);
  return own;
}

export async function startTexts(): Promise<void> {
  const language = preferredLanguage();
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    resources: { [language]: { translation: await texts(language) } },
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
}

/** Shows the pages in another language at once and keeps the choice on this device. */
export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  if (!i18next.hasResourceBundle(language, 'translation')) i18next.addResourceBundle(language, 'translation', await texts(language));
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** The language shown now. */
export const currentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'ru');
