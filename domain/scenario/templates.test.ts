/** Bots' messages in a messenger's approved templates: how they are read, filled, checked and tried out. */
import { describe, expect, test } from 'vitest';
import type { ApprovedTemplate } from '../message/template.ts';
import { orderReady } from '../message/template-for-tests.ts';
import { checkTemplates, checkWindow, sendsTemplates } from './check-templates.ts';
import { endedWords } from './ended-words.ts';
import type { RunView } from './model.ts';
import { isHint, parse } from './parse.ts';
import { go, options, pause, play, say, scenarioOf } from './play-for-tests.ts';
import { begin, step } from './step.ts';
import { templateMessage } from './template-message.ts';

const DAY = 24 * 3600;
const ready = orderReady({
  heading: 'Заказ {{1}}',
  footer: 'Магазин',
  buttons: [
    { type: 'reply', label: 'Заберу' },
    { type: 'url', label: 'Где он', url: 'https://shop.example/o/{{1}}' },
  ],
  fields: ['heading.1', 'text.1', 'text.2', 'button.1'].map((key) => ({ key, example: '' })),
});
const values = { 'heading.1': '17', 'text.1': '{{contact.name}}', 'text.2': '№ {{lead.price}}', 'button.1': 'a17' };
const message = (template: unknown, rest: object = {}) => ({
  handler: 'send_message',
  params: { type: 'external', text: '', templateType: 'waba', template, ...rest },
});
const named = { name: 'order_ready', language: 'ru', values };
const view: RunView = {
  accountId: 1,
  timeZone: 'UTC',
  seed: '',
  contact: { id: 1, name: 'Анна', tags: [], fields: {} },
  lead: { id: 1, name: '', tags: [], fields: {}, price: 17, statusId: 1, pipelineId: 1 },
};

/** What one handler does in a run's first turn. */
function turn(handler: object, text = '') {
  const scenario = scenarioOf({ 0: { question: [handler] } });
  const { commands, trace } = step(scenario, begin(scenario), { type: 'started', at: 0, message: { text } }, view);
  const [command] = commands;
  return { command: command?.type === 'sendMessage' ? command : undefined, outcome: trace.find((entry) => entry.handler !== 'run') };
}
const problemsOf = (handler: object) => {
  const result = parse({ 0: { question: [handler] } });
  return (result.ok ? result.warnings : result.problems).map(({ severity, code, path }) => `${severity} ${code} ${path}`);
};

describe('a step with a template', () => {
  test('sends it with its places filled, and its text beside it for messengers that have none', () => {
    const { command, outcome } = turn(message(named, { text: 'Готово, {{contact.name}}' }));
    expect(command).toMatchObject({
      text: 'Готово, Анна',
      template: {
        name: 'order_ready',
        language: 'ru',
        values: { 'heading.1': '17', 'text.1': 'Анна', 'text.2': '№ 17', 'button.1': 'a17' },
      },
    });
    expect(outcome).toMatchObject({ outcome: 'sent', data: { template: 'order_ready' } });
    expect(problemsOf(message(named))).toEqual([]);
  });

  test('needs no text of its own; what a client wrote in several lines fills a place as one', () => {
    const { command } = turn(message({ ...named, values: { 'text.1': '{{message_text}}' } }), ' два\n\n\tзаказа    сразу ');
    expect(command?.template?.values).toEqual({ 'text.1': 'два заказа сразу' });
  });

  test('that the vendor’s file knows by a number sends its text; without one it is skipped. Both are reported with the remedy', () => {
    const numbered = { handler: 'send_message', params: { type: 'external', text: 'Готово', template_id: 123, templateType: 'waba' } };
    expect(problemsOf(numbered)).toEqual(['warning unmapped_template 0.question[0].params.template_id']);
    expect(turn(numbered).command).toMatchObject({ text: 'Готово' });
    expect(turn(numbered).command?.template).toBeUndefined();
    const bare = { ...numbered, params: { ...numbered.params, text: '' } };
    expect(problemsOf(bare)).toEqual(['warning unmapped_template 0.question[0].params.template_id']);
    expect(turn(bare)).toMatchObject({ command: undefined, outcome: { outcome: 'skippedUnknownId', data: { id: '123' } } });
    const result = parse({ 0: { question: [bare] } });
    const [problem] = result.ok ? result.warnings : [];
    expect(problem!.message.en).toContain('params.template');
    expect(problem!.message.ru).toContain('123');
    expect(isHint(problem!)).toBe(false);
  });

  test('without its language, or with places that no template has, is reported where it stands', () => {
    expect(problemsOf(message({ name: 'order_ready' }))).toEqual(['warning unmapped_template 0.question[0].params.template']);
    expect(problemsOf(message({ ...named, values: { 'body.1': 'x', 'text.1': { a: 1 }, 'button.100': 'x', 'text.2': 5 } }))).toEqual([
      'warning template_place 0.question[0].params.template.values.body.1',
      'warning template_place 0.question[0].params.template.values.text.1',
      'warning template_place 0.question[0].params.template.values.button.100',
    ]);
  });
});

describe('what a template becomes', () => {
  const filled = { 'heading.1': '17', 'text.1': 'Анна', 'text.2': '№ 17', 'button.1': 'a17' };
  const known = (change: object, files: { kind: 'picture' | 'file' }[] = [], template = ready) =>
    templateMessage({ ...named, values: { ...filled, ...change } }, template, files);

  test('known, it reads and is sent as people send it', () => {
    expect(known({})).toEqual({
      text: 'Заказ 17\n\nАнна, заказ № 17 готов\n\nМагазин',
      buttons: [
        { type: 'reply', label: 'Заберу' },
        { type: 'url', label: 'Где он', url: 'https://shop.example/o/a17' },
      ],
      template: {
        name: 'order_ready',
        language: 'ru',
        variables: ['Анна', '№ 17'],
        heading: { text: '17' },
        links: [{ index: 1, text: 'a17' }],
        answers: [0],
      },
    });
  });

  test('unknown, it reads as its name and what fills it, and its places are sent in their order', () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`text.${11 - index}`, `v${11 - index}`]));
    expect(templateMessage({ name: 'a', language: 'ru', values: many }, undefined, [])).toMatchObject({
      template: { variables: Array.from({ length: 11 }, (_, index) => `v${index + 1}`) },
    });
    expect(templateMessage({ ...named, values: filled }, undefined, [])).toEqual({
      text: 'order_ready: 17\n\nАнна, № 17',
      buttons: [],
      template: {
        name: 'order_ready',
        language: 'ru',
        variables: ['Анна', '№ 17'],
        heading: { text: '17' },
        links: [{ index: 1, text: 'a17' }],
      },
    });
    expect(templateMessage({ name: 'hello', language: 'en', values: {} }, undefined, [])).toEqual({
      text: 'hello',
      buttons: [],
      template: { name: 'hello', language: 'en', variables: [] },
    });
    expect(templateMessage({ name: 'a', language: 'en', values: { 'text.order': '17', 'text.who': 'Ann' } }, undefined, [])).toMatchObject({
      template: { variables: ['17', 'Ann'], names: ['order', 'who'] },
    });
  });

  test.each([
    ['an empty place', known({ 'text.2': ' ' }), 'a place of the template is empty: text.2 (order_ready)'],
    [
      'a place that was left out',
      templateMessage({ ...named, values: {} }, ready, []),
      'a place of the template is empty: heading.1 (order_ready)',
    ],
    ['a place that is not there', known({ 'text.3': 'x' }), 'the template has no such place: text.3 (order_ready)'],
    ['a text over the limit', known({ 'text.2': 'x'.repeat(1100) }), 'the filled template is too long: order_ready'],
    ['a file it has no place for', known({}, [{ kind: 'picture' }]), 'the files do not fit the template: order_ready'],
    ['no file above it', known({}, [], { ...ready, media: 'picture' }), 'the files do not fit the template: order_ready'],
    [
      'an empty place of one that is not known',
      templateMessage({ ...named, values: { 'text.1': '' } }, undefined, []),
      'a place of the template is empty: text.1 (order_ready)',
    ],
  ])('%s: it does not go out, and the words name it', (_name, made, words) => {
    expect(made).toEqual({ refused: words });
    expect(endedWords(words, 'ru')).toMatch(/[а-я].*order_ready/);
  });
});

describe('the check against what is approved', () => {
  const check = (template: object, lists: ApprovedTemplate[][], rest: object = {}) =>
    checkTemplates(scenarioOf({ 3: { answer: [options({ value: 'да', params: [message(template, rest)] })] }, 0: {} }), lists).map(
      ({ severity, code, path, step: at, message: { ru } }) => ({ severity, code, path, step: at, ru }),
    );
  const where = '3.answer[0].params[0].params[0].params';

  test('warns of a name or language that no channel has, naming the step', () => {
    expect(check({ ...named, language: 'en' }, [[ready], []])).toEqual([
      {
        severity: 'warning',
        code: 'unknown_template',
        path: `${where}.template`,
        step: 3,
        ru: 'Шаг 3: в WhatsApp нет одобренного шаблона «order_ready» (en)',
      },
    ]);
  });

  test('warns of places too few and too many, and of a file', () => {
    const { 'text.2': _, ...fewer } = values;
    expect(
      check({ ...named, values: { ...fewer, 'text.3': 'x' } }, [[ready]], { attachments: [{ type: 'picture', value: 'f' }] }),
    ).toMatchObject([
      { code: 'template_misfit', path: `${where}.template.values.text.3`, step: 3 },
      { code: 'template_misfit', path: `${where}.template.values.text.2`, step: 3 },
      { code: 'template_misfit', path: `${where}.attachments`, step: 3 },
    ]);
  });

  test('is content with one channel that takes it, whatever others have, and with placeholders of any length', () => {
    expect(check(named, [[{ ...ready, fields: [] }], [ready]])).toEqual([]);
    expect(check({ ...named, values: { ...values, 'heading.1': `{{${'x'.repeat(80)}}}`, 'text.2': 'a\nb' } }, [[ready]])).toEqual([]);
    expect(check({ ...named, name: 'other' }, [])).toEqual([]);
  });

  test('concerns only scenarios that send templates', () => {
    expect(sendsTemplates(scenarioOf({ 0: { question: [say('a')] } }))).toBe(false);
    expect(sendsTemplates(scenarioOf({ 0: { question: [message(named)] } }))).toBe(true);
    expect(sendsTemplates(scenarioOf({ 0: { question: [say('a')], no_answer: message(named) } }))).toBe(true);
  });
});

describe('a text behind a pause as long as the window', () => {
  const hints = (seconds: number, then: object) =>
    checkWindow(scenarioOf({ 0: { question: [pause(seconds, 1)] }, 1: { question: [then] } }), DAY * 1000);

  test('is a hint, which stops no publishing; a template or a shorter pause is none', () => {
    const [hint, ...rest] = hints(DAY, say('Ещё здесь?'));
    expect(rest).toEqual([]);
    expect(hint).toMatchObject({ code: 'window_closes', path: '1.question[0]', step: 1 });
    expect(hint!.message.en).toContain('Step 1 writes 24 h later');
    expect(isHint(hint!)).toBe(true);
    expect(hints(DAY - 1, say('Ещё здесь?'))).toEqual([]);
    expect(hints(7 * DAY, message(named))).toEqual([]);
    expect(hints(7 * DAY, { handler: 'stop', params: {} })).toEqual([]);
  });
});

describe('trying it out', () => {
  const bot = {
    0: { question: [message(named, { on_error: go(5) })], answer: [options({ value: 'Заберу', params: [go(1)] })] },
    1: { question: [say('Ждём')] },
    5: { question: [say('Не вышло')] },
  };

  test('shows the template as it will read, with its own buttons', () => {
    expect(play(bot, ['[Заберу]'], { templates: [ready] })).toEqual([
      'bot: {order_ready} Заказ 17\n\nАнна Петрова, заказ № 0 готов\n\nМагазин [Заберу] [Где он]',
      'step 0 waits for message',
      'client: [Заберу]',
      'bot: Ждём',
      'ended: completed',
    ]);
  });

  test('shows its name and what fills it where it is not known', () => {
    expect(play(bot, ['Заберу'])[0]).toBe('bot: {order_ready} order_ready: 17\n\nАнна Петрова, № 0');
  });

  test('goes the way of a refusal where a place stays empty', () => {
    const empty = {
      ...bot,
      0: { ...bot[0], question: [message({ ...named, values: { 'text.1': '{{contact.cf.9}}' } }, { on_error: go(5) })] },
    };
    expect(play(empty, [])).toEqual([
      'bot: {order_ready}',
      'refused: a place of the template is empty: text.1 (order_ready)',
      'bot: Не вышло',
      'ended: completed',
    ]);
  });
});
