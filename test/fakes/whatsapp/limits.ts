import { ApiFailure, invalid, missing, wrongValue } from './failure.ts';
import type { FilledTemplate } from './templates.ts';
import type { FakeButton } from './types.ts';

type Fields = Record<string, unknown>;

const MEDIA_TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker']);
const CAPTIONED = new Set(['image', 'video', 'document']);
const HEADERS = new Set(['image', 'video', 'document']);

export interface MediaMention {
  kind: string;
  id: string | undefined;
  link: string | undefined;
  name: string | undefined;
}

export interface CheckedMessage {
  /** A phone, or the id of a client who hides theirs. */
  to: string;
  kind: string;
  text: string;
  media?: MediaMention;
  buttons?: FakeButton[];
  template?: FilledTemplate;
  replyTo?: string;
  callbackData?: string;
}

/** A body of `/messages` as Meta demands it; throws ApiFailure with the code Meta answers. */
export function checkMessage(body: Fields): CheckedMessage {
  if (body.messaging_product !== 'whatsapp') throw invalid('messaging_product must be whatsapp');
  if (body.recipient_type !== undefined && body.recipient_type !== 'individual') throw invalid('recipient_type must be individual');
  const to = body.to === undefined ? optional(body, 'recipient') : text(body, 'to', 100);
  if (to === undefined) throw missing('to');
  if (body.to !== undefined && !/^\+?\d{5,15}$/.test(to)) throw invalid('to must be a phone number');
  const callbackData = optional(body, 'biz_opaque_callback_data', 512);
  const replyTo = body.context === undefined ? undefined : text(fields(body.context, 'context'), 'message_id', 300);
  const kind = body.type === undefined ? 'text' : text(body, 'type', 50);
  return {
    to: to.replace(/^\+/, ''),
    kind,
    ...checkContent(kind, body),
    ...(callbackData === undefined ? {} : { callbackData }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

function checkContent(kind: string, body: Fields): Pick<CheckedMessage, 'text' | 'media' | 'buttons' | 'template'> {
  if (kind === 'text') {
    const content = fields(body.text, 'text');
    if (content.preview_url !== undefined && typeof content.preview_url !== 'boolean') throw invalid('preview_url must be a boolean');
    return { text: text(content, 'body', 4096) };
  }
  if (MEDIA_TYPES.has(kind)) {
    const content = fields(body[kind], kind);
    if (content.caption !== undefined && !CAPTIONED.has(kind)) throw invalid(`Unexpected key "caption" on param ${kind}`);
    return { text: optional(content, 'caption', 1024) ?? '', media: mention(kind, content) };
  }
  if (kind === 'interactive') return checkInteractive(fields(body.interactive, 'interactive'));
  if (kind === 'template') {
    const template = checkTemplate(fields(body.template, 'template'));
    return { text: '', template, ...(template.media === undefined ? {} : { media: template.media }) };
  }
  throw invalid(`type ${kind} is not known`);
}

function checkInteractive(content: Fields): Pick<CheckedMessage, 'text' | 'media' | 'buttons'> {
  const type = text(content, 'type', 50);
  const action = fields(content.action, 'interactive.action');
  const words = text(fields(content.body, 'interactive.body'), 'text', type === 'list' ? 4096 : 1024);
  const header = content.header === undefined ? undefined : fields(content.header, 'interactive.header');
  let media: MediaMention | undefined;
  if (header !== undefined && header.type !== 'text') {
    const kind = text(header, 'type', 20);
    if (type === 'list' || !HEADERS.has(kind)) throw wrongValue(`a header of type ${kind} cannot stand over a ${type}`);
    media = mention(kind, fields(header[kind], `header.${kind}`));
  }
  return { text: words, buttons: BUTTONS[type]?.(action) ?? unknownAction(type), ...(media === undefined ? {} : { media }) };
}

function unknownAction(type: string): never {
  throw invalid(`interactive type ${type} is not known`);
}

const BUTTONS: Record<string, (action: Fields) => FakeButton[]> = {
  button(action) {
    const buttons = list(action.buttons, 'action.buttons', 3).map((value) => {
      const button = fields(value, 'button');
      if (button.type !== 'reply') throw wrongValue('a button must be of type reply');
      const reply = fields(button.reply, 'reply');
      return { kind: 'reply' as const, title: text(reply, 'title', 20), id: text(reply, 'id', 256) };
    });
    return unique(buttons);
  },
  list(action) {
    text(action, 'button', 20);
    const rows = list(action.sections, 'action.sections', 10).flatMap((value) =>
      list(fields(value, 'section').rows, 'rows', 10).map((row) => {
        const one = fields(row, 'row');
        const description = optional(one, 'description', 72);
        return {
          kind: 'row' as const,
          title: text(one, 'title', 24),
          id: text(one, 'id', 200),
          ...(description === undefined ? {} : { description }),
        };
      }),
    );
    if (rows.length > 10) throw wrongValue('Total row count exceed max allowed count: 10');
    return unique(rows);
  },
  cta_url(action) {
    if (action.name !== 'cta_url') throw invalid('action.name must be cta_url');
    const parameters = fields(action.parameters, 'action.parameters');
    const url = text(parameters, 'url', 2000);
    if (!/^https?:\/\/\S+$/.test(url)) throw wrongValue('url is not valid');
    return [{ kind: 'url', title: text(parameters, 'display_text', 20), id: url }];
  },
};

function unique(buttons: FakeButton[]): FakeButton[] {
  if (new Set(buttons.map(({ title }) => title)).size < buttons.length && buttons[0]?.kind === 'reply') {
    throw wrongValue('Duplicated title in buttons');
  }
  if (new Set(buttons.map(({ id }) => id)).size < buttons.length) throw wrongValue('Duplicated id in buttons');
  return buttons;
}

function checkTemplate(template: Fields): FilledTemplate {
  const filled: FilledTemplate = {
    name: text(template, 'name', 512),
    language: text(fields(template.language, 'template.language'), 'code', 20),
    variables: [],
  };
  const components = template.components === undefined ? [] : list(template.components, 'template.components', 20);
  for (const value of components) {
    const component = fields(value, 'component');
    const parameters = list(component.parameters, 'parameters', 100).map((one) => fields(one, 'parameter'));
    if (component.type === 'body') {
      filled.variables = parameters.map(words);
      const names = parameters.flatMap((one) => optional(one, 'parameter_name', 100) ?? []);
      if (names.length > 0) filled.names = names;
    } else if (component.type === 'header') readHeading(filled, parameters[0]!);
    else if (component.type === 'button') readButton(filled, component, parameters[0]!);
    else throw invalid(`component type ${String(component.type)} is not known`);
  }
  return filled;
}

function readHeading(filled: FilledTemplate, parameter: Fields): void {
  const kind = text(parameter, 'type', 20);
  if (kind === 'text') filled.heading = words(parameter);
  else if (HEADERS.has(kind)) filled.media = mention(kind, fields(parameter[kind], `header.${kind}`));
  else throw wrongValue(`a header cannot hold ${kind}`);
}

function readButton(filled: FilledTemplate, component: Fields, parameter: Fields): void {
  const index = text(component, 'index', 2);
  if (!/^\d$/.test(index)) throw invalid('index must be 0 to 9');
  const subType = text(component, 'sub_type', 20);
  if (subType === 'url') filled.links = { ...filled.links, [index]: words(parameter) };
  else if (subType === 'quick_reply') {
    if (parameter.type !== 'payload') throw wrongValue('a quick reply takes a payload');
    filled.payloads = { ...filled.payloads, [index]: text(parameter, 'payload', 128) };
  } else throw wrongValue(`sub_type ${subType} is not known`);
}

function words(parameter: Fields): string {
  if (parameter.type !== 'text') throw wrongValue('a parameter must be of type text');
  const value = text(parameter, 'text', 1024);
  if (/[\n\t]| {4}/.test(value))
    throw new ApiFailure(132018, 'Template parameter format', 'Param text cannot have new-line/tab characters');
  return value;
}

function mention(kind: string, content: Fields): MediaMention {
  const id = optional(content, 'id');
  const link = optional(content, 'link', 2000);
  if ((id === undefined) === (link === undefined)) throw invalid(`${kind} needs exactly one of id and link`);
  if (link !== undefined && !/^https?:\/\//.test(link)) throw wrongValue('link is no address');
  if (content.filename !== undefined && kind !== 'document') throw invalid(`Unexpected key "filename" on param ${kind}`);
  return { kind, id, link, name: optional(content, 'filename', 240) };
}

function text(from: Fields, field: string, most: number): string {
  const value = from[field];
  if (value === undefined || value === null || value === '') throw missing(field);
  if (typeof value !== 'string') throw invalid(`Param ${field} must be a string`);
  if (/\p{Surrogate}/u.test(value)) throw invalid(`Param ${field} is not valid UTF-8`);
  if (value.length > most) throw invalid(`Param ${field} must be at most ${most} characters long`);
  return value;
}

function optional(from: Fields, field: string, most = 1000): string | undefined {
  return from[field] === undefined ? undefined : text(from, field, most);
}

function fields(value: unknown, field: string): Fields {
  if (value === undefined) throw missing(field);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(`Param ${field} must be a JSON object`);
  return value as Fields;
}

function list(value: unknown, field: string, most: number): unknown[] {
  if (value === undefined) throw missing(field);
  if (!Array.isArray(value) || value.length === 0 || value.length > most) throw wrongValue(`${field} must have 1 to ${most} elements`);
  return value;
}
