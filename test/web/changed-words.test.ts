import i18next from 'i18next';
import { expect, test } from 'vitest';
import { type Changed, changedWords } from '../../web/bots/changed-words.ts';
import { ru } from '../../web/i18n/ru.ts';

const names = {
  stage: (id: number) => (id === 7 ? 'Оплата' : undefined),
  user: (id: number) => (id === 1 ? 'Анна' : undefined),
  field: (id: number) => (id === 5 ? 'Город' : undefined),
  bot: (id: number) => (id === 3 ? 'Доставка' : undefined),
};

test('what a bot would change is told by names in plain words, by its number where the account has none such', async () => {
  await i18next.init({
    lng: 'ru',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { ru: { translation: ru } },
  });
  const told: [Changed, string][] = [
    [{ type: 'changeStatus', statusId: 7 }, 'Этап: Оплата'],
    [{ type: 'changeStatus', statusId: 8, pipelineId: 2 }, 'Этап: #8'],
    [{ type: 'setTags', entity: 'contact', tags: ['опт', 'чай'] }, 'Контакт · Теги добавлены: опт, чай'],
    [{ type: 'unsetTags', entity: 'lead', tags: ['опт'] }, 'Теги убраны: опт'],
    [{ type: 'setField', entity: 'lead', field: { type: 'custom', id: 5 }, values: [{ value: 'Омск' }], mode: 'set' }, 'Город: Омск'],
    [{ type: 'setField', entity: 'lead', field: { type: 'own', name: 'price' }, values: [{ value: '100' }], mode: 'add' }, 'Бюджет: + 100'],
    [{ type: 'setField', entity: 'contact', field: { type: 'own', name: 'name' }, values: [], mode: 'set' }, 'Контакт · Имя: —'],
    [{ type: 'setField', entity: 'talk', field: { type: 'rate' }, values: [{ value: '9' }], mode: 'set' }, 'Оценка: 9'],
    [{ type: 'changeResponsible', entity: 'lead', userId: 1 }, 'Ответственный: Анна'],
    [{ type: 'closeTalk' }, 'Беседа закрыта'],
    [{ type: 'answerTalk' }, 'Ответ не нужен'],
    [{ type: 'startBot', botId: 3 }, 'Запущен бот «Доставка»'],
  ];
  expect(told.map(([command]) => changedWords(i18next.t, command, names))).toEqual(told.map(([, words]) => words));
});
