/** Why something was refused is said in the page's language: words for every code, and Russian for the sentences that pages show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import { statuses } from '../../api/errors.ts';
import type { ChannelError } from '../../channels/channel.ts';
import { ApiProblem } from '../../web/data/client.ts';
import { fieldWords, problemWords } from '../../web/data/words.ts';
import { en } from '../../web/i18n/en.ts';
import { sentences } from '../../web/i18n/ru/sentences.ts';
import { ru } from '../../web/i18n/ru.ts';
import { inOurWords, speakBy } from '../../web/i18n/sentences.ts';

const kinds = { refused: true, rateLimited: true, unavailable: true, unknown: true } satisfies Record<ChannelError['kind'], true>;
const languages: [string, Record<string, string>][] = [
  ['ru', ru],
  ['en', en],
];

beforeAll(async () => {
  speakBy(sentences);
  await i18next.init({
    lng: 'ru',
    keySeparator: false,
    nsSeparator: false,
    resources: { ru: { translation: ru }, en: { translation: en } },
  });
});

test.each(languages)('every code of the API and every kind of a messenger’s error has words (%s)', (_, texts) => {
  const wanted = [
    ...Object.keys(statuses).map((code) => `problem.code.${code}`),
    ...Object.keys(kinds).map((kind) => `problem.channel.${kind}`),
  ];
  expect(wanted.filter((key) => (texts[key] ?? '') === '')).toEqual([]);
});

/** Sentences in the sources, with `{0}` for what stands in `${…}`. */
function written(folder: string, call: string): string[] {
  const root = new URL(`../../${folder}`, import.meta.url).pathname;
  const form = new RegExp(`${call}\\(\\s*[^,()]+,\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|\`([^\`]*)\`)`, 'g');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(root, name), 'utf8').matchAll(form)])
    .map(([, plain, built]) => {
      let place = -1;
      return (plain ?? built ?? '').replaceAll("\\'", "'").replace(/\$\{(?:[^{}]|\{[^}]*\})*\}/g, () => `{${++place}}`);
    });
}

test('what adapters say of credentials and settings is said in Russian', () => {
  const all = [...new Set(written('channels', 'new ChannelInputError'))];
  expect(all.length).toBeGreaterThan(20);
  expect(all.filter((sentence) => inOurWords(sentence) === undefined)).toEqual([]);
});

test('a refusal is said in Russian, with what it names', () => {
  const problem = (status: number, body: Record<string, unknown>) => new ApiProblem(status, body);
  expect(problemWords(problem(409, { code: 'conflict', detail: 'This bot is off: switch it on first' }))).toBe(
    'Бот выключен: сначала включите его',
  );
  expect(problemWords(problem(429, { code: 'rate_limited', detail: 'Too many tries: wait 7 s' }))).toBe(
    'Слишком много попыток: подождите 7 с',
  );
  const fields = [{ field: 'userId', message: 'a client may have up to 50 participants: remove one first' }];
  expect(problemWords(problem(422, { code: 'invalid', detail: 'x', fields }))).toBe(
    'userId: участников не больше 50: сначала уберите одного',
  );
  expect(fieldWords(problem(422, { fields }), 'userId')).toBe('участников не больше 50: сначала уберите одного');
  // A sentence without words of its own: those for its code, and the server's own after them.
  expect(problemWords(problem(409, { code: 'conflict', detail: 'Something new' }))).toBe('Сейчас это невозможно: Something new');
  expect(problemWords(problem(422, { code: 'channel_refused', detail: 'Forbidden: bot was kicked', data: { kind: 'unavailable' } }))).toBe(
    'Мессенджер не отвечает: Forbidden: bot was kicked',
  );
  expect(problemWords(problem(404, { code: 'not_found', detail: 'No such thing' }))).toBe(ru['problem.code.not_found']);
});

test('in English the server’s own sentence is shown', async () => {
  await i18next.changeLanguage('en');
  expect(problemWords(new ApiProblem(409, { code: 'conflict', detail: 'This bot is off: switch it on first' }))).toBe(
    'This bot is off: switch it on first',
  );
  await i18next.changeLanguage('ru');
});
