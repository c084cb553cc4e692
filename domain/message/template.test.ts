import { describe, expect, test } from 'vitest';
import { abilitiesOf } from './abilities.ts';
import { type ApprovedTemplate, fillTemplate, placesOf, readsAs, templateProblems } from './template.ts';
import { isWindowClosed, windowEndsAt } from './window.ts';

const order: ApprovedTemplate = {
  name: 'order_ready',
  language: 'ru',
  category: 'UTILITY',
  heading: 'Заказ {{1}}',
  media: null,
  text: 'Здравствуйте, {{1}}! Заказ {{2}} готов, {{1}}.',
  footer: 'Магазин',
  buttons: [
    { type: 'phone', label: 'Позвонить', phone: '+79990001122' },
    { type: 'reply', label: 'Заберу сегодня' },
    { type: 'url', label: 'Отследить', url: 'https://shop.example/o/{{1}}' },
    { type: 'reply', label: 'Завтра' },
  ],
  fields: ['heading.1', 'text.1', 'text.2', 'button.2'].map((key) => ({ key, example: '' })),
  named: false,
};
const values = { 'heading.1': '№ 17', 'text.1': 'Анна', 'text.2': '№ 17', 'button.2': 'a17' };

describe('a filled template', () => {
  test('reads as the client will see it, and says what is missing by its own places', () => {
    expect(readsAs(order, values)).toMatchObject({
      heading: 'Заказ № 17',
      text: 'Здравствуйте, Анна! Заказ № 17 готов, Анна.',
      buttons: expect.arrayContaining([{ type: 'url', label: 'Отследить', url: 'https://shop.example/o/a17' }]),
    });
    expect(readsAs(order, { 'text.1': 'Анна' })).toMatchObject({
      heading: 'Заказ {{1}}',
      text: 'Здравствуйте, Анна! Заказ {{2}} готов, Анна.',
    });
  });

  test('is sent by its places: each value once, in their order; answers and links by the place of their button', () => {
    const filled = fillTemplate(order, values);
    expect(filled.template).toEqual({
      name: 'order_ready',
      language: 'ru',
      variables: ['Анна', '№ 17'],
      heading: { text: '№ 17' },
      links: [{ index: 2, text: 'a17' }],
      answers: [1, 3],
    });
    expect(filled.buttons.map(({ label }) => label)).toEqual(['Заберу сегодня', 'Отследить', 'Завтра']);
    expect(filled.text).toBe('Заказ № 17\n\nЗдравствуйте, Анна! Заказ № 17 готов, Анна.\n\nМагазин\n\nПозвонить: +79990001122');
  });

  test('with named places sends the names along', () => {
    const named: ApprovedTemplate = {
      ...order,
      heading: '',
      text: '{{name}}, заказ {{order}}',
      buttons: [],
      fields: [
        { key: 'text.name', example: '' },
        { key: 'text.order', example: '' },
      ],
      named: true,
    };
    expect(fillTemplate(named, { 'text.order': '17', 'text.name': 'Анна' }).template).toEqual({
      name: 'order_ready',
      language: 'ru',
      variables: ['Анна', '17'],
      names: ['name', 'order'],
    });
  });

  test('a value that looks like a place or a pattern stays what was typed', () => {
    const filled = fillTemplate(order, { ...values, 'text.1': '{{2}} $& $1' });
    expect(filled.text).toContain('Здравствуйте, {{2}} $& $1! Заказ № 17 готов');
  });
});

describe('what the messenger would refuse is named by its field', () => {
  const cases: [string, Partial<ApprovedTemplate>, Record<string, string>, { kind: 'picture' | 'video' | 'file' }[], string[]][] = [
    ['nothing', {}, values, [], []],
    ['an empty value', {}, { ...values, 'text.2': '  ' }, [], ['values.text.2 missing']],
    ['a line break', {}, { ...values, 'text.1': 'a\nb' }, [], ['values.text.1 line_breaks']],
    ['a field that is not there', {}, { ...values, 'text.9': 'x' }, [], ['values.text.9 unknown']],
    ['a text that grows too long', {}, { ...values, 'text.2': 'я'.repeat(1024) }, [], ['values too_long']],
    ['a heading that grows too long', {}, { ...values, 'heading.1': 'я'.repeat(60) }, [], ['values too_long']],
    ['a file without a place', {}, values, [{ kind: 'picture' }], ['attachments extra_file']],
    ['a picture that is missing', { media: 'picture' }, values, [], ['attachments no_file']],
    ['a video for a picture', { media: 'picture' }, values, [{ kind: 'video' }], ['attachments wrong_file']],
    ['two files', { media: 'file' }, values, [{ kind: 'file' }, { kind: 'file' }], ['attachments no_file']],
    ['any file as a document', { media: 'file' }, values, [{ kind: 'picture' }], []],
  ];
  for (const [name, change, given, files, expected] of cases) {
    test(name, () => {
      expect(templateProblems({ ...order, ...change }, given, files).map(({ field, code }) => `${field} ${code}`)).toEqual(expected);
    });
  }
});

test('places are counted by number and named in their order, each once', () => {
  expect(placesOf('{{10}} {{2}} {{ 2 }}')).toEqual(['2', '10']);
  expect(placesOf('{{order}} {{name}} {{order}}')).toEqual(['order', 'name']);
});

describe('the window', () => {
  const whatsapp = abilitiesOf('whatsapp');
  const day = 24 * 3_600_000;
  test('is open until a day after the client last wrote', () => {
    expect(isWindowClosed(whatsapp, 1000, 1000 + day - 1)).toBe(false);
    expect(isWindowClosed(whatsapp, 1000, 1000 + day)).toBe(true);
    expect(windowEndsAt(whatsapp, 1000)).toBe(1000 + day);
  });
  test('has never been open for whom we write to first', () => expect(isWindowClosed(whatsapp, null, 5)).toBe(true));
  test('does not exist elsewhere', () => expect(isWindowClosed(abilitiesOf('telegram'), null, 5)).toBe(false));
});
