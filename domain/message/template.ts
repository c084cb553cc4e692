/**
 * Messages that a messenger has approved beforehand (WhatsApp's templates): what they hold, what is filled in, how a filled one reads and is sent. The composer
 * shows by it what the client will get, the API checks by it what was given.
 */
import type { Attachment, AttachmentKind, MessageTemplate } from './model.ts';

/** A button of a template, in the order in which the messenger counts them. */
export type TemplateButton =
  | { type: 'reply'; label: string }
  /** `url` may end in one place. */
  | { type: 'url'; label: string; url: string }
  | { type: 'phone'; label: string; phone: string };

/** A file of this kind stands above the text; each message brings its own. */
export type TemplateMedia = Extract<AttachmentKind, 'picture' | 'video' | 'file'>;

/** An approved template as it can be sent. Places read `{{1}}` or `{{name}}`. */
export interface ApprovedTemplate {
  name: string;
  /** As the messenger codes it: `ru`, `en_US`. */
  language: string;
  /** The messenger's own word: `MARKETING`, `UTILITY`. */
  category: string;
  /** A line above the text. */
  heading: string;
  media: TemplateMedia | null;
  text: string;
  footer: string;
  buttons: TemplateButton[];
  fields: TemplateField[];
  /** Places are named (`{{order}}`), not counted (`{{1}}`). */
  named: boolean;
}

/** One place to fill. */
export interface TemplateField {
  /** `heading.1`, `text.2`, `text.order`, `button.0` (the button's place, for the end of its address). */
  key: string;
  /** What the author of the template gave as an example; may be empty. */
  example: string;
}

/** Which template is written, and what fills it: `values` by the keys of its fields. By people and by bots alike. */
export interface TemplateToWrite {
  name: string;
  language: string;
  values: Record<string, string>;
}

/** What stands in the way of sending it so; `field` as the request names it. */
export interface TemplateProblem {
  field: string;
  code: 'missing' | 'too_long' | 'line_breaks' | 'unknown' | 'no_file' | 'wrong_file' | 'extra_file';
  message: { ru: string; en: string };
}

/** The whole text with its values; the messenger refuses longer ones. */
const TEXT_LIMIT = 1024;
const HEADING_LIMIT = 60;
const ADDRESS_LIMIT = 2000;

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;

/** Names of the places in a text: counted ones by number, named ones as they come; each once. */
export function placesOf(text: string): string[] {
  const names = [...new Set([...text.matchAll(PLACE)].map(([, name]) => name!))];
  return names.every((name) => /^\d+$/.test(name)) ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

/** The text with its values; a place without one stays as it is written, so that a preview shows what is missing. */
const filled = (text: string, prefix: string, values: Readonly<Record<string, string>>) =>
  text.replace(PLACE, (place, name: string) => given(values, `${prefix}.${name}`) || place);

const filledUrl = (url: string, index: number, values: Readonly<Record<string, string>>) =>
  url.replace(PLACE, (place) => given(values, `button.${index}`) || place);

const given = (values: Readonly<Record<string, string>>, key: string) => (Object.hasOwn(values, key) ? values[key]!.trim() : '');

/** The template that is meant: a name has one in each language. */
export function findTemplate(
  templates: readonly ApprovedTemplate[],
  { name, language }: Pick<TemplateToWrite, 'name' | 'language'>,
): ApprovedTemplate | undefined {
  return templates.find((one) => one.name === name && one.language === language);
}

/** What the client will read: heading, text and footer as paragraphs, and the buttons (phones as a line of text have no press). */
export function readsAs(
  template: ApprovedTemplate,
  values: Readonly<Record<string, string>>,
): { heading: string; text: string; footer: string; buttons: TemplateButton[] } {
  return {
    heading: filled(template.heading, 'heading', values),
    text: filled(template.text, 'text', values),
    footer: template.footer,
    buttons: template.buttons.map((button, index) =>
      button.type === 'url' ? { ...button, url: filledUrl(button.url, index, values) } : button,
    ),
  };
}

/** What of these values and files the messenger would refuse; empty: it can be sent. `values` are by the keys of `fields`. */
export function templateProblems(
  template: ApprovedTemplate,
  values: Readonly<Record<string, string>>,
  files: readonly Pick<Attachment, 'kind'>[],
): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const add = (field: string, code: TemplateProblem['code'], ru: string, en: string) => problems.push({ field, code, message: { ru, en } });
  const known = new Set(template.fields.map(({ key }) => key));
  for (const key of Object.keys(values)) {
    if (!known.has(key)) add(`values.${key}`, 'unknown', `В шаблоне нет поля «${key}»`, `The template has no field "${key}"`);
  }
  for (const { key } of template.fields) {
    const value = given(values, key);
    if (value === '') add(`values.${key}`, 'missing', 'Заполните поле', 'Fill this in');
    else if (/[\n\r\t]| {4}/.test(value))
      add(
        `values.${key}`,
        'line_breaks',
        'Без переносов строк, табуляций и четырёх пробелов подряд',
        'No line breaks, tabs or four blanks in a row',
      );
  }
  const read = readsAs(template, values);
  if (read.text.length > TEXT_LIMIT)
    add('values', 'too_long', `Текст с подстановками длиннее ${TEXT_LIMIT} знаков`, `The filled text is over ${TEXT_LIMIT} characters`);
  if (read.heading.length > HEADING_LIMIT)
    add('values', 'too_long', `Заголовок длиннее ${HEADING_LIMIT} знаков`, `The heading is over ${HEADING_LIMIT} characters`);
  if (read.buttons.some((button) => button.type === 'url' && button.url.length > ADDRESS_LIMIT))
    add('values', 'too_long', `Адрес длиннее ${ADDRESS_LIMIT} знаков`, `The address is over ${ADDRESS_LIMIT} characters`);
  const [file, second] = files;
  if (template.media === null && file !== undefined)
    add('attachments', 'extra_file', 'У этого шаблона нет места для файла', 'This template has no place for a file');
  else if (template.media !== null && (file === undefined || second !== undefined))
    add('attachments', 'no_file', 'К шаблону нужен ровно один файл', 'This template takes exactly one file');
  else if (template.media !== null && template.media !== 'file' && file?.kind !== template.media)
    add(
      'attachments',
      'wrong_file',
      template.media === 'picture' ? 'Над текстом шаблона стоит картинка' : 'Над текстом шаблона стоит видео',
      template.media === 'picture' ? 'A picture stands above this template' : 'A video stands above this template',
    );
  return problems;
}

/** A filled template: what the thread shows of it, and what goes to the messenger. Values are those that `templateProblems` has nothing against. */
export function fillTemplate(
  template: ApprovedTemplate,
  values: Readonly<Record<string, string>>,
): { text: string; buttons: TemplateTextButton[]; template: MessageTemplate } {
  const read = readsAs(template, values);
  const phones = read.buttons.flatMap((button) => (button.type === 'phone' ? [`${button.label}: ${button.phone}`] : []));
  const variablesOf = (text: string, prefix: string) => placesOf(text).map((name) => ({ name, text: given(values, `${prefix}.${name}`) }));
  const variables = variablesOf(template.text, 'text');
  const [heading] = variablesOf(template.heading, 'heading');
  const links = template.buttons.flatMap((button, index) =>
    button.type === 'url' && placesOf(button.url).length > 0 ? [{ index, text: given(values, `button.${index}`) }] : [],
  );
  const answers = template.buttons.flatMap((button, index) => (button.type === 'reply' ? [index] : []));
  return {
    text: [read.heading, read.text, read.footer, ...phones].filter((line) => line !== '').join('\n\n'),
    buttons: read.buttons.flatMap((button): TemplateTextButton[] => (button.type === 'phone' ? [] : [button])),
    template: {
      name: template.name,
      language: template.language,
      variables: variables.map(({ text }) => text),
      ...(template.named && variables.length > 0 ? { names: variables.map(({ name }) => name) } : {}),
      ...(heading === undefined ? {} : { heading: template.named ? heading : { text: heading.text } }),
      ...(links.length === 0 ? {} : { links }),
      ...(answers.length === 0 ? {} : { answers }),
    },
  };
}

/** Buttons that stand under the message in the thread; the phone's is a line of its text. */
export type TemplateTextButton = Extract<TemplateButton, { type: 'reply' | 'url' }>;
