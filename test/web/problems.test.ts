/** Why something was refused is said in the page's language: words for every code, and Russian for the sentences that pages show. */
import i18next from 'i18next';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { statuses } from '../../api/errors.ts';
import type { ChannelError } from '../../channels/channel.ts';
import { ApiProblem } from '../../web/data/client.ts';
import { fieldWords, problemWords, serverWords } from '../../web/data/words.ts';
import { en } from '../../web/i18n/en.ts';
import { sentences } from '../../web/i18n/ru/sentences.ts';
import { ru } from '../../web/i18n/ru.ts';
import { inOurWords, speakBy } from '../../web/i18n/sentences.ts';
import { serverSentences } from './server-sentences.ts';

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

/** Sentences of these are read by other programs and their makers, in what is answered to them; or they stand in both languages where they are. */
const OTHERS =
  /^api\/(?:compat\/|chats-api\/|webchat\/|links\/pixel|webhooks\.ts|openapi\.ts|errors\.ts)|^channels\/custom\/signature\.ts|^domain\/(?:analytics\/|notifications\/|scenario\/|message\/(?:matrix|repeats)\.ts)/;
const ofOthers = new Set([
  'The webhook secret is wrong',
  'The signature of this webhook is wrong',
  'The webhook call names another community or none',
  'The verify token is wrong',
  // Tells Temporal to try again.
  'The lane is not empty yet',
]);

test('whatever the server says to people in a sentence of its own is said in Russian', () => {
  const all = serverSentences(['api', 'channels', 'activities', 'db', 'domain', 'files'], OTHERS);
  expect(all.length).toBeGreaterThan(300);
  const missing = all.filter(({ text }) => !ofOthers.has(text) && inOurWords(text) === undefined);
  expect(missing, 'give these words in web/i18n/ru/sentences').toEqual([]);
});

test('what the schemas say of a value is said in Russian', () => {
  const shape = z.strictObject({
    text: z.string().min(1).max(5),
    long: z.string().min(3),
    count: z.number().int().min(2).max(5),
    above: z.number().positive(),
    below: z.number().lt(3),
    safe: z.int(),
    list: z.array(z.int()).min(1).max(2),
    kind: z.enum(['a', 'b']),
    only: z.literal('x'),
    email: z.email(),
    url: z.url(),
    uuid: z.uuid(),
    day: z.iso.date(),
    at: z.iso.datetime(),
    form: z.string().regex(/^a/),
    either: z.union([z.string(), z.number()]),
  });
  const right = { text: 'a', long: 'abc', count: 3, above: 1, below: 1, safe: 1, list: [1], kind: 'a', only: 'x' };
  const wrong = { email: 'a', url: 'a', uuid: 'a', day: 'a', at: 'a', form: 'b', either: null };
  const said = [
    { ...right, ...wrong },
    {},
    { ...right, ...wrong, text: '', long: 'a', count: 1, above: 0, below: 3, list: [], kind: 'c', only: 'y' },
    { ...right, ...wrong, text: 'abcdef', count: 6, safe: 2 ** 60, list: [1, 2, 3], more: 1 },
    { ...right, ...wrong, text: 5, count: 2.5, list: 'a', more: 1, other: 2 },
  ].flatMap((value) => shape.safeParse(value).error?.issues.map(({ message }) => message) ?? []);
  expect(said.length).toBeGreaterThan(60);
  expect(said.filter((message) => inOurWords(message) === undefined)).toEqual([]);
});

test('what stands in a sentence is put into our own words too; a messenger’s words stay as they are', () => {
  expect(inOurWords('The file from shop.example was not taken: The file is empty')).toBe('Файл с shop.example не принят. Файл пуст');
  expect(inOurWords('VK does not take the file "a.txt"')).toBe('ВКонтакте не принимает файл «a.txt»');
  expect(serverWords('No answer from Viber (ETIMEDOUT)')).toBe('Viber не ответил (ETIMEDOUT)');
  expect(serverWords('step 7 does not exist')).toBe('шага 7 нет в сценарии');
  expect(serverWords('Forbidden: bot was blocked by the user')).toBe('Forbidden: bot was blocked by the user');
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
    'Сотрудник: участников не больше 50, сначала уберите одного',
  );
  expect(fieldWords(problem(422, { fields }), 'userId')).toBe('участников не больше 50, сначала уберите одного');
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
