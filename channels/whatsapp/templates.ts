import type { Button, MessageTemplate } from '../../domain/message/model.ts';
import {
  type ApprovedTemplate,
  placesOf,
  type TemplateButton,
  type TemplateField,
  type TemplateMedia,
} from '../../domain/message/template.ts';
import { ChannelError, type ConnectedChannel } from '../channel.ts';
import { call } from './api.ts';
import { isRecord } from './errors.ts';

type Fields = Record<string, unknown>;

const PAGE = '200';
/** So many pages hold every template that Meta allows an account (6,000). */
const MOST_PAGES = 30;
const MEDIA_OF: Record<string, TemplateMedia> = { IMAGE: 'picture', VIDEO: 'video', DOCUMENT: 'file' };

/**
 * The approved templates of the number's business account, in the order of their names. Those that need what we do not fill (a place on the map, a catalogue, a
 * carousel, a code) are left out. Throws ChannelError.
 */
export async function fetchTemplates(channel: ConnectedChannel, signal: AbortSignal): Promise<ApprovedTemplate[]> {
  const { businessAccountId } = channel.credentials;
  if (businessAccountId === undefined) {
    throw new ChannelError('refused', {
      scope: 'account',
      code: 'no_business_account',
      words: 'Templates belong to the WhatsApp Business account: connect the channel again with its ID (businessAccountId)',
    });
  }
  const found: ApprovedTemplate[] = [];
  let after = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await call(channel, `${businessAccountId}/message_templates`, {
      method: 'GET',
      query: {
        fields: 'name,language,status,category,parameter_format,components',
        status: 'APPROVED',
        limit: PAGE,
        ...(after === '' ? {} : { after }),
      },
      signal,
      reading: true,
    });
    for (const item of list(answer.data)) {
      const template = templateOf(item);
      if (template !== undefined) found.push(template);
    }
    const paging = isRecord(answer.paging) ? answer.paging : {};
    after = isRecord(paging.cursors) ? text(paging.cursors.after) : '';
    if (text(paging.next) === '' || after === '') break;
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.language < b.language ? -1 : 1));
}

/** A template as Meta describes it; undefined for one that is not approved, or that has a component we cannot fill. */
export function templateOf(item: unknown): ApprovedTemplate | undefined {
  if (!isRecord(item) || item.status !== 'APPROVED') return undefined;
  const name = text(item.name);
  const language = text(item.language);
  if (name === '' || language === '' || item.category === 'AUTHENTICATION') return undefined;
  const template: ApprovedTemplate = {
    name,
    language,
    category: text(item.category),
    heading: '',
    media: null,
    text: '',
    footer: '',
    buttons: [],
    fields: [],
    named: item.parameter_format === 'NAMED',
  };
  for (const component of list(item.components)) {
    if (!isRecord(component) || !takeComponent(template, component)) return undefined;
  }
  // Headings come before texts, and texts before buttons, whatever the order of the components was.
  const rank = ({ key }: TemplateField) => ['heading', 'text', 'button'].indexOf(key.slice(0, key.indexOf('.')));
  template.fields.sort((a, b) => rank(a) - rank(b));
  return template;
}

function takeComponent(template: ApprovedTemplate, component: Fields): boolean {
  const example = isRecord(component.example) ? component.example : {};
  switch (component.type) {
    case 'HEADER':
      if (component.format === 'TEXT') {
        template.heading = text(component.text);
        template.fields.push(...fieldsOf('heading', template.heading, example.header_text, example.header_text_named_params));
        return true;
      }
      template.media = MEDIA_OF[text(component.format)] ?? null;
      return template.media !== null;
    case 'BODY':
      template.text = text(component.text);
      template.fields.push(...fieldsOf('text', template.text, list(example.body_text)[0], example.body_text_named_params));
      return true;
    case 'FOOTER':
      template.footer = text(component.text);
      return true;
    case 'BUTTONS':
      return list(component.buttons).every((button, index) => isRecord(button) && takeButton(template, button, index));
    default:
      return false;
  }
}

function takeButton(template: ApprovedTemplate, button: Fields, index: number): boolean {
  const made = buttonOf(button);
  if (made === undefined) return false;
  template.buttons.push(made);
  if (made.type === 'url' && placesOf(made.url).length > 0) {
    const [given] = list(button.example);
    // Given as a whole address or as its end alone.
    const before = made.url.slice(0, made.url.indexOf('{{'));
    const example = text(given);
    template.fields.push({ key: `button.${index}`, example: example.startsWith(before) ? example.slice(before.length) : example });
  }
  return true;
}

function buttonOf(button: Fields): TemplateButton | undefined {
  const label = text(button.text);
  switch (button.type) {
    case 'QUICK_REPLY':
      return { type: 'reply', label };
    case 'URL':
      return { type: 'url', label, url: text(button.url) };
    case 'PHONE_NUMBER':
      return { type: 'phone', label, phone: text(button.phone_number) };
    default:
      return undefined;
  }
}

/** Examples stand by their places: in a list for counted ones, by name for named ones. */
function fieldsOf(prefix: string, from: string, counted: unknown, named: unknown): TemplateField[] {
  return placesOf(from).map((name, index) => {
    const byName = list(named).find((one): one is Fields => isRecord(one) && one.param_name === name);
    return { key: `${prefix}.${name}`, example: text(byName?.example ?? list(counted)[index]) };
  });
}

/** A filled template as `/messages` takes it. `media`: the file above the text, already named to Meta. */
export function templateBody(template: MessageTemplate, media: Fields | undefined, buttons: readonly Button[]): Fields {
  const { name, language, variables, names, heading, links = [], answers = [] } = template;
  const parameter = (words: string, named: string | undefined) => ({
    type: 'text',
    ...(named === undefined ? {} : { parameter_name: named }),
    text: words,
  });
  const replies = buttons.flatMap((button) => (button.type === 'reply' ? [button] : []));
  const header = media ?? (heading === undefined ? undefined : parameter(heading.text, heading.name));
  const components = [
    ...(header === undefined ? [] : [{ type: 'header', parameters: [header] }]),
    ...(variables.length === 0 ? [] : [{ type: 'body', parameters: variables.map((words, index) => parameter(words, names?.[index])) }]),
    // Our own key comes back with a press, so that the button that was pressed is known.
    ...answers.flatMap((index, place) => {
      const reply = replies[place];
      return reply === undefined ? [] : [component('quick_reply', index, { type: 'payload', payload: reply.key })];
    }),
    ...links.map(({ index, text: end }) => component('url', index, { type: 'text', text: end })),
  ];
  return { name, language: { code: language }, ...(components.length === 0 ? {} : { components }) };
}

const component = (subType: string, index: number, parameter: Fields) => ({
  type: 'button',
  sub_type: subType,
  index: String(index),
  parameters: [parameter],
});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
