/** Bots as they stand in files: each is read and played to its end by the pure code that will run it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from '../../domain/scenario/parse.ts';
import { simulate } from '../../domain/scenario/simulate.ts';
import { formatTranscript } from '../../domain/scenario/transcript.ts';

const file = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('an export with both dialects parses with its titles and plays to its end', () => {
  const result = parse(file('./workshop-bot.json'));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect([result.scenario.name, result.scenario.kind, result.scenario.steps[0]?.title, result.scenario.steps[24]?.title]).toEqual([
    'Запись в мастерскую',
    'regular',
    'Город',
    'Телефон',
  ]);
  expect(result.warnings.map((one) => one.code)).toEqual(['unsupported_acts']);
  expect(formatTranscript(simulate(result.scenario, ['Москва', 'КЛИН', 'потом', '8 903 123-45-67']))).toEqual([
    'bot: Добрый день, Анна! Запишем вас в мастерскую. Какой город? <4f7c5d0e-1111-4222-8333-444455556666> [Тверь] [Клин]',
    'step 0 waits for message or timer, 1 h left',
    'client: Москва',
    'bot: Добрый день, Анна! Запишем вас в мастерскую. Какой город? <4f7c5d0e-1111-4222-8333-444455556666> [Тверь] [Клин]',
    'step 0 waits for message or timer, 1 h left',
    'client: КЛИН',
    'lead tags +Клин',
    'bot: Оставьте телефон, мы перезвоним.',
    'step 24 waits for message',
    'client: потом',
    'bot: Оставьте телефон, мы перезвоним.',
    'step 24 waits for message',
    'client: 8 903 123-45-67',
    'contact field 51 += +79031234567 WORK',
    'stage 142 of pipeline 7',
    'talk closed',
    'ended: completed',
  ]);
  expect(formatTranscript(simulate(result.scenario, ['+2 h'])).slice(3)).toEqual([
    'bot: Мы ещё ждём ваш ответ.',
    'step 30 skipped trigger: skippedUnsupported',
    'ended: completed',
  ]);
  expect(formatTranscript(simulate(result.scenario, ['!blocked'])).slice(2)).toEqual(['lead tags +не доставлено', 'ended: completed']);
});

test('the demo greeting bot has no problems and hands over', () => {
  const result = parse(file('../../db/demo/greeting-bot.json'));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  expect(result.warnings).toEqual([]);
  expect(formatTranscript(simulate(result.scenario, ['start: привет', 'прайс', '[Позвать человека]'])).slice(3)).toEqual([
    'client: прайс',
    'bot: Кружка — 690 ₽, чайник — 2 400 ₽, набор на двоих — 3 200 ₽. От 5 000 ₽ скидка 10 %.',
    'lead tags +интерес: цены',
    'bot: Подсказать что-то ещё? [Цены] [Доставка] [Позвать человека]',
    'step 35 waits for message or timer, 10 min left',
    'client: [Позвать человека]',
    'bot: Зову коллегу. Напишите, пожалуйста, ваш вопрос — он ответит прямо здесь.',
    'lead tags +нужен человек',
    'ended: completed',
  ]);
});
