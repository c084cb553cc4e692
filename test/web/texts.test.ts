import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { en } from '../../web/i18n/en.ts';
import { ru } from '../../web/i18n/ru.ts';

const languages: Record<string, Record<string, string>> = { ru, en };
const variables = (text: string) => [...new Set(text.match(/\{\{\w+\}\}/g) ?? [])].sort();
const stem = (key: string) => key.replace(/_(one|few|many|other)$/, '');

test('both languages have the same texts', () => {
  expect([...new Set(Object.keys(en).map(stem))].sort()).toEqual([...new Set(Object.keys(ru).map(stem))].sort());
});

test('a text names the same things in both languages', () => {
  const english: Record<string, string> = en;
  const differing = Object.entries(ru).filter(([key, text]) => {
    const other = english[key];
    // A plural for one may do without the number.
    return other !== undefined && !key.endsWith('_one') && variables(text).join() !== variables(other).join();
  });
  expect(differing.map(([key]) => key)).toEqual([]);
});

test.each([
  ['ru', ['one', 'few', 'many', 'other']],
  ['en', ['one', 'other']],
])('every counted text of %s has all its plurals', (language, forms) => {
  const texts = languages[language] ?? {};
  const counted = new Set(
    Object.keys(texts)
      .filter((key) => key !== stem(key))
      .map(stem),
  );
  const missing = [...counted].flatMap((key) => forms.map((form) => `${key}_${form}`)).filter((key) => texts[key] === undefined);
  expect(missing).toEqual([]);
});

test('no text is left that no page shows', () => {
  const folder = new URL('../../web', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/^(dist|i18n)/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
  const built = [...sources.matchAll(/`([a-zA-Z]+\.(?:[a-zA-Z]+\.)*)\$\{/g)].map(([, start]) => start ?? '');
  const unused = [...new Set(Object.keys(ru).map(stem))].filter(
    (key) => !sources.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
