import i18next from 'i18next';
import { expect, test } from 'vitest';
import { webhookCodes } from '../../domain/webhooks/codes.ts';
import { en } from '../../web/i18n/en.ts';
import { ru } from '../../web/i18n/ru.ts';
import { codeWords } from '../../web/settings/webhook-words.ts';

test.each(['ru', 'en'])('every code that a webhook may have is told in words of its own (%s)', async (lng) => {
  await i18next.init({ lng, keySeparator: false, nsSeparator: false, resources: { ru: { translation: ru }, en: { translation: en } } });
  const words = webhookCodes.map((code) => codeWords(i18next.t, code));
  expect(webhookCodes.filter((_, index) => words[index] === '')).toEqual([]);
  expect(new Set(words).size).toBe(webhookCodes.length);
  if (lng === 'ru') expect(codeWords(i18next.t, 'status_lead')).toBe('Сделка: смена этапа');
  expect(codeWords(i18next.t, 'add_pigeon')).toBe('');
});
